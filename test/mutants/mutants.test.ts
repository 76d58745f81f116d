import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {KILLER_FILES, MUTANTS} from './mutants.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VITEST = `${ROOT}node_modules/vitest/vitest.mjs`;
const CHILD_MS_MAX = 240_000;

interface ChildRun {
  readonly failed: boolean;
  readonly output: string;
}

/** What this test run tells its own workers is not for the child. */
const childEnvironment = (mutant: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|FORCE_COLOR)/u.test(name))),
  DISJOINT_TEST_MUTANT: mutant,
  DISJOINT_TEST_NO_BUILD: '1',
  DISJOINT_TEST_RUNS: '1',
  NO_COLOR: '1',
});

/** Runs the killers in a process of their own, with the bug planted. An empty name plants none. */
const runKillers = (mutant: string): Promise<ChildRun> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [VITEST, 'run', ...KILLER_FILES],
      {cwd: ROOT, env: childEnvironment(mutant), timeout: CHILD_MS_MAX, maxBuffer: 2 ** 26},
      (error, stdout, stderr) => resolve({failed: error !== null, output: `${stdout}\n${stderr}`}),
    );
  });

/** The part of the output that tells why this file failed. */
const failureOf = ({output}: ChildRun, file: string): string =>
  output
    .split(/^ *FAIL +/mu)
    .filter((section) => section.startsWith(file))
    .join('\n');

/** A bug that is planted must be found, and for what it does: else the tests would be green whatever we wrote. */
describe('planted bugs', () => {
  test('without one, the tests that have to find them pass', {timeout: CHILD_MS_MAX}, async () => {
    const run = await runKillers('');
    expect(run.failed ? run.output : 'passed').toBe('passed');
  });

  test.each(MUTANTS)('$name stands in the source at exactly one place', ({file, original}) => {
    const parts = readFileSync(`${ROOT}${file}`, 'utf8').split(original);
    expect(parts).toHaveLength(2);
  });

  test.each(MUTANTS)('$name is found, and for what it does', {timeout: CHILD_MS_MAX}, async (mutant) => {
    const run = await runKillers(mutant.name);
    expect(run.failed).toBe(true);
    for (const file of KILLER_FILES) expect(failureOf(run, file)).toMatch(mutant.killedBy[file]);
  });
});
