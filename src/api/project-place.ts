import {access, stat} from 'node:fs/promises';
import path from 'node:path';
import {DisjointError} from './errors.ts';

export const CONFIG_FILE = 'disjoint.yaml';

const exists = async (file: string): Promise<boolean> => {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
};

/** The nearest folder, from `from` upwards, that holds a configuration or a git repository; `null` if none does. */
const findRoot = async (from: string): Promise<string | null> => {
  for (let folder = from; ; folder = path.dirname(folder)) {
    for (const name of [CONFIG_FILE, '.git']) if (await exists(path.join(folder, name))) return folder;
    if (folder === path.dirname(folder)) return null;
  }
};

export interface ProjectPlace {
  /** Absolute path of the folder that claims are relative to. */
  readonly root: string;
  /** Absolute path of its `disjoint.yaml`; `null` if there is none. */
  readonly configFile: string | null;
}

/**
 * Finds the project: the given folder, or from the current one upwards the nearest with a `disjoint.yaml` or a `.git`,
 * else the current folder. The search never leaves a repository: a configuration that lies outside it, in a home
 * folder say, is somebody else's.
 *
 * @throws DisjointError `E_REPO` if the given folder is none.
 */
export const findProject = async (repo: string | undefined, cwd: string): Promise<ProjectPlace> => {
  let root: string;
  if (repo === undefined) {
    root = (await findRoot(cwd)) ?? cwd;
  } else {
    root = path.resolve(cwd, repo);
    const isDirectory = await stat(root).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (!isDirectory)
      throw new DisjointError('E_REPO', `${repo} is not a folder`, 'name the root of a repository');
  }
  const configFile = path.join(root, CONFIG_FILE);
  return {root, configFile: (await exists(configFile)) ? configFile : null};
};
