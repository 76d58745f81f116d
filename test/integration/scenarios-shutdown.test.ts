import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {DisjointError, type Orchestrator, type ShutdownOptions} from '../../src/index.ts';
import {eventually} from '../support/eventually.ts';
import {rejectionOf, startOrchestrator} from '../support/orchestrators.ts';
import {alive, SHELL_AGENT, Timesheet, untilFile} from '../support/shell-tasks.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

/** An orchestrator with one task that runs and one that waits for it. */
interface Busy {
  readonly orchestrator: Orchestrator;
  readonly times: Timesheet;
  /** Lets the running task end, if it is patient. */
  readonly finish: () => void;
  /** Their results. */
  readonly running: Promise<unknown>;
  readonly queued: Promise<unknown>;
}

/** Brings a busy orchestrator down and looks at what is left. Returns what its tasks really did. */
const shutDown = async (
  script: (times: Timesheet, go: string) => string,
  bringDown: (busy: Busy) => Promise<void>,
): Promise<readonly string[]> => {
  const [folder, times] = [temporaryFolder(), new Timesheet()];
  const at = (name: string): string => path.join(folder, name);
  const [go, leader, child] = [at('go'), at('leader'), at('child')];
  const orchestrator = await startOrchestrator({agents: {dev: SHELL_AGENT}});
  const ends: string[] = [];
  orchestrator.status$.subscribe({complete: () => ends.push('status')});
  orchestrator.events$.subscribe({complete: () => ends.push('events')});
  const [running, queued] = orchestrator.submitMany([
    {
      id: 'running',
      agentType: 'dev',
      files: ['a.txt'],
      // What it leaves behind would live on for a minute.
      description: `sleep 60 & echo $! > ${child}; echo $$ > ${leader}; ${script(times, go)}`,
    },
    {id: 'queued', agentType: 'dev', files: ['a.txt'], description: times.script('true')},
  ]);
  await eventually('it runs', () => times.starts().length > 0);
  await bringDown({
    orchestrator,
    times,
    finish: () => writeFileSync(go, ''),
    running: running!.result,
    queued: queued!.result,
  });
  expect(alive([leader, child])).toEqual([]);
  expect(ends.toSorted()).toEqual(['events', 'status']);
  expect(orchestrator.status()).toMatchObject({mode: 'stopped', runningAgents: [], queuedTasks: 0});
  return times.order();
};

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await rejectionOf(promise);
  return error instanceof DisjointError ? error.code : String(error);
};

/** Ends as soon as it may. */
const patient = (times: Timesheet, go: string): string => times.script(untilFile(go));
/** Ends only when it is killed. */
const stubborn = (times: Timesheet): string =>
  `trap '' INT TERM; ${times.note('start')}; while :; do sleep 0.02; done`;

const now: ShutdownOptions = {mode: 'now', graceMs: 0};

describe('the end of an orchestrator', () => {
  test('17. drain finishes what runs, cancel-queued takes back the rest at once, now stops everything; no process survives, and the status ends cleanly', async () => {
    const drained = await shutDown(patient, async ({orchestrator, finish, running, queued, times}) => {
      const down = orchestrator.shutdown({mode: 'drain'});
      const cancelledAt = queued.catch(() => times.order().length);
      finish();
      await down;
      await expect(running).resolves.toMatchObject({exitCode: 0});
      // What has not started was kept until the running task had noted its end.
      expect(await cancelledAt).toBe(2);
      expect(await codeOf(queued)).toBe('E_TASK_CANCELLED');
    });
    expect(drained).toEqual(['start running', 'end running']);

    const cancelled = await shutDown(patient, async ({orchestrator, finish, running, queued}) => {
      const down = orchestrator.shutdown({mode: 'cancel-queued'});
      expect(await codeOf(queued)).toBe('E_TASK_CANCELLED');
      finish();
      await down;
      await expect(running).resolves.toMatchObject({exitCode: 0});
    });
    expect(cancelled).toEqual(['start running', 'end running']);

    const stopped = await shutDown(patient, async ({orchestrator, running, queued}) => {
      await orchestrator.shutdown({mode: 'now'});
      expect(await codeOf(running)).toBe('E_TASK_CANCELLED');
      expect(await codeOf(queued)).toBe('E_TASK_CANCELLED');
    });
    expect(stopped).toEqual(['start running']);

    const forced = await shutDown(stubborn, async ({orchestrator, running, queued}) => {
      // A second call is harder than the first, as a second Ctrl-C is.
      await Promise.all([orchestrator.shutdown({mode: 'drain'}), orchestrator.shutdown(now)]);
      expect(await codeOf(running)).toBe('E_TASK_CANCELLED');
      expect(await codeOf(queued)).toBe('E_TASK_CANCELLED');
    });
    expect(forced).toEqual(['start running']);
  });
});
