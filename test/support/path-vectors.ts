import {existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ClaimInput} from '../../src/core/claim/claim.ts';
import {bindMount} from './bind-mount.ts';

export type Answer = 'yes' | 'no' | 'reject';

interface SetUp {
  readonly op: 'mkdir' | 'file' | 'symlink' | 'hardlink' | 'bind';
  readonly path: string;
  readonly target?: string;
}

/** Two claims, and what must come of them. The head of path-vectors.json says what each field means. */
export interface Vector {
  readonly id: string;
  readonly a: ClaimInput;
  readonly b: ClaimInput;
  readonly fs: string;
  readonly same_file: 'yes' | 'no' | 'covers';
  readonly overlap_portable: Answer;
  readonly overlap_native: Answer;
  readonly error?: string;
  readonly setup?: readonly SetUp[];
  readonly why: string;
}

const file = new URL('path-vectors.json', import.meta.url);

export const VECTORS: readonly Vector[] = JSON.parse(readFileSync(file, 'utf8')).vectors;

export const titleOf = ({id, a, b, why}: Vector): string =>
  `${id} ${JSON.stringify(a).slice(0, 40)} and ${JSON.stringify(b)} (${why})`;

/** Is one of its claims another spelling of the root, that only the disk knows? */
export const needsDisk = (vector: Vector): boolean => JSON.stringify(vector).includes('{ROOTLINK}');

/** The vector with the placeholders in it filled in. */
export const withRoot = (vector: Vector, root: string): Vector & {readonly root: string} => {
  const filled = JSON.stringify(vector).replaceAll(/\{(ROOT|ROOTLINK)\}/gu, (_, name: string) =>
    JSON.stringify(name === 'ROOT' ? root : `${root}-link`).slice(1, -1),
  );
  return {...JSON.parse(filled), root};
};

const apply = (root: string, {op, path: name, target = ''}: SetUp): string | undefined => {
  const place = path.join(root, name);
  if (op !== 'mkdir') mkdirSync(path.dirname(place), {recursive: true});
  switch (op) {
    case 'mkdir':
      mkdirSync(place, {recursive: true});
      return undefined;
    case 'file':
      writeFileSync(place, '');
      return undefined;
    case 'symlink':
      symlinkSync(target, place);
      return undefined;
    case 'hardlink':
      linkSync(path.join(root, target), place);
      return undefined;
    case 'bind':
      return bindMount(path.join(root, target), place);
  }
};

/** File systems without links say so with one of these. */
const UNABLE: ReadonlySet<unknown> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** A vector whose files are there. */
export interface Fixture {
  readonly root: string;
  readonly a: ClaimInput;
  readonly b: ClaimInput;
  /** What could not be set up here, and why; undefined if all is there. */
  readonly missing: string | undefined;
}

/** Makes a repository of its own in the folder, with the files of the vector. */
export const setUp = (folder: string, vector: Vector): Fixture => {
  const root = path.join(folder, vector.id);
  mkdirSync(path.join(root, '.git/hooks'), {recursive: true});
  mkdirSync(path.join(root, 'src'));
  const {a, b, setup = []} = withRoot(vector, root);
  if (needsDisk(vector)) symlinkSync(root, `${root}-link`);
  for (const step of setup) {
    try {
      const reason = apply(root, step);
      if (reason !== undefined) return {root, a, b, missing: `${step.op}: ${reason}`};
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (!UNABLE.has(code)) throw error;
      return {root, a, b, missing: `${step.op}: ${code}`};
    }
  }
  return {root, a, b, missing: undefined};
};

/** The two names as a program opens them; null if the vector is not about two files. */
const namesOf = ({root, a, b}: Fixture): readonly [string, string] | null => {
  const nameOf = (claim: ClaimInput): string | null => {
    if (typeof claim !== 'string') return null;
    // A name with a slash at its end is opened as a directory; the claim is about what it names.
    const name = claim.replace(/\/+$/u, '');
    // Not `path.join`, which takes ".." by the text.
    return name.startsWith('/') ? name : `${root}/${name}`;
  };
  const [one, other] = [nameOf(a), nameOf(b)];
  return one === null || other === null ? null : [one, other];
};

/** Null for a directory. */
const unlessDirectory = <T>(act: () => T): T | null => {
  try {
    return act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return null;
    throw error;
  }
};

/**
 * Writes through the one name, and tells whether it shows up under the other. Null if there are no two files.
 *
 * Nobody asks for the other before: a FUSE kernel would go on to say that it is not there.
 */
export const areOneFile = (fixture: Fixture): boolean | null => {
  const names = namesOf(fixture);
  if (names === null) return null;
  for (const name of names) mkdirSync(name.slice(0, name.lastIndexOf('/')), {recursive: true});
  const [one, other] = names;
  return unlessDirectory(() => {
    const written = `written through ${one}`;
    writeFileSync(one, written);
    return existsSync(other) && readFileSync(other, 'utf8') === written;
  });
};
