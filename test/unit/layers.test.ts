import {execFile} from 'node:child_process';
import {cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {temporaryFolder} from '../support/temporary-folder.ts';

interface Layer {
  /** The folders it may import, besides itself. */
  readonly imports: readonly string[];
  /** The folders it may import types from. */
  readonly types?: readonly string[];
  readonly packages: readonly string[];
}

const valueImport = (specifier: string): string => `export {x} from '${specifier}';\n`;
const typeImport = (specifier: string): string => `export type {X} from '${specifier}';\n`;

const NODE = ['node:fs', 'node:fs/promises'];
const BELOW_ADAPTERS = ['src/core', 'src/ports'];
const ADAPTERS = ['src/store', 'src/executors', 'src/workspace', 'src/config', 'src/logging'];
const DOOR = {imports: ['src/api', 'src/index.ts'], types: ['src/core'], packages: NODE};

/** The table of docs/internals/layers.md, written down a second time: a slip in the configuration shows here. */
const LAYERS: Readonly<Record<string, Layer>> = {
  'src/core': {imports: [], packages: ['immer', 'immutable']},
  'src/ports': {imports: [], types: ['src/core'], packages: []},
  machines: {imports: ['src/core'], packages: ['xstate', 'immer']},
  'src/runtime': {imports: [...BELOW_ADAPTERS, 'machines'], packages: ['xstate', 'rxjs']},
  'src/store': {imports: BELOW_ADAPTERS, packages: [...NODE, 'libsql']},
  'src/executors': {imports: BELOW_ADAPTERS, packages: [...NODE, 'node:child_process', 'which']},
  'src/workspace': {imports: BELOW_ADAPTERS, packages: [...NODE, 'node:child_process']},
  'src/config': {imports: BELOW_ADAPTERS, packages: [...NODE, 'yaml', 'zod', 'fastest-levenshtein']},
  'src/logging': {imports: BELOW_ADAPTERS, packages: [...NODE, 'pino']},
  'src/api': {
    imports: [...BELOW_ADAPTERS, 'machines', 'src/runtime', ...ADAPTERS],
    packages: [...NODE, 'rxjs', 'zod'],
  },
  'src/testing': {imports: BELOW_ADAPTERS, packages: []},
  'src/cli': {
    ...DOOR,
    imports: [...DOOR.imports, 'src/web'],
    packages: [
      ...NODE,
      'commander',
      'fastest-levenshtein',
      'log-update',
      'picocolors',
      'rxjs',
      'string-width',
    ],
  },
  'src/mcp': DOOR,
  'src/web': {...DOOR, packages: [...NODE, 'zod', 'hono', '@hono/node-server']},
  'src/dashboard': {imports: [], types: ['src/api', 'src/core'], packages: []},
};
const FOLDERS = [...Object.keys(LAYERS), 'src/index.ts', 'test'];
const SHOWN_BY_INDEX = ['src/api', 'src/core', 'src/ports', 'src/runtime', 'src/executors'];
const PACKAGES = [
  ...new Set(Object.values(LAYERS).flatMap(({packages}) => packages)),
  'fs',
  'vitest',
  'disjoint',
  'immer/anything',
];

/** What one may not write, where, and the rule that says so. Each file breaks its rule once. */
const PLANTED: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['src/core/dynamic.ts', "export const f = () => import('node:fs');", 'eslint(no-restricted-imports)'],
  ['src/core/all.ts', "export * from 'rxjs';", 'eslint(no-restricted-imports)'],
  [
    'src/core/import-equals.ts',
    "import fs = require('node:fs'); export {fs};",
    'typescript(no-require-imports)',
  ],
  ['src/core/type-of.ts', "export type F = import('xstate').Actor;", 'typescript(consistent-type-imports)'],
  ['src/core/detour.ts', valueImport('./../ports/x.ts'), 'eslint(no-restricted-imports)'],
  ['src/core/long-detour.ts', valueImport('./claim/../../ports/x.ts'), 'eslint(no-restricted-imports)'],
  ['src/core/claim/deep.ts', valueImport('../../ports/x.ts'), 'eslint(no-restricted-imports)'],
  ['src/runtime/deep/deep.ts', valueImport('../../executors/x.ts'), 'eslint(no-restricted-imports)'],
  ['src/executors/process/deep.ts', valueImport('../../runtime/x.ts'), 'eslint(no-restricted-imports)'],
  ['src/cli/deep/deep.ts', valueImport('../../runtime/x.ts'), 'eslint(no-restricted-imports)'],
  ['src/cli/deep/value.ts', valueImport('../../core/x.ts'), 'eslint(no-restricted-imports)'],
  ['src/cli/deep/test.ts', valueImport('../../../test/x.ts'), 'eslint(no-restricted-imports)'],
  ['src/core/clock.ts', 'export const now = (): number => Date.now();', 'eslint(no-restricted-globals)'],
  ['machines/clock.ts', 'export const now = (): unknown => new Date();', 'eslint(no-restricted-globals)'],
  ['src/core/timer.ts', 'globalThis.setTimeout(() => {}, 1); export {};', 'eslint(no-restricted-globals)'],
  ['src/core/process.ts', "export const home = process.env['HOME'];", 'eslint(no-restricted-globals)'],
  ['src/core/dice.ts', 'export const dice = Math.random();', 'eslint(no-restricted-properties)'],
  ['src/core/any.ts', 'export const f = (x: any): void => void x;', 'typescript(no-explicit-any)'],
  ['src/api/print.ts', "console.log('x'); export {};", 'eslint(no-console)'],
  ['src/api/default.ts', 'export default 1;', 'import(no-default-export)'],
  ['src/api/Camel.ts', 'export {};', 'unicorn(filename-case)'],
  ['src/api/cycle-a.ts', "import type {B} from './cycle-b.ts'; export type A = B;", 'import(no-cycle)'],
  ['src/api/cycle-b.ts', "import type {A} from './cycle-a.ts'; export type B = A;", 'import(no-cycle)'],
  [
    'src/api/floating.ts',
    'const f = async (): Promise<void> => {}; f(); export {};',
    'typescript(no-floating-promises)',
  ],
  [
    'src/api/switch.ts',
    "export const f = (x: 'a' | 'b'): void => { switch (x) { case 'a': f(x); } };",
    'typescript(switch-exhaustiveness-check)',
  ],
];

