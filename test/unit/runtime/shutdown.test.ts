import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import type {Status} from '../../../src/index.ts';
import {ofType, rejectionOf} from '../../support/orchestrators.ts';
import {LADDER, type ScriptedRun, scriptedRun, settled} from '../../support/scripted-run.ts';

/** One task runs, one waits for its agent, one waits for it to succeed. What runs ignores every rung. */
const busy = async (onRung: Parameters<typeof scriptedRun>[0] = {onRung: () => {}}) => {
  const run = await scriptedRun(onRung);
  const [running, queued, waiting] = run.orchestrator.submitMany([
    {id: 'running', agentType: 'dev', files: ['a']},
    {id: 'queued', agentType: 'dev', files: ['b']},
    {id: 'waiting', agentType: 'ops', files: ['c'], dependsOn: ['queued']},
  ]);
  await settled();
  return {run, running: running!, queued: queued!, waiting: waiting!, attempt: run.executor.of('running')!};
};

const stateOf = (run: ScriptedRun, id: string): string | undefined =>
  run.orchestrator.status().tasks.find((task) => task.id === id)?.state;

/** Nothing of the orchestrator is left: no timer, no open store, no attempt that it still watches. */
const expectClosed = (run: ScriptedRun): void => {
  expect(run.store.closed).toBe(1);
  expect(run.clock.timers).toBe(0);
  expect(run.executor.live).toEqual([]);
  expect(run.orchestrator.status().mode).toBe('stopped');
};

test('a task that fails while it drains ends as failed, although it could have been tried again', async () => {
  const run = await scriptedRun();
  const task = run.orchestrator.submit({
    id: 'a',
    agentType: 'dev',
    files: ['a'],
    retry: {maxAttempts: 4, backoffMs: 1_000},
  });
  await settled();
  const down = run.orchestrator.shutdown({mode: 'cancel-queued'});
  await settled();
  run.executor.of('a')?.exit(7);
  await expect(rejectionOf(task.result)).resolves.toMatchObject({
    code: 'E_TASK_FAILED',
    failure: {code: 'exit-code', exitCode: 7},
  });
  await down;
});

