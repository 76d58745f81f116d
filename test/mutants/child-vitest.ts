import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {temporaryFolder} from '../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VITEST = `${ROOT}node_modules/vitest/vitest.mjs`;

export const CHILD_MS_MAX = 240_000;

export interface ChildRun {
  readonly failed: boolean;
  readonly output: string;
}

/** What this test run tells its own workers is not for the child. Vitest leaves files in its temporary folder. */
const childEnvironment = (environment: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|FORCE_COLOR)/u.test(name))),
  TMPDIR: temporaryFolder(),
  DISJOINT_TEST_NO_BUILD: '1',
  DISJOINT_TEST_RUNS: '1',
  NO_COLOR: '1',
  ...environment,
});

/** Runs tests of this repository in a process of their own. */
export const runVitest = (
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ChildRun> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [VITEST, 'run', ...args],
      {cwd: ROOT, env: childEnvironment(environment), timeout: CHILD_MS_MAX, maxBuffer: 2 ** 26},
      (error, stdout, stderr) => resolve({failed: error !== null, output: `${stdout}\n${stderr}`}),
    );
  });
