import {mkdir, mkdtemp, realpath, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {changedFiles, gitVersion, initRepository} from '../workspace/git.ts';
import {DisjointError} from './errors.ts';

/** A git repository to throw away. */
export interface ScratchRepository {
  readonly root: string;
  /** The files that differ from its first commit. */
  changedFiles(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** What git said when it failed, in one line; `null` for an error of something else. */
const sayingOfGit = (error: unknown): string | null =>
  error instanceof Error && 'stderr' in error ? String(error.stderr).trim().replaceAll(/\s+/gu, ' ') : null;

/** Writes the files and commits them. */
const fill = async (root: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), {recursive: true});
    await writeFile(file, text);
  }
  await initRepository(root);
};

/**
 * Makes a repository in a new temporary folder, with the given files committed. Leaves nothing behind if that fails.
 *
 * @throws DisjointError `E_GIT_MISSING` if git is not installed, `E_IO` if it fails.
 */
export const createScratchRepository = async (
  files: Readonly<Record<string, string>>,
): Promise<ScratchRepository> => {
  if ((await gitVersion()) === null) {
    throw new DisjointError('E_GIT_MISSING', 'git is not installed', 'install git and try again');
  }
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'disjoint-demo-')));
  const remove = (): Promise<void> => rm(root, {recursive: true, force: true});
  try {
    await fill(root, files);
  } catch (error) {
    await remove();
    const saying = sayingOfGit(error);
    if (saying === null) throw error;
    const message = `git could not make a repository in ${root}: ${saying.slice(0, 200)}`;
    throw new DisjointError('E_IO', message, 'see what git says', {cause: error});
  }
  return {root, changedFiles: () => changedFiles(root), remove};
};
