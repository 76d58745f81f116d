import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {SqliteStore} from '../../src/store/sqlite/sqlite-store.ts';
import {folderWith, resultOf, runCli, SHELL_CONFIG} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';
import {markOf, processesOf} from '../support/marked-processes.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {skipLoudly} from '../support/skip-loudly.ts';
import {type Fault, startTraced, startWithFault, whyNoStrace} from '../support/strace.ts';

const NO_STRACE = whyNoStrace();

/** Two tasks that work for a moment; the second waits for the first. */
const PLAN = `tasks:
  - {id: one, agent: dev, files: [one.txt], description: "echo one >> one.txt; sleep 0.1"}
  - {id: two, agent: ops, files: [two.txt], dependsOn: [one], description: "echo two >> two.txt; sleep 0.1"}
`;
const RUN = ['run', '-q', 'plan.yaml'];

const folder = (): string => folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': PLAN});
const journalIn = (cwd: string): string => path.join(cwd, '.disjoint', 'state.db');
const hasWorked = (cwd: string, task: string): boolean => existsSync(path.join(cwd, `${task}.txt`));

/** One line that says what is wrong with the journal, and what to do. */
const SAYS =
  /^disjoint: (?:E_IO: \.disjoint\/state\.db cannot be used|E_STORE: the orchestrator stopped): .+ Hint: .+\.\n$/u;

interface Failed {
  readonly code: number | null;
  readonly stderr: string;
}

/** A run in which this fault is met; `null` if it was not, as the run had come to its end. */
const failedRun = async (cwd: string, fault: Fault): Promise<Failed | null> => {
  const file = journalIn(cwd);
  const {code, stderr} = await resultOf(
    startWithFault(RUN, fault, [file, `${file}-wal`], {cwd, env: markOf(cwd)}),
  );
  return code === 0 ? null : {code, stderr};
};

/** After a fault: what happened was said, nothing is left of it, what was kept is whole, and the next run comes to its end. */
const expectRecovery = async (cwd: string, {code, stderr}: Failed): Promise<void> => {
  expect(stderr).toMatch(SAYS);
  expect(code).toBe(74);
  await eventually('nothing runs any more', () => processesOf(cwd).length === 0);
  const next = await runCli(RUN, {cwd});
  expect(next.code).toBe(0);
  expect([hasWorked(cwd, 'one'), hasWorked(cwd, 'two')]).toEqual([true, true]);
  const store = SqliteStore.open(journalIn(cwd));
  const events = await store.read(0);
  const open = store.runs().filter(({endedAt}) => endedAt === null);
  await store.close();
  expect(open).toEqual([]);
  // Nothing worked that the journal does not know of.
  const dispatched = events.filter(({type}) => type === 'attempt.dispatched').length;
  const worked = ['one', 'two'].flatMap((task) =>
    readFileSync(path.join(cwd, `${task}.txt`), 'utf8')
      .trim()
      .split('\n'),
  );
  expect(worked.length).toBeLessThanOrEqual(dispatched);
};

/** All of them take minutes: they are tried in the long runs, and some each time. */
const everyNth = (n: number): number => (runs(1) >= 50 ? 1 : n);

describe('a disk that fails', () => {
  test.for([
    {what: 'the n-th sync', calls: 'fsync,fdatasync', error: 'EIO', last: 17, step: everyNth(4), more: ''},
    {
      what: 'each sync from the n-th on',
      calls: 'fsync,fdatasync',
      error: 'EIO',
      last: 17,
      step: everyNth(6),
      more: '+',
    },
    {
      what: 'each write from the n-th on',
      calls: 'pwrite64',
      error: 'ENOSPC',
      last: 160,
      step: everyNth(5) * 7,
      more: '+',
    },
    {what: 'the n-th opening of the journal', calls: 'openat', error: 'EMFILE', last: 2, step: 1, more: ''},
  ])(
    'at $what stops the run at once, with exit code 74, and the next run goes on',
    {timeout: 10 * patienceMs},
    async ({calls, error, last, step, more}, context) => {
      if (NO_STRACE !== null) return skipLoudly(context, `faults of the disk: ${NO_STRACE}`);
      let met = 0;
      for (let n = 1; n <= last; n += step) {
        const cwd = folder();
        const failed = await failedRun(cwd, {calls, error, when: `${n}${more}`});
        if (failed === null) break;
        met++;
        await expectRecovery(cwd, failed);
      }
      expect(met).toBeGreaterThanOrEqual(2);
    },
  );

  test('while an agent works kills it, and starts nothing more', {
    timeout: 4 * patienceMs,
  }, async (context) => {
    if (NO_STRACE !== null) return skipLoudly(context, `faults of the disk: ${NO_STRACE}`);
    const waiting = `tasks:
  - {id: works, agent: dev, files: [a.txt], description: "echo $$ > pid; sleep 30"}
  - {id: ends, agent: ops, files: [b.txt], description: "until [ -e pid ]; do sleep 0.05; done"}
`;
    // How many syncs there are before depends on what comes together: the first that fails while the agent works is found.
    for (let n = 5, isFound = false; !isFound; n++) {
      const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': waiting});
      const failed = await failedRun(cwd, {calls: 'fsync,fdatasync', error: 'EIO', when: `${n}+`});
      expect(failed?.code).toBe(74);
      expect(failed?.stderr).toMatch(SAYS);
      await eventually('the agent is gone', () => processesOf(cwd).length === 0);
      isFound = existsSync(path.join(cwd, 'pid'));
    }
  });
});

test('how a program ended is on the disk as a whole before it has its name, and its name before that is told', async (context) => {
  if (NO_STRACE !== null) return skipLoudly(context, `what is synced: ${NO_STRACE}`);
  const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG});
  const into = path.join(cwd, 'calls');
  const calls = 'fsync,rename,renameat,renameat2';
  const {code} = await resultOf(startTraced(['delegate', 'dev a.txt: true'], calls, into, {cwd}));
  expect(code).toBe(0);
  const seen = readFileSync(into, 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (/fsync\(\d+<[^>]*result\.json\.draft>/u.test(line)) return ['draft is on the disk'];
      if (/rename\w*\(.*result\.json\.draft".*result\.json"/u.test(line)) return ['it gets its name'];
      if (/fsync\(\d+<[^>]*\/\.disjoint\/runs\/[^>.]*>/u.test(line)) return ['the name is on the disk'];
      return [];
    });
  expect(seen).toEqual(['draft is on the disk', 'it gets its name', 'the name is on the disk']);
});
