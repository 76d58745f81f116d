import {execFile} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {describe, expect, test} from 'vitest';

const run = promisify(execFile);

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = 'docs/examples';

/** Lines that an example prints, whatever the order in which its tasks end. */
const PRINTS: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'cancel-and-retry.ts': [
    'worked at attempt 3',
    'E_TASK_CANCELLED: task endless was cancelled: it took too long (submit it again if it is still wanted)',
    'E_TASK_SKIPPED: task after was skipped: its dependency endless was cancelled (see endless)',
  ],
  'events.ts': [
    'spec is waiting for build (src/api.ts overlaps src/)',
    'build: half way',
    'build says: all tests pass',
    '#7 task.blocked',
    '#15 task.succeeded',
    '0 events were dropped',
  ],
  'machines.ts': [
    '#1 mode.changed',
    '#7 task.blocked',
    'to do: start-attempt by developer',
    'to do: start-attempt by architect',
    'spec is running',
  ],
  'parallel-tasks.ts': [
    'review is queued, waiting for roadmap (docs/review.md overlaps docs/)',
    'fix is done',
    'review is done',
    /^4 tasks, at most 2 at once, [\d.]+ times as fast$/u,
  ],
  'processes.ts': [
    'it exited with 0 and changed docs/guide.md',
    'task t2 exited with code 3, its last words: no such command',
  ],
};

/** The examples import the built package by its own name, as its users do. */
describe('the examples', () => {
  for (const file of readdirSync(`${REPOSITORY}/${FOLDER}`)) {
    test(`${file} runs to its end and prints what it shows`, async () => {
      // Rejects unless the exit code is 0.
      const {stdout, stderr} = await run('node', ['--import', 'tsx', `${FOLDER}/${file}`], {cwd: REPOSITORY});
      const lines = stdout.trimEnd().split('\n');
      const expected = PRINTS[file] ?? ['(say above what it prints)'];
      const missing = expected.filter(
        (wanted) => !lines.some((line) => (typeof wanted === 'string' ? line === wanted : wanted.test(line))),
      );
      expect(missing, `it printed ${stdout}`).toEqual([]);
      expect(stderr).toBe('');
    });
  }
});
