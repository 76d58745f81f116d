import {lstat, readdir} from 'node:fs/promises';
import path from 'node:path';
import type {Claim} from '../core/claim/claim.ts';
import {fold} from '../core/claim/fold.ts';
import {literalLead} from '../core/claim/glob-forms.ts';
import {coversPath} from '../core/claim/overlap.ts';
import type {Picture, Workspace} from '../ports/workspace.ts';

/** A claim on more files than this is not looked at: the answer would cost more than it tells. */
const FILES_MAX = 20_000;
/** Never looked into: their content is no work of a task, and there is a lot of it. */
const SKIPPED_DIRECTORIES: ReadonlySet<string> = new Set(['.git', '.disjoint', 'node_modules']);

type Looks = Map<string, string>;

class TooManyFiles extends Error {}

const isMissing = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
};

/** Records how a file looks, or everything below a directory. Symlinks are looked at, not through. */
const look = async (root: string, relative: string, looks: Looks): Promise<void> => {
  let stats;
  try {
    stats = await lstat(path.join(root, relative), {bigint: true});
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if (!stats.isDirectory()) {
    if (looks.size >= FILES_MAX) throw new TooManyFiles();
    looks.set(relative, [stats.size, stats.mtimeNs, stats.ctimeNs, stats.ino, stats.mode].join(' '));
    return;
  }
  for (const name of await readdir(path.join(root, relative))) {
    if (!SKIPPED_DIRECTORIES.has(name)) await look(root, path.join(relative, name), looks);
  }
};

const takeLooks = async (root: string, claims: readonly Claim[]): Promise<Looks> => {
  const looks: Looks = new Map();
  for (const claim of claims) {
    if (claim.kind !== 'glob') {
      await look(root, claim.text, looks);
      continue;
    }
    const found: Looks = new Map();
    await look(root, literalLead(claim.text.split('/')).join('/') || '.', found);
    for (const [file, looked] of found) {
      const key = file.split('/').map((segment) => fold(segment));
      if (coversPath(claim, key)) looks.set(file, looked);
    }
  }
  return looks;
};

/**
 * The files of a repository as they lie on the disk, compared by size, times, inode and mode.
 *
 * A file that was written with the same bytes counts as changed: somebody worked on it.
 */
export class TreeWorkspace implements Workspace {
  readonly #root: string;

  /** @param root Absolute path of the repository. */
  constructor(root: string) {
    this.#root = root;
  }

  async takePicture(claims: readonly Claim[]): Promise<Picture> {
    const before = await this.#looks(claims);
    return {
      changes: async () => {
        const after = before === null ? null : await this.#looks(claims);
        if (before === null || after === null) return null;
        const files = new Set([...before.keys(), ...after.keys()]);
        return [...files].filter((file) => before.get(file) !== after.get(file)).toSorted();
      },
    };
  }

  async #looks(claims: readonly Claim[]): Promise<Looks | null> {
    try {
      return await takeLooks(this.#root, claims);
    } catch {
      // Too many files, or one that may not be read: "unknown" is an answer, a guess is not.
      return null;
    }
  }
}
