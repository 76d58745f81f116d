import {chmodSync, statSync} from 'node:fs';
import path from 'node:path';
import {makeStateFolder} from '../executors/process/state-folder.ts';
import {gitCommonFolder} from '../workspace/git-folder.ts';
import {DisjointError} from './errors.ts';

/**
 * The folder in which the socket of a repository lies: one and the same for every spelling of its path, for its subfolders and
 * for all of its worktrees. Outside of git each project has its own.
 *
 * @param root Absolute path of an existing folder.
 */
export const socketHome = (root: string): string => {
  const common = gitCommonFolder(root);
  if (common === null) return path.join(root, '.disjoint');
  // Beside the files of the repository, where its other state is; one without files of its own has room inside.
  return path.basename(common) === '.git'
    ? path.join(path.dirname(common), '.disjoint')
    : path.join(common, 'disjoint');
};

/** The name of the socket in it. */
export const SOCKET = 'api.sock';

/** The socket of the repository that a folder belongs to, whether or not anybody listens there. */
export const socketOf = (root: string): string => path.join(socketHome(root), SOCKET);

/** What is wrong with the folder, for whoever wants to listen there. */
export const unusableHome = (home: string, root: string, why: string): DisjointError => {
  const shown = path.relative(root, home);
  return new DisjointError(
    'E_IO',
    `${shown.startsWith('..') ? home : shown} cannot be used: ${why}`,
    'check who may write there, and whether the disk is full',
  );
};

/**
 * Makes the folder, for the user alone; one that is there and lets others in is closed to them.
 *
 * @throws DisjointError `E_IO` if it cannot be made.
 */
export const makeSocketHome = (home: string, root: string): void => {
  makeStateFolder(home);
  const stats = statSync(home, {throwIfNoEntry: false});
  if (stats === undefined) throw unusableHome(home, root, 'it cannot be made');
  if (!stats.isDirectory()) throw unusableHome(home, root, 'it is no folder');
  const others = stats.mode & 0o077;
  if (others !== 0 && stats.uid === process.getuid?.()) chmodSync(home, stats.mode & 0o700);
};
