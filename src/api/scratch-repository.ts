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

/**
 * Makes a repository in a new temporary folder, with the given files committed.
 *
 * @throws DisjointError `E_GIT_MISSING` if git is not installed.
 */
export const createScratchRepository = async (
  files: Readonly<Record<string, string>>,
): Promise<ScratchRepository> => {
  if ((await gitVersion()) === null) {
    throw new DisjointError('E_GIT_MISSING', 'git is not installed', 'install git and try again');
  }
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'disjoint-demo-')));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), {recursive: true});
    await writeFile(file, text);
  }
  await initRepository(root);
  return {
    root,
    changedFiles: () => changedFiles(root),
    remove: () => rm(root, {recursive: true, force: true}),
  };
};
