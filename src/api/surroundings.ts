import type {Dirent} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {PRESETS} from '../executors/presets/index.ts';
import {findProgram, programVersion} from '../executors/process/find-program.ts';
import {gitVersion, ignoredPaths} from '../workspace/git.ts';

/** A known agent CLI, and whether this machine has it. */
export interface AgentProgram {
  /** The name for `use`. */
  readonly preset: string;
  readonly program: string;
  /** Absolute path; `null` if it is not on PATH. */
  readonly path: string | null;
  readonly version: string | null;
  readonly install: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const defined = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

/**
 * Looks for every known agent CLI on PATH and asks each for its version. Once `cancelled` is aborted it asks none any
 * more, and kills those that have not answered.
 */
export const findAgentPrograms = (
  environment: Environment,
  cancelled: AbortSignal,
): Promise<readonly AgentProgram[]> =>
  Promise.all(
    PRESETS.map(async ({name, program, install}): Promise<AgentProgram> => {
      const path = await findProgram(program, '/', environment['PATH']);
      const version = path === null ? null : await programVersion(path, defined(environment), cancelled);
      return {preset: name, program, path, version, install};
    }),
  );

/**
 * What lies at the top of a folder, sorted, without what starts with a dot, `node_modules`, and what git ignores: build
 * output belongs to nobody.
 */
export const topLevel = async (
  root: string,
): Promise<{readonly folders: readonly string[]; readonly files: readonly string[]}> => {
  const ignored = await ignoredPaths(root);
  const visible = (await readdir(root, {withFileTypes: true})).filter(
    ({name}) => !name.startsWith('.') && name !== 'node_modules' && !ignored.has(name),
  );
  const names = (isWanted: (entry: Dirent) => boolean): readonly string[] =>
    visible
      .filter(isWanted)
      .map(({name}) => name)
      .toSorted();
  return {
    folders: names((entry) => entry.isDirectory()),
    files: names((entry) => !entry.isDirectory()),
  };
};

export {gitVersion};