describe('shutdown', () => {
  test('with drain finishes what runs, accepts and starts nothing, and cancels the rest at the end', async () => {
    const {run, running, queued, waiting, attempt} = await busy();
    const down = run.orchestrator.shutdown({reason: 'enough'});
    await settled();
    expect(attempt.rungs).toEqual([]);
    expect([stateOf(run, 'running'), stateOf(run, 'queued')]).toEqual(['running', 'queued']);
    const late = run.orchestrator.submit({agentType: 'ops', files: ['d']});
    await expect(rejectionOf(late.accepted)).resolves.toMatchObject({
      code: 'E_NOT_ACCEPTING',
      message: 'no tasks are accepted any more (draining)',
    });
    attempt.succeed('done');
    await down;
    await expect(running.result).resolves.toBe('done');
    await expect(rejectionOf(queued.result)).resolves.toMatchObject({
      code: 'E_TASK_CANCELLED',
      reason: 'shut down before it could run',
    });
    await expect(rejectionOf(waiting.result)).resolves.toMatchObject({code: 'E_TASK_SKIPPED'});
    expect(run.executor.started).toHaveLength(1);
    expectClosed(run);
  });

  test('with cancel-queued cancels at once what has not started, and finishes what runs', async () => {
    const {run, running, queued, attempt} = await busy();
    const down = run.orchestrator.shutdown({mode: 'cancel-queued', reason: 'enough'});
    await expect(rejectionOf(queued.result)).resolves.toMatchObject({reason: 'enough'});
    expect([stateOf(run, 'running'), stateOf(run, 'waiting')]).toEqual(['running', 'skipped']);
    expect(attempt.rungs).toEqual([]);
    attempt.succeed('done');
    await down;
    await expect(running.result).resolves.toBe('done');
    expectClosed(run);
  });

  test('with now tells what runs to stop, and ends when it is dead', async () => {
    const {run, running, attempt} = await busy();
    const down = run.orchestrator.shutdown({mode: 'now', reason: 'enough'});
    await settled();
    expect(attempt.rungs).toEqual(['ask']);
    run.clock.advance(LADDER.askMs);
    expect(attempt.rungs).toEqual(['ask', 'terminate']);
    expect(run.store.closed).toBe(0);
    attempt.end({kind: 'signalled', signal: 'SIGTERM'});
    await down;
    await expect(rejectionOf(running.result)).resolves.toMatchObject({
      code: 'E_TASK_CANCELLED',
      reason: 'enough',
    });
    expectClosed(run);
  });

  test('with now and a grace of 0 kills at once', async () => {
    const {run, attempt} = await busy();
    const down = run.orchestrator.shutdown({mode: 'now', graceMs: 0});
    await settled();
    expect(attempt.rungs).toEqual(['kill']);
    attempt.end({kind: 'signalled', signal: 'SIGKILL'});
    await down;
    expectClosed(run);
  });

  test.each(['drain', 'cancel-queued', 'now'] as const)(
    'with %s and a grace kills when that is over',
    async (mode) => {
      const {run, attempt} = await busy();
      const down = run.orchestrator.shutdown({mode, graceMs: 5});
      await settled();
      run.clock.advance(4);
      await settled();
      expect(attempt.rungs).not.toContain('kill');
      run.clock.advance(1);
      await settled();
      expect(attempt.rungs.at(-1)).toBe('kill');
      attempt.end({kind: 'signalled', signal: 'SIGKILL'});
      await down;
      expectClosed(run);
    },
  );

  test('leaves no timer when what runs ends within the grace', async () => {
    const {run, attempt} = await busy();
    const down = run.orchestrator.shutdown({graceMs: 60_000});
    await settled();
    expect(run.clock.timers).toBe(1);
    attempt.succeed();
    await down;
    expectClosed(run);
  });

  test('can be asked for again, each time harder, and all calls end together', async () => {
    const {run, running, queued, attempt} = await busy();
    const ended: string[] = [];
    const ask = (name: string, options: Parameters<typeof run.orchestrator.shutdown>[0]): Promise<void> =>
      run.orchestrator.shutdown(options).then(() => void ended.push(name));
    const drain = ask('drain', {});
    await settled();
    expect(stateOf(run, 'queued')).toBe('queued');
    const cancel = ask('cancel', {mode: 'cancel-queued'});
    await settled();
    expect([stateOf(run, 'queued'), attempt.rungs]).toEqual(['cancelled', []]);
    const now = ask('now', {mode: 'now', reason: 'at once'});
    await settled();
    expect(attempt.rungs).toEqual(['ask']);
    const kill = ask('kill', {mode: 'now', graceMs: 0});
    await settled();
    expect(attempt.rungs).toEqual(['ask', 'kill']);
    expect(ended).toEqual([]);
    attempt.end({kind: 'signalled', signal: 'SIGKILL'});
    await Promise.all([drain, cancel, now, kill]);
    expect(ended.toSorted()).toEqual(['cancel', 'drain', 'kill', 'now']);
    await expect(rejectionOf(running.result)).resolves.toMatchObject({code: 'E_TASK_CANCELLED'});
    await expect(rejectionOf(queued.result)).resolves.toMatchObject({code: 'E_TASK_CANCELLED'});
    expectClosed(run);
  });

  test('asked for again more softly takes nothing back', async () => {
    const {run, attempt} = await busy();
    const now = run.orchestrator.shutdown({mode: 'now'});
    const drain = run.orchestrator.shutdown();
    await settled();
    run.clock.advance(LADDER.askMs + LADDER.graceMs);
    await settled();
    expect(attempt.rungs).toEqual(['ask', 'terminate', 'kill']);
    attempt.end({kind: 'signalled', signal: 'SIGKILL'});
    await Promise.all([now, drain]);
    expectClosed(run);
  });

  test('does not wait for what survived SIGKILL', async () => {
    const {run, running, attempt} = await busy();
    const down = run.orchestrator.shutdown({mode: 'now'});
    await settled();
    for (const ms of [LADDER.askMs, LADDER.graceMs, LADDER.sweepMs]) {
      run.clock.advance(ms);
      await settled();
    }
    await down;
    expect(attempt.rungs).toEqual(['ask', 'terminate', 'kill']);
    expect(ofType(run.events, 'attempt.quarantined')).toMatchObject([{taskId: 'running'}]);
    await expect(rejectionOf(running.result)).resolves.toMatchObject({code: 'E_TASK_CANCELLED'});
    expectClosed(run);
  });

  test('cancels a task that waits for its next attempt, and its back-off with it', async () => {
    const run = await scriptedRun();
    const retry = {maxAttempts: 2, backoffMs: 1_000};
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a'], retry});
    await settled();
    run.executor.of(task.id)?.exit(1);
    await settled();
    expect(stateOf(run, task.id)).toBe('retrying');
    expect(run.clock.timers).toBe(1);
    await run.orchestrator.shutdown();
    await expect(rejectionOf(task.result)).resolves.toMatchObject({code: 'E_TASK_CANCELLED'});
    expectClosed(run);
  });

  test('ends a paused orchestrator', async () => {
    const {run, queued, attempt} = await busy();
    await run.orchestrator.pause();
    const down = run.orchestrator.shutdown();
    attempt.succeed();
    await down;
    await expect(rejectionOf(queued.result)).resolves.toMatchObject({code: 'E_TASK_CANCELLED'});
    expectClosed(run);
  });

  test('ends the status stream with the status of the end', async () => {
    const {run, attempt} = await busy();
    const seen: Status[] = [];
    let isComplete = false;
    run.orchestrator.status$.subscribe({
      next: (status) => void seen.push(status),
      complete: () => {
        isComplete = true;
      },
    });
    const down = run.orchestrator.shutdown();
    await settled();
    attempt.succeed();
    await down;
    expect(isComplete).toBe(true);
    expect(seen.map(({mode}) => mode).at(-1)).toBe('stopped');
    expect(seen.at(-1)).toEqual(run.orchestrator.status());
  });
});

