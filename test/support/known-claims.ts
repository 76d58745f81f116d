import type {ClaimInput} from '../../src/core/claim/claim.ts';
import type {Look, Looks} from '../../src/core/claim/look.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {recordedLooks} from '../../src/core/reclaim.ts';
import type {PathResolver} from '../../src/ports/path-resolver.ts';

/** A claim together with the files it means, written down by hand and not computed by the code under test. */
export interface KnownClaim {
  readonly claim: ClaimInput;
  readonly files: readonly string[];
}

/** Every file of a small repository, with names that are keys of every JavaScript object. */
const SRC = ['src/a.ts', 'src/b.ts', 'src/deep/c.ts', 'src/notes.md'] as const;
const DOCS = ['docs/a.md', 'docs/constructor/b.md'] as const;
const TOP = ['__proto__', 'constructor/x', 'README.md'] as const;
const ALL = [...SRC, ...DOCS, ...TOP] as const;

export const KNOWN_CLAIMS: readonly KnownClaim[] = [
  {claim: 'src/a.ts', files: ['src/a.ts']},
  // One file under other spellings, as a case-folding file system and sloppy authors have them.
  {claim: './src//a.ts', files: ['src/a.ts']},
  {claim: 'src/deep/../a.ts', files: ['src/a.ts']},
  {claim: 'SRC/A.TS', files: ['src/a.ts']},
  {claim: 'src\\a.ts', files: ['src/a.ts']},
  {claim: {path: '/repo/src/a.ts'}, files: ['src/a.ts']},
  {claim: 'src/b.ts', files: ['src/b.ts']},
  {claim: 'src/deep/c.ts', files: ['src/deep/c.ts']},
  {claim: 'docs/a.md', files: ['docs/a.md']},
  {claim: 'README.md', files: ['README.md']},
  {claim: '__proto__', files: ['__proto__']},
  {claim: 'constructor/x', files: ['constructor/x']},
  // Directories, with and without the slash.
  {claim: 'src/', files: SRC},
  {claim: 'src', files: SRC},
  {claim: 'src/deep/', files: ['src/deep/c.ts']},
  {claim: 'docs/constructor', files: ['docs/constructor/b.md']},
  {claim: 'constructor', files: ['constructor/x']},
  {claim: './', files: ALL},
  // Globs.
  {claim: 'src/*.ts', files: ['src/a.ts', 'src/b.ts']},
  {claim: 'src/**', files: SRC},
  {claim: {glob: 'src/**/*.ts'}, files: ['src/a.ts', 'src/b.ts', 'src/deep/c.ts']},
  {claim: {glob: 'src/{a,b}.ts'}, files: ['src/a.ts', 'src/b.ts']},
  {claim: {glob: 'docs/[ab].md'}, files: ['docs/a.md']},
  {claim: '**/*.md', files: ['src/notes.md', 'docs/a.md', 'docs/constructor/b.md', 'README.md']},
  {claim: 'doc?/a.md', files: ['docs/a.md']},
  // A rename writes both of its ends.
  {claim: {rename: ['src/b.ts', 'docs/a.md']}, files: ['src/b.ts', 'docs/a.md']},
];

const DIRECTORIES: ReadonlySet<string> = new Set(
  ALL.flatMap((file) => {
    const segments = file.split('/');
    return segments.slice(1).map((_, i) => segments.slice(0, i + 1).join('/'));
  }),
);

/** What a look at the small repository shows. */
const lookAt = (path: string): Look => {
  const segments: string[] = [];
  for (const segment of path.replace(/^\/repo\//u, '').split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  const name = segments.join('/');
  const isDirectory = DIRECTORIES.has(name) || name === '';
  return {
    kind: 'inside',
    segments,
    ids: [],
    links: [],
    exists: isDirectory || ALL.includes(name as never),
    isDirectory,
  };
};

/** The disk of the small repository, for those who look. */
export const KNOWN_DISK: PathResolver = {look: () => lookAt};

/** What is seen of all known claims, as data. */
export const KNOWN_LOOKS: Looks = (() => {
  const {looks, look} = recordedLooks(lookAt);
  for (const {claim} of KNOWN_CLAIMS) parseClaim(claim, {root: '/repo', look});
  return looks;
})();

/** The files of several claims together. */
export const filesOf = (claims: readonly KnownClaim[]): ReadonlySet<string> =>
  new Set(claims.flatMap(({files}) => files));

/** A file that is in both. */
export const commonFile = (a: ReadonlySet<string>, b: ReadonlySet<string>): string | undefined => {
  for (const file of a) if (b.has(file)) return file;
  return undefined;
};
