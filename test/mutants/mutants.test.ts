import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {CHILD_MS_MAX, type ChildRun, runVitest} from './child-vitest.ts';
import {KILLER_FILES, MUTANTS} from './mutants.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the killers with the bug planted. An empty name plants none. */
const runKillers = (mutant: string): Promise<ChildRun> =>
  runVitest(KILLER_FILES, {DISJOINT_TEST_MUTANT: mutant});

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
