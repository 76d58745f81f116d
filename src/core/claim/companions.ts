import {fail, ok, type Result} from '../result.ts';
import {expandBraces} from './braces.ts';
import type {Claim, ClaimInput} from './claim.ts';
import {fold, PORTABLE} from './fold.ts';
import {parseClaim} from './parse.ts';
import type {ParseOptions} from './parse-options.ts';
import {parseSegment} from './parse-segment.ts';
import {matchesName, type Segment} from './segment.ts';
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
  /** The key of what is wrong. */
  readonly entry: string;
  /** What is wrong with it: a sentence without a full stop. */
  readonly problem: string;
}

/** What stands for the name of the file. */
const INSERTED = '{name}';

/** A table that users may have written. */
export const resolveCompanions = (table: CompanionTable): Result<Companions, CompanionFailure> => {
  const companions: {of: Segment; names: readonly string[]}[] = [];
  for (const [key, names] of Object.entries(table)) {
    const of = key === '' || key.includes('/') ? null : parseSegment(key, 'full', PORTABLE);
    if (of === null) return fail({entry: key, problem: 'must be the name of a file, without a folder'});
    for (const name of names) {
      const parsed = parseClaim({glob: name.replaceAll(INSERTED, 'name').replace(/^\//u, '')});
      if (parsed.ok) continue;
      const problem = `has a companion that no task may write: ${parsed.failure.message}`;
      return fail({entry: key, problem});
    }
    companions.push({of, names});
  }
  return ok(companions);
};

const isNamed = (of: Segment, name: string): boolean =>
  typeof of === 'string' ? of === name : matchesName(of, name, {left: WORK_MAX});

const SPECIAL = /[*?[{(]/u;
const STARS = /[*?]/u;

const CLIMBS = /(?:^|\/)\.\.(?:\/|$)/u;

/** A file that a claim names, in one folder or in all that a pattern stands for. */
interface Named {
  readonly folder: readonly string[];
  readonly name: string;
  readonly written: 'path' | 'glob' | 'bare glob';
}

/** `package.json/` and `package.json/**` name the file, as long as nobody knows it for a folder. */
const FOLDER_ENDS = /(?:\/(?:\*\*)?)+$/u;

const namedBy = ({kind, text, bare}: Claim): readonly Named[] => {
  const written = kind !== 'glob' ? 'path' : bare ? 'bare glob' : 'glob';
  const alternatives = kind === 'glob' ? (expandBraces(text)?.texts ?? []) : [];
  return [...new Set(written === 'glob' ? alternatives : [text, ...alternatives])].flatMap((one) => {
    const folder = one.replace(FOLDER_ENDS, '').split('/');
    const name = folder.pop() ?? '';
    const isPattern = written !== 'path' && (bare ? STARS : SPECIAL).test(name);
    return isPattern ? [] : [{folder, name, written}];
  });
};

const isPatternIn = (folder: readonly string[], {written}: Named): boolean =>
  written !== 'path' && folder.some((segment) => SPECIAL.test(segment));

/** The texts that a claim names files with, where the disk can be asked for them. */
const textsToSee = (claim: Claim): readonly string[] => {
  const {kind, raw, text} = claim;
  if (kind === 'directory') return [];
  if (kind === 'glob') {
    return namedBy(claim)
      .filter((named) => !isPatternIn(named.folder, named))
      .map(({folder, name}) => [...folder, name].join('/'));
  }
  // Behind a link `..` is another folder to the kernel than by the text.
  const asWritten = raw.replaceAll('\\', '/');
  return [text.replace(/^\.\//u, ''), ...(CLIMBS.test(asWritten) ? [asWritten] : [])];
};

/** The files that what a claim names leads to by way of links: whatever writes along with them goes by where they lie. */
const ledTo = (claim: Claim, look: ParseOptions['look']): readonly Named[] =>
  (look === undefined ? [] : textsToSee(claim)).flatMap((path, _, [direct]) => {
    const seen = look?.(path);
    if (seen?.kind !== 'inside' || seen.isDirectory) return [];
    return [seen, ...seen.links]
      .filter(({segments}) => segments.join('/') !== (claim.kind === 'glob' ? path : direct))
      .map(({segments}) => ({folder: segments.slice(0, -1), name: segments.at(-1) ?? '', written: 'path'}));
  });

/** As text of a glob that stands for nothing but itself. */
const literally = (text: string): string => text.replaceAll(/[*?[{()]/gu, (special) => `[${special}]`);

const isPattern = (companion: string): boolean => SPECIAL.test(companion.replaceAll(INSERTED, ''));

/** The claim of a companion in this folder. */
const inputFor = (companion: string, folder: readonly string[], named: Named): ClaimInput => {
  const {name, written} = named;
  const inFolder = isPatternIn(folder, named);
  if (!inFolder && !isPattern(companion)) {
    return {path: [...folder, companion.replaceAll(INSERTED, () => name)].join('/')};
  }
  const isBare = written === 'bare glob' && folder.some((segment) => STARS.test(segment));
  const above = written === 'path' ? folder.map(literally) : folder;
  const inserted = companion.replaceAll(INSERTED, () => (isBare ? name : literally(name)));
  const text = [...above, inserted].join('/');
  // Its author may have meant the brackets either way.
  return isBare ? text : {glob: text};
};

const NONE: readonly Claim[] = [];

/** The root, and each folder below it down to this one. */
const downwards = (folder: readonly string[]): readonly (readonly string[])[] =>
  Array.from({length: folder.length + 1}, (_, i) => folder.slice(0, i));

/**
 * Where these companions of a file are, or would be: those that exist. If none does, or nobody looked, the first of
 * them, or all, in the folder and at the root. Where a pattern is involved, nobody can look.
 */
const placesOf = (
  names: readonly string[],
  named: Named,
  look: ParseOptions['look'],
): readonly ClaimInput[] => {
  const {folder} = named;
  const ends = folder.length === 0 ? [[]] : [folder, []];
  const anywhere = (some: readonly string[]): readonly ClaimInput[] =>
    ends.flatMap((end) => some.map((name) => inputFor(name, end, named)));
  const fixed = names
    .filter((name) => name.includes('/'))
    .map((name) =>
      name.startsWith('/') ? inputFor(name.slice(1), [], named) : inputFor(name, folder, named),
    );
  const floating = names.filter((name) => !name.includes('/'));
  if (look === undefined) return [...fixed, ...anywhere(floating)];
  const isThere = (path: string): boolean => {
    const seen = look(path);
    return seen?.kind === 'inside' && seen.exists;
  };
  const unseen = anywhere(floating).filter((input) => typeof input === 'string' || 'glob' in input);
  const existing: ClaimInput[] = [];
  for (const end of downwards(folder)) {
    // Below what is missing there is nothing, however long the path.
    if (isPatternIn(end, named) || (end.length > 0 && !isThere(end.join('/')))) break;
    for (const name of floating.filter((one) => !isPattern(one))) {
      const path = [...end, name.replaceAll(INSERTED, () => named.name)].join('/');
      if (isThere(path)) existing.push({path});
    }
  }
  if (existing.length > 0) return [...fixed, ...unseen, ...existing];
  const [first] = floating.filter((name) => !isPattern(name));
  return [...fixed, ...unseen, ...(first === undefined ? [] : anywhere([first]))];
};

const isFolder = (path: string, look: ParseOptions['look']): boolean => {
  const seen = look?.(path);
  return seen?.kind === 'inside' && seen.exists && seen.isDirectory;
};

/** Alternatives have most of their folders in common, and each is looked through for each. */
const remembering = (look: ParseOptions['look']): ParseOptions['look'] => {
  if (look === undefined) return undefined;
  const known = new Map<string, ReturnType<typeof look>>();
  return (path) => {
    if (!known.has(path)) known.set(path, look(path));
    return known.get(path);
  };
};

/**
 * The claims that come along with this one, without those that are declared anyway. Only a claim that names a file
 * brings companions: a folder or a pattern for names does not. A link brings those of the file that it leads to as well.
 */
export const companionsOf = (
  claim: Claim,
  companions: Companions,
  options: ParseOptions,
): readonly Claim[] => {
  const named = claim.text.replace(FOLDER_ENDS, '');
  if (claim.kind === 'directory' && isFolder(named, options.look)) return NONE;
  const led = ledTo(claim, options.look);
  // Most files bring nothing, and every claim of every task is asked.
  const last = claim.kind !== 'glob' ? fold(named.slice(named.lastIndexOf('/') + 1)) : null;
  if (last !== null && led.length === 0 && !companions.some(({of}) => isNamed(of, last))) return NONE;
  const found = new Map<string, Claim>();
  const look = remembering(options.look);
  for (const file of [...namedBy(claim), ...led]) {
    // Whatever this volume tells apart, a package manager knows its file in any case.
    const key = fold(file.name);
    const inputs = companions
      .filter(({of}) => isNamed(of, key))
      .flatMap(({names}) => placesOf(names, file, look));
    for (const input of inputs) {
      const parsed = parseClaim(input, options);
      // What a file system does not allow for a companion is nobody's to write.
      for (const one of parsed.ok ? parsed.value : []) found.set(one.text, {...one, companionOf: claim.raw});
    }
  }
  return [...found.values()];
};
