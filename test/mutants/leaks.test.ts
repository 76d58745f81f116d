import {readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {temporaryFolder} from '../support/temporary-folder.ts';
import {CHILD_MS_MAX, runVitest} from './child-vitest.ts';
import {PLANTED_LEAKS} from './planted-leaks.ts';

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const planted = process.env['DISJOINT_TEST_LEAKS'] === 'planted' ? PLANTED_LEAKS : [];

/** These fail, each for what it leaves behind: only the child that the other test runs has them. */
test.each(planted.map((leak) => [leak.name, leak] as const))('planted: %s', async (_, {plant}) => {
  const takeAway = await plant();
  // After the hooks, so that they find it and the next test does not.
  onTestFinished(takeAway);
  expect(takeAway).toBeInstanceOf(Function);
});

/** What became of each planted leak: the title, and why it failed. */
const runPlanted = async (): Promise<ReadonlyMap<string, string>> => {
  const report = path.join(temporaryFolder(), 'report.json');
  const {output} = await runVitest(
    [
      'test/mutants/leaks.test.ts',
      '--testNamePattern=^planted:',
      '--reporter=json',
      `--outputFile=${report}`,
    ],
    {DISJOINT_TEST_LEAKS: 'planted'},
  );
  let text: string;
  try {
    text = readFileSync(report, 'utf8');
  } catch (cause) {
    throw new Error(`the child wrote no report: ${output}`, {cause});
  }
  const {testResults} = JSON.parse(text) as Report;
  return new Map(
    testResults
      .flatMap(({assertionResults}) => assertionResults)
      .filter(({status}) => status === 'passed' || status === 'failed')
      .map(({title, failureMessages}) => [title, failureMessages.join('\n')]),
  );
};

test('whatever a test leaves behind makes it fail, and for that reason', {
  timeout: CHILD_MS_MAX,
}, async () => {
  const found = await runPlanted();
  const missed = PLANTED_LEAKS.map(({name, because}) => ({
    name,
    because,
    found: found.get(`planted: ${name}`) ?? 'it was not run',
  })).filter((leak) => !leak.because.test(leak.found));
  expect(missed).toEqual([]);
});
