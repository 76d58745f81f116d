import {readdirSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {ExitCode, exitCodeFor} from '../../src/cli/exit-code.ts';
import {parseDuration} from '../../src/config/duration.ts';
import {configSchema, planSchema} from '../../src/config/schema.ts';
import {resolveAgentTypes} from '../../src/core/agent-options.ts';
import {DEFAULT_COMPANIONS} from '../../src/core/claim/companions.ts';
import {SENSITIVE_PATHS} from '../../src/core/claim/sensitive.ts';
import {DEFAULT_MAX_PARALLEL} from '../../src/core/settings.ts';
import {refusalSamples} from '../support/error-samples.ts';
import {codesIn, keysOf, proseOf, ROOT, rowsOf, sectionOf, source} from '../support/markdown.ts';

const sourcesBelow = (folder: string): readonly string[] =>
  readdirSync(path.join(ROOT, folder), {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.ts'))
    .map((name) => source(path.join(folder, name)));

describe('the pages on files', () => {
  /** Every key of an object schema; those of inner objects as `outer.inner`. */
  const keysIn = (schema: z.ZodType, prefix = ''): readonly string[] => {
    let at: unknown = schema;
    while (at instanceof z.ZodOptional) at = at.unwrap();
    if (!(at instanceof z.ZodObject)) return [];
    return Object.entries(at.shape as Record<string, z.ZodType>).flatMap(([key, value]) => [
      prefix + key,
      ...keysIn(value, `${prefix}${key}.`),
    ]);
  };
  const AGENT = sectionOf('docs/reference/disjoint-yaml.md', '## An agent type');

  test('have every key of disjoint.yaml', () => {
    const top = keysOf(sectionOf('docs/reference/disjoint-yaml.md', '## At the top'));
    expect(top).toEqual(keysIn(configSchema));
    expect(keysOf(AGENT)).toEqual(keysIn(configSchema.shape.agents.valueType));
  });

  test('have every key of a plan', () => {
    const documented = keysOf(source('docs/reference/plan-file.md'));
    expect(documented).toEqual([...keysIn(planSchema), ...keysIn(planSchema.shape.tasks.element)]);
  });

  test('have the defaults that are used', () => {
    const resolved = resolveAgentTypes(new Map([['dev', {}]]), {root: null, presets: []});
    const type = resolved.ok ? resolved.value.get('dev') : undefined;
    if (type === undefined) throw new Error('an agent type without options was refused');
    const says = (key: string): string => {
      const [, , cell = ''] = rowsOf(AGENT).find(([first]) => first === `\`${key}\``) ?? [];
      return codesIn(cell)[0] ?? cell;
    };
    expect(Number(says('instances'))).toBe(type.instances);
    expect(says('readOnly')).toBe(String(type.readOnly));
    expect(says('timeout')).toBe(type.timeoutMs === null ? 'no limit' : '');
    expect(says('quietTimeout')).toBe(type.quietTimeoutMs === null ? 'no limit' : '');
    expect(Number(says('retries'))).toBe(type.retry.maxAttempts - 1);
    expect(parseDuration(says('backoff'))).toBe(type.retry.backoffMs);
    expect(parseDuration(says('backoffMax'))).toBe(type.retry.backoffMaxMs);
    expect(parseDuration(says('stop.ask'))).toBe(type.stop.askMs);
    expect(parseDuration(says('stop.grace'))).toBe(type.stop.graceMs);
    const [, , maxParallel = ''] = rowsOf(sectionOf('docs/reference/disjoint-yaml.md', '## At the top'))[0]!;
    expect(Number(codesIn(maxParallel)[0])).toBe(DEFAULT_MAX_PARALLEL);
  });
});

describe('docs/concepts/claims.md', () => {
  const FILE = 'docs/concepts/claims.md';

  test('has the built-in table of companions', () => {
    const documented = rowsOf(sectionOf(FILE, '## Companions')).flatMap(([files = '', companions = '']) =>
      codesIn(files).map((file) => [file, codesIn(companions)]),
    );
    expect(documented).toEqual(Object.entries(DEFAULT_COMPANIONS));
  });

  test('has every sensitive path', () => {
    const list = sectionOf(FILE, '## Sensitive paths')
      .split('\n\n')
      .find((text) => text.startsWith('`'));
    expect(codesIn(list ?? '')).toEqual(SENSITIVE_PATHS);
  });
});

describe('docs/reference/events.md', () => {
  const FILE = 'docs/reference/events.md';

  interface Declared {
    readonly type: string | undefined;
    readonly fields: readonly string[];
  }

  /** The interfaces of src/core/events.ts, with the fields they inherit. */
  const declared = (): readonly Declared[] => {
    const found = new Map<string, Declared>();
    const text = source('src/core/events.ts');
    for (const [, name = '', base = '', body = ''] of text.matchAll(
      /interface (\w+)(?: extends (\w+))? \{(.*?)^\}/gmsu,
    )) {
      const own = [...body.matchAll(/readonly (\w+)\??:/gu)].map(([, field = '']) => field);
      const type = /readonly type: '([\w.-]+)'/u.exec(body)?.[1];
      const inherited = found.get(base)?.fields ?? [];
      found.set(name, {type, fields: [...inherited, ...own.filter((field) => field !== 'type')]});
    }
    return [...found.values()].filter(({type}) => type !== undefined);
  };

  test('has every event with exactly its fields', () => {
    const rows = rowsOf(source(FILE)).filter(([first = '']) => /^`[a-z]+\.[a-z-]+`$/u.test(first));
    const documented = rows.map(([type = '', , fields = '']) => [
      codesIn(type)[0],
      codesIn(fields).toSorted(),
    ]);
    const expected = declared().map(({type, fields}) => [type, fields.toSorted()]);
    expect(documented.length).toBe(expected.length);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(expected));
  });

  test('has every kind of cause, exit, result and blocker', () => {
    const kinds = ['src/core/failures.ts', 'src/core/blocker.ts'].flatMap((file) =>
      [...source(file).matchAll(/readonly kind: '([\w-]+)'/gu)].map(([, kind = '']) => kind),
    );
    expect(kinds.length).toBeGreaterThan(15);
    const documented = codesIn(proseOf(FILE));
    expect(kinds.filter((kind) => !documented.includes(kind))).toEqual([]);
  });
});

describe('docs/reference/errors.md', () => {
  const FILE = 'docs/reference/errors.md';
  const CODES = [...source(FILE).matchAll(/^### (\w+)$/gmu)].map(([, code = '']) => code);

  test('has every code that the sources know, and no other', () => {
    const texts = sourcesBelow('src');
    const written = texts.flatMap((text) =>
      [...text.matchAll(/'(E_[A-Z_]*[A-Z])'/gu)].map(([, code]) => code),
    );
    // `problem(kind, 'KEY', …)` makes E_CONFIG_KEY of a configuration and E_PLAN_KEY of a plan.
    const made = sourcesBelow('src/config').flatMap((text) =>
      [...text.matchAll(/(?:problem|stop)\(\s*((?:[\w.]+|'\w+'),\s*)?'([A-Z]+)'/gu)].flatMap(
        ([, kind = '', what]) =>
          /'(\w+)'/u.test(kind)
            ? [`E_${/'(\w+)'/u.exec(kind)![1]!.toUpperCase()}_${what}`]
            : [`E_CONFIG_${what}`, `E_PLAN_${what}`],
      ),
    );
    expect(made.length).toBeGreaterThan(10);
    // Of what is asked of a run nothing else is made so.
    const ofRequests = ['E_REQUEST_KEY', 'E_REQUEST_VALUE'];
    const known = new Set([...written, ...made, ...ofRequests]);
    expect(new Set(CODES)).toEqual(known);
    expect(CODES.length).toBe(known.size);
  });

  test('has the words of every refusal', () => {
    for (const [code, {message, hint}] of refusalSamples()) {
      expect(sectionOf(FILE, `### ${code}\n`)).toContain(`${message}. Hint: ${hint}.`.toWellFormed());
    }
  });

  test('has the exit code of every error', () => {
    for (const code of CODES) {
      const named = /Exit code (\d+)\./u.exec(sectionOf(FILE, `### ${code}\n`))?.[1];
      expect([code, Number(named ?? ExitCode.badData)]).toEqual([code, exitCodeFor(code)]);
    }
  });

  test('has every failure of an attempt', () => {
    const [, union = ''] = /interface AttemptFailure \{\s*readonly code:(.*?);/su.exec(
      source('src/core/failures.ts'),
    )!;
    const codes = [...union.matchAll(/'([\w-]+)'/gu)].map(([, code = '']) => code);
    const documented = keysOf(sectionOf(FILE, '## Failures of an attempt'));
    expect(documented.toSorted()).toEqual(codes.toSorted());
  });
});

test('docs/reference/command-line.md has every rule that can decide about two claims', () => {
  const [, union = ''] = /type OverlapRule =(.*?);/su.exec(source('src/core/claim/reason.ts'))!;
  const rules = [...union.matchAll(/'([\w-]+)'/gu)].map(([, rule = '']) => rule);
  expect(rules.length).toBeGreaterThan(5);
  const section = sectionOf('docs/reference/command-line.md', '## disjoint overlap CLAIMS...\n');
  const documented = [...section.matchAll(/^- `([\w-]+)`:/gmu)].map(([, rule = '']) => rule);
  expect(documented).toEqual(rules);
});

test('docs/reference/library.md names everything that the package exports', () => {
  const exported = ['src/index.ts', 'machines/index.ts', 'src/testing/index.ts'].flatMap((file) =>
    [...source(file).matchAll(/export (?:type )?\{(.*?)\}/gsu)].flatMap(([, names = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^type /u, ''))
        .filter((name) => name !== '' && !(file.startsWith('machines') && /^[A-Z]/u.test(name))),
    ),
  );
  expect(exported.length).toBeGreaterThan(30);
  const text = source('docs/reference/library.md');
  expect(exported.filter((name) => !new RegExp(`\\b${name}\\b`, 'u').test(text))).toEqual([]);
});

test('docs/internals/layers.md has a row for every rule, with its packages', () => {
  const rules = source('.oxlintrc.layers.json').replaceAll(/^\s*\/\/.*$/gmu, '');
  const {overrides} = JSON.parse(rules) as {
    overrides: {
      files: string[];
      rules: {'no-restricted-imports': [string, {patterns: {group?: string[]}[]}]};
    }[];
  };
  const rows = new Map(
    rowsOf(source('docs/internals/layers.md')).flatMap(([layers = '', , packages = '']) =>
      codesIn(layers).map((layer) => [layer, codesIn(packages).filter((name) => name !== 'node:')] as const),
    ),
  );
  for (const {files, rules: rule} of overrides) {
    const groups = rule['no-restricted-imports'][1].patterns.flatMap(({group = []}) => group);
    const packages = groups
      .filter((pattern) => /^!(?:\{[\w,-]+\}|[\w-]+)$/u.test(pattern))
      .flatMap((pattern) => pattern.replaceAll(/[!{}]/gu, '').split(','));
    for (const file of files) {
      const layer = file.replace(/(?:\/\*+)+$/u, '');
      expect([layer, rows.get(layer)?.toSorted()]).toEqual([layer, packages.toSorted()]);
    }
  }
  expect(overrides.length).toBeGreaterThan(10);
});

test('every word of the glossary stands there once', () => {
  const words = rowsOf(source('docs/internals/glossary.md')).flatMap(([cell = '']) =>
    [...cell.matchAll(/\*\*([^*]+)\*\*/gu)].map(([, word = '']) => word),
  );
  expect(words.length).toBeGreaterThan(50);
  expect(words).toEqual([...new Set(words)]);
});