interface Linted {
  readonly files: number;
  /** `file: rule`, sorted. */
  readonly found: readonly string[];
}

/** All of the sources, with types, beside other tests: not a measure of anything. */
const LINT_MS_MAX = 180_000;

const ROOT = path.resolve(import.meta.dirname, '../..');

const lint = async (folder: string): Promise<Linted> => {
  const args = [path.join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--format=json'];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, {cwd: folder, maxBuffer: 1 << 26}, (_, stdout) => resolve(stdout));
  });
  const {diagnostics, number_of_files: files} = JSON.parse(output);
  const found = diagnostics.map(
    ({filename, code}: {filename: string; code: string}) => `${filename}: ${code}`,
  );
  return {files, found: found.toSorted()};
};

/** A folder laid out and configured like this one, with nothing in it but what is planted. */
const plant = (files: ReadonlyMap<string, string>): string => {
  const folder = temporaryFolder();
  for (const name of ['.oxlintrc.json', '.oxlintrc.layers.json', 'tsconfig.json']) {
    cpSync(path.join(ROOT, name), path.join(folder, name));
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [name, text] of files) {
    mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
};

const importOf = (from: string, to: string): string => {
  const file = to.endsWith('.ts') ? to : `${to}/target.ts`;
  return path.relative(path.dirname(from), file).replace(/^(?!\.)/u, './');
};
const nameOf = (to: string): string => to.replace(/[^a-z]+/gu, '-').replace(/-ts$/u, '');

describe('the layers', () => {
  it('name every folder of the sources', () => {
    const folders = readdirSync(path.join(ROOT, 'src'), {withFileTypes: true});
    const unknown = folders.filter(({name}) => !FOLDERS.includes(`src/${name}`)).map(({name}) => name);
    expect(unknown).toEqual([]);
  });

  it('are kept by the sources, as is every other rule', {timeout: LINT_MS_MAX}, async () => {
    const linted = await lint(ROOT);
    expect(linted.found).toEqual([]);
    const sources = ['src', 'machines', 'test'].flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), {recursive: true, encoding: 'utf8'}).filter((name) =>
        name.endsWith('.ts'),
      ),
    );
    expect(linted.files).toBeGreaterThanOrEqual(sources.length);
  });

  it('let through exactly the imports of the table', async () => {
    const files = new Map<string, string>();
    const refused: string[] = [];
    const add = (file: string, text: string, isAllowed: boolean): void => {
      files.set(file, text);
      if (!isAllowed) refused.push(`${file}: eslint(no-restricted-imports)`);
    };
    for (const [from, {imports, types = [], packages}] of Object.entries(LAYERS)) {
      for (const to of FOLDERS.filter((folder) => folder !== from)) {
        const allowed = imports.includes(to);
        const file = `${from}/value-of-${nameOf(to)}.ts`;
        add(file, valueImport(importOf(file, to)), allowed);
        add(file.replace('value', 'type'), typeImport(importOf(file, to)), allowed || types.includes(to));
      }
      for (const name of PACKAGES) {
        add(`${from}/package-${nameOf(name)}.ts`, valueImport(name), packages.includes(name));
      }
    }
    // The published kit may open this one file of the stores.
    add('src/testing/value-of-memory-store.ts', valueImport('../store/memory-store.ts'), true);
    for (const to of FOLDERS.filter((folder) => folder !== 'src/index.ts')) {
      const text = (files.get('src/index.ts') ?? '') + valueImport(importOf('src/index.ts', to));
      add('src/index.ts', text, SHOWN_BY_INDEX.includes(to));
    }
    const {found} = await lint(plant(files));
    expect(found.filter((line) => line.includes('restricted'))).toEqual(refused.toSorted());
  });

  it('and the other rules name each planted violation', async () => {
    const {found} = await lint(plant(new Map(PLANTED.map(([file, text]) => [file, text]))));
    for (const [file, , rule] of PLANTED) expect(found).toContain(`${file}: ${rule}`);
  });
});
