import {describe, expect, test} from 'vitest';
import {explanationText} from '../../../src/cli/render/explanation-text.ts';
import {describeBlocker} from '../../../src/core/blocker.ts';
import {why} from '../../../src/core/why.ts';
import {CoreRun} from '../../support/core-run.ts';
import {THREW} from '../../support/core-settings.ts';

const textOf = (run: CoreRun, taskId: string): readonly string[] => {
  const explanation = why(run.state, taskId, run.at);
  if (explanation === null) throw new Error(`${taskId} is not known`);
  return explanationText({explanation, now: run.at});
};

/** `form` waits for two tasks with its files and for its agent. */
const busy = (): CoreRun => {
  const run = new CoreRun({dev: {}, writer: {}, tester: {}}, {maxParallel: 3});
  run.submit('login', 'dev', ['src/login/', 'src/*.css'], {estimateMs: 600_000});
  run.at = 60_000;
  run.submit('guide', 'writer', ['docs/'], {estimateMs: 120_000});
  run.submit('other', 'dev', ['lib/'], {estimateMs: 60_000});
  run.at = 125_000;
  return run;
};

describe('the text of why', () => {
  test('has each blocker with its details, the place, the time and what would help', () => {
    const run = busy();
    run.submit('form', 'dev', ['src/login/form.ts', 'src/f*', 'docs/form.md'], {priority: -1});
    expect(textOf(run, 'form')).toEqual([
      'form is queued, waiting for',
      '  - login (src/login/form.ts overlaps src/login/ and 1 more)',
      '      held by login on dev, running for 2m 05s',
      '      src/login/form.ts overlaps src/login/',
      '      src/f* overlaps src/*.css, such as src/f.css',
      '  - guide (docs/form.md overlaps docs/)',
      '      held by guide on writer, running for 1m 05s',
      '  - dev',
      '      held by login on dev, running for 2m 05s',
      '  place      2 of 2 in the queue; 1 task before it conflicts with it',
      '  expected   in 8m 55s, by estimates',
      '  starts now when login and guide ended',
    ]);
  });

  test('names the claims it could do without', () => {
    const run = busy();
    run.submit('tests', 'tester', ['docs/*.md', 'test/'], {reads: ['src/login/a.ts']});
    expect(textOf(run, 'tests').slice(-7)).toEqual([
      '  - guide (docs/*.md overlaps docs/)',
      '      held by guide on writer, running for 1m 05s',
      '      such as docs/x.md',
      '  place      2 of 2 in the queue; no task before it conflicts with it',
      '  expected   in 7m 55s, by estimates',
      '  starts now when login and guide ended',
      '          or without its claims docs/*.md and src/login/a.ts (read)',
    ]);
  });

  test('says each blocker in the words of the status, and shows the first pairs of many', () => {
    const run = busy();
    run.submit('tests', 'tester', ['docs/a', 'docs/b', 'docs/c', 'docs/d', 'docs/e', 'docs/f', 'docs/g']);
    const lines = textOf(run, 'tests');
    for (const blocker of why(run.state, 'tests', run.at)?.blockers ?? []) {
      expect(lines).toContain(`  - ${describeBlocker(blocker)}`);
    }
    expect(lines.filter((line) => line.includes('overlaps docs/'))).toHaveLength(1 + 5);
    expect(lines).toContain('      … and 2 more pairs of claims');
  });

  test('tells how long the back-off still is, and that nothing is known', () => {
    const run = new CoreRun({dev: {retry: {maxAttempts: 2, backoffMs: 90_000, backoffMaxMs: 90_000}}});
    run.submit('a', 'dev', ['a']);
    run.end('a', THREW);
    const [, ...lines] = textOf(run, 'a');
    expect(lines[0]).toMatch(/^ {2}- its back-off to pass, 1m \d\ds from now$/u);
    run.mode('paused');
    expect(textOf(run, 'a').slice(2)).toEqual(['  - resume (paused)', '  expected   not known']);
  });

  test('is one line for a task that runs or has ended', () => {
    const run = busy();
    expect(textOf(run, 'login')).toEqual(['login is running']);
  });
});
