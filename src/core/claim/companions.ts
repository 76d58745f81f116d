import {fail, ok, type Result} from '../result.ts';
import type {Claim} from './claim.ts';
import {PORTABLE} from './fold.ts';
import {type ParseOptions, parseClaim} from './parse.ts';
import {foldedReading, matchesName, parseSegment, type Segment} from './segment.ts';
import {WORK_MAX} from './sequence.ts';

/**
 * Which files are written along with which: by the name of a file, or a pattern for it, those that come with it.
 *
 * A companion without `/` is looked for in the folder of the file and in each above it, as lockfiles of workspaces
 * are. With one it is relative to that folder, and with a leading one to the root of the repository. `{name}` stands
 * for the name of the file.
 */
export type CompanionTable = Readonly<Record<string, readonly string[]>>;

const SNAPSHOT = ['__snapshots__/{name}.snap'];

/** What package managers and test runners write by themselves. An empty list switches one off. */
export const DEFAULT_COMPANIONS: CompanionTable = {
  'package.json': [
    'package-lock.json',
    'npm-shrinkwrap.json',
    'yarn.lock',
    'pnpm-lock.yaml',
    'bun.lock',
    'bun.lockb',
  ],
  'deno.json': ['deno.lock'],
  'Cargo.toml': ['Cargo.lock'],
  'go.mod': ['go.sum'],
  'pyproject.toml': ['poetry.lock', 'uv.lock', 'pdm.lock'],
  Pipfile: ['Pipfile.lock'],
  Gemfile: ['Gemfile.lock'],
  'composer.json': ['composer.lock'],
  'mix.exs': ['mix.lock'],
  'pubspec.yaml': ['pubspec.lock'],
  Podfile: ['Podfile.lock'],
  'flake.nix': ['flake.lock'],
  '*.test.ts': SNAPSHOT,
  '*.test.tsx': SNAPSHOT,
  '*.test.js': SNAPSHOT,
  '*.test.jsx': SNAPSHOT,
  '*.spec.ts': SNAPSHOT,
  '*.spec.tsx': SNAPSHOT,
  '*.spec.js': SNAPSHOT,
  '*.spec.jsx': SNAPSHOT,
};

/** A checked table, ready for use. */
export type Companions = readonly {readonly of: Segment; readonly names: readonly string[]}[];

export interface CompanionFailure {
  /** The key or the companion that is wrong. */
  readonly entry: string;
  /** What is wrong with it: a sentence without a full stop. */
  readonly problem: string;
}

const INSERTED = 'name';

/** A table that users may have written. */
export const resolveCompanions = (table: CompanionTable): Result<Companions, CompanionFailure> => {
  const companions: {of: Segment; names: readonly string[]}[] = [];
  for (const [key, names] of Object.entries(table)) {
    const of = key === '' || key.includes('/') ? null : parseSegment(key, 'full', foldedReading(PORTABLE));
    if (of === null) return fail({entry: key, problem: 'must be the name of a file, without a folder'});
    for (const name of names) {
      const parsed = parseClaim({glob: name.replaceAll('{name}', INSERTED).replace(/^\//u, '')});
      if (!parsed.ok) return fail({entry: name, problem: parsed.failure.message});
    }
    companions.push({of, names});
  }
  return ok(companions);
};

const isNamed = (of: Segment, name: string): boolean =>
  typeof of === 'string' ? of === name : matchesName(of, name, {left: WORK_MAX});

const join = (folder: readonly string[], name: string): string => [...folder, name].join('/');

/** The folder itself and those above it, up to the root. */
const upwards = (folder: readonly string[]): readonly (readonly string[])[] =>
  Array.from({length: folder.length + 1}, (_, i) => folder.slice(0, folder.length - i));

/**
 * Where these companions of a file in a folder are, or would be: those that exist. If none does, or nobody looked, the
 * first of them, or all, in the folder and at the root.
 */
const placesOf = (
  names: readonly string[],
  folder: readonly string[],
  look: ParseOptions['look'],
): readonly string[] => {
  const fixed = names
    .filter((name) => name.includes('/'))
    .map((name) => (name.startsWith('/') ? name.slice(1) : join(folder, name)));
  const floating = names.filter((name) => !name.includes('/'));
  const ends = folder.length === 0 ? [[]] : [folder, []];
  if (look === undefined)
    return [...fixed, ...ends.flatMap((end) => floating.map((name) => join(end, name)))];
  const existing = upwards(folder).flatMap((end) =>
    floating
      .map((name) => join(end, name))
      .filter((path) => {
        const seen = look(path);
        return seen?.kind === 'inside' && seen.exists;
      }),
  );
  if (existing.length > 0) return [...fixed, ...existing];
  return [...fixed, ...ends.flatMap((end) => floating.slice(0, 1).map((name) => join(end, name)))];
};

/**
 * The claims that come along with this one, without those that are declared anyway. Only a claim that names a file
 * brings companions: a folder or a pattern for names does not.
 */
export const companionsOf = (
  claim: Claim,
  companions: Companions,
  options: ParseOptions,
): readonly Claim[] => {
  const name = claim.segments.at(-1);
  if (claim.kind === 'directory' || typeof name !== 'string') return [];
  const written = claim.text.split('/');
  const folder = written.slice(0, -1);
  const texts = companions
    .filter(({of}) => isNamed(of, name))
    .flatMap(({names}) =>
      placesOf(
        names.map((one) => one.replaceAll('{name}', written.at(-1) ?? '')),
        folder,
        options.look,
      ),
    );
  return [...new Set(texts)].flatMap((text) => {
    const parsed = parseClaim(/[*?[{]/u.test(text) ? {glob: text} : {path: text}, options);
    // What a file system does not allow for a companion is nobody's to write.
    return parsed.ok ? parsed.value.map((one) => ({...one, companionOf: claim.raw})) : [];
  });
};
