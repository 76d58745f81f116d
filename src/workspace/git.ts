import {execFile} from 'node:child_process';
import {promisify} from 'node:util';

const run = promisify(execFile);

/**
 * Options of every call of ours: the repository may have been prepared by an agent, so nothing in its configuration
 * may run a program, and no prompt may wait for an answer.
 */
const SAFE_OPTIONS: readonly string[] = [
  '--no-pager',
  '--literal-pathspecs',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'commit.gpgSign=false',
  '-c',
  'gc.auto=0',
  '-c',
  'core.quotePath=false',
];

/** Inside a git hook, GIT_DIR and its like would send every call of ours to the repository of that hook. */
const withoutGit = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')));

const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Runs git in a folder and returns what it printed.
 *
 * @throws Error with what git said, if it fails or is not installed (`code` is then `ENOENT`).
 */
export const git = async (folder: string, args: readonly string[]): Promise<string> => {
  const {stdout} = await run('git', [...SAFE_OPTIONS, '-C', folder, ...args], {
    env: {...withoutGit(process.env), GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C'},
    timeout: TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return stdout;
};

/** The version of git, such as `2.39.5`; `null` if it is not installed. */
export const gitVersion = async (): Promise<string | null> => {
  try {
    const {stdout} = await run('git', ['--version'], {timeout: TIMEOUT_MS});
    return /\d+(?:\.\d+)+/u.exec(stdout)?.[0] ?? null;
  } catch {
    return null;
  }
};

/** Makes a repository of a folder, with one commit of all that is in it. */
export const initRepository = async (folder: string): Promise<void> => {
  await git(folder, ['init', '--quiet', '--initial-branch=main']);
  await git(folder, ['add', '--all']);
  const author = ['-c', 'user.name=Disjoint', '-c', 'user.email=disjoint@localhost'];
  await git(folder, [...author, 'commit', '--quiet', '--message=Start']);
};

/** The files that differ from the last commit, untracked ones too, sorted. */
export const changedFiles = async (folder: string): Promise<readonly string[]> => {
  const output = await git(folder, [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    '--no-renames',
  ]);
  return output
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(3))
    .toSorted();
};

/** What git ignores in a folder, as paths below it; whole folders as one. Nothing outside of a repository. */
export const ignoredPaths = async (folder: string): Promise<ReadonlySet<string>> => {
  try {
    const output = await git(folder, [
      'ls-files',
      '--others',
      '--ignored',
      '--exclude-standard',
      '--directory',
      '-z',
    ]);
    return new Set(output.split('\0').map((name) => name.replace(/\/$/u, '')));
  } catch {
    // There is no git, or no repository to ask.
    return new Set();
  }
};