describe('while it shuts down', () => {
  test('pausing and resuming are refused on record, with the reason', async () => {
    const {run, attempt} = await busy();
    const down = run.orchestrator.shutdown();
    await run.orchestrator.pause();
    await run.orchestrator.resume();
    expect(ofType(run.events, 'input.refused')).toMatchObject([
      {refusal: {code: 'E_NOT_NOW', detail: 'the coordinator is draining and cannot pause'}},
      {refusal: {code: 'E_NOT_NOW', detail: 'the coordinator is draining and cannot resume'}},
    ]);
    attempt.succeed();
    await down;
  });
});

describe('after it has shut down', () => {
  const said: unknown[][] = [];
  beforeEach(() => {
    said.length = 0;
    for (const method of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...args: unknown[]) => void said.push(args));
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('nothing that is asked of it throws, waits for ever, or prints a warning', async () => {
    const run = await scriptedRun();
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    await settled();
    run.executor.of(task.id)?.succeed();
    await run.orchestrator.shutdown();
    await run.orchestrator.pause();
    await run.orchestrator.resume();
    await run.orchestrator.setMaxParallel(2);
    await run.orchestrator.idle();
    await expect(task.cancel()).resolves.toBe(false);
    const late = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    await expect(rejectionOf(late.accepted)).resolves.toMatchObject({code: 'E_NOT_ACCEPTING'});
    expect(run.orchestrator.why(task.id)).toMatchObject({state: 'succeeded'});
    await run.orchestrator.shutdown({mode: 'now', graceMs: 0});
    expect(said).toEqual([]);
    expectClosed(run);
  });
});
