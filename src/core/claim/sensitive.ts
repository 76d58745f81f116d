import {Classes} from './character-class.ts';
import type {Claim} from './claim.ts';
import {COVERS_WORK_MAX, segmentCovers} from './covers.ts';
import {fold, PORTABLE} from './fold.ts';
import {formsOf} from './overlap.ts';
import {parseSegment} from './parse-segment.ts';
import type {Segment} from './segment.ts';
import {MANY, type Work} from './sequence.ts';

/**
 * Files that make programs run: whoever changes them can run what they like on the machine of the next person who
 * builds, commits or opens the folder.
 */
export const SENSITIVE_PATHS: readonly string[] = [
  '.gitattributes',
  '.gitmodules',
  '.github/',
  '.husky/',
  '.vscode/',
  '.idea/',
  '.claude/',
  '.cursor/',
  'AGENTS.md',
  'CLAUDE.md',
  '.mcp.json',
  'package.json',
  '.npmrc',
  '*.config.*',
  'Makefile',
  '.envrc',
];

/** What a file, or a folder with all that lies in it, is called, wherever it lies. */
interface SensitiveName {
  readonly path: string;
  readonly name: Segment;
  readonly isFolder: boolean;
}

const NAMES: readonly SensitiveName[] = SENSITIVE_PATHS.map((path) => {
  const name = parseSegment(path.replace(/\/$/u, ''), 'full', PORTABLE);
  if (name === null) throw new Error(`Internal error: ${path} is no name`);
  return {path, name, isFolder: path.endsWith('/')};
});

/** Reads names in any case, also where the volume tells them apart by it: not all that reads these files does. */
const inAnyCase = (): ((segment: Segment) => Segment) => {
  const known = new Map<string, Segment>();
  const classes = new Classes();
  return (segment) => {
    if (typeof segment === 'string') return fold(segment);
    const before = known.get(segment.written);
    if (before !== undefined) return before;
    const read = parseSegment(segment.written, 'full', PORTABLE, classes) ?? segment;
    known.set(segment.written, read);
    return read;
  };
};

/** Which of the names, as places in their list, a name stands for at first: as a file, and as a folder on the way. */
interface Named {
  readonly file: number;
  readonly folder: number;
}

const NOT_NAMED = Number.POSITIVE_INFINITY;

/** Looks each name up once: alternatives have most of theirs in common. */
const lookingUp = (): ((segment: Segment) => Named) => {
  const known = new Map<Segment, Named>();
  const work: Work = {left: COVERS_WORK_MAX};
  const read = inAnyCase();
  // Errs to "yes", where it would take long to tell.
  const isNamed = (name: Segment, segment: Segment): boolean =>
    segmentCovers(name, segment, work) || work.left < 0;
  const namedBy = (segment: Segment): Named => {
    const places = NAMES.flatMap(({name}, i) => (isNamed(name, segment) ? [i] : []));
    const folder = places.find((i) => NAMES[i]?.isFolder === true);
    return {file: places[0] ?? NOT_NAMED, folder: folder ?? NOT_NAMED};
  };
  return (segment) => {
    const before = known.get(segment);
    if (before !== undefined) return before;
    const folded = read(segment);
    const named = known.get(folded) ?? namedBy(folded);
    known.set(segment, named).set(folded, named);
    return named;
  };
};

/**
 * Which sensitive path the claim is, or lies in; `null` if none. A folder or a glob that only holds some among other
 * files is not one: it does not name what is sensitive.
 */
export const sensitivePath = (claim: Claim): string | null => {
  const lookUp = lookingUp();
  let first = NOT_NAMED;
  for (const {segments} of formsOf(claim)) {
    // `package.json/` and `package.json/**` name the file, if that is one.
    const last = segments.at(-1) === MANY ? segments.length - 2 : segments.length - 1;
    for (const [i, segment] of segments.entries()) {
      if (segment === MANY) continue;
      const {file, folder} = lookUp(segment);
      first = Math.min(first, i === last ? file : folder);
    }
  }
  return NAMES[first]?.path ?? null;
};
