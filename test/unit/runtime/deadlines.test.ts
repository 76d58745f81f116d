import {describe, expect, test} from 'vitest';
import {ACTIVITY_RESOLUTION_MS} from '../../../src/core/attempt.ts';
import {backoffMs} from '../../../src/core/retry.ts';
import {Deadlines} from '../../../src/runtime/deadlines.ts';
import {type ScriptedAttempt, SimulatedClock, type Timer} from '../../../src/testing/index.ts';
import {ofType, rejectionOf} from '../../support/orchestrators.ts';
import {LADDER, type ScriptedRun, scriptedRun, settled} from '../../support/scripted-run.ts';

/** Lets time pass in steps of one ms, with everything that each step leads to. */
const pass = async ({clock}: ScriptedRun, ms: number): Promise<void> => {
  for (let i = 0; i < ms; i++) {
    clock.advance(1);
    await settled();
  }
};

/** An orchestrator whose attempts ignore every rung, and when each rung was taken. */
const stubborn = async () => {
  const rungs: [rung: string, at: number][] = [];
  const run = await scriptedRun({onRung: (_, rung) => void rungs.push([rung, run.clock.now()])});
  return {run, rungs};
};

/** A clock as a process sees it that stands still: time has passed, and no timer came. */
const standingClock = () => {
  const clock = new SimulatedClock();
  let stoodMs = 0;
  const stopped = {
    now: () => clock.now() + stoodMs,
    setTimer: (callback: () => void, ms: number) => clock.setTimer(callback, ms),
  };
  const standStill = (ms: number): void => {
    stoodMs += ms;
  };
  return {clock, stopped, standStill};
};

describe('a task with a timeout', () => {
  test('is stopped to the millisecond, and each rung of the ladder comes at its time', async () => {
    const {run, rungs} = await stubborn();
    run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['a'], timeoutMs: 50});
    await settled();
    expect(ofType(run.events, 'attempt.dispatched')).toMatchObject([{at: 1_000}]);
    await pass(run, 50 + LADDER.askMs + LADDER.graceMs + LADDER.sweepMs);
    expect(rungs).toEqual([
      ['ask', 1_050],
      ['terminate', 1_060],
      ['kill', 1_160],
    ]);
    expect(ofType(run.events, 'attempt.stopping')).toMatchObject([
      {at: 1_050, cause: {kind: 'timed-out', afterMs: 50}},
    ]);
    expect(ofType(run.events, 'attempt.quarantined')).toMatchObject([{at: 2_160}]);
    expect(run.clock.timers).toBe(0);
  });

  test('ends as timed out, whatever it came to after it was told to stop', async () => {
    const {run} = await stubborn();
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a'], timeoutMs: 50});
    await settled();
    await pass(run, 50);
    run.executor.of(task.id)?.succeed();
    await expect(rejectionOf(task.result)).resolves.toMatchObject({
      message: `task ${task.id} timed out after 50 ms`,
      failure: {code: 'timed-out'},
    });
  });

  test('stays cancelled if its time is up while the cancel is being stored', async () => {
    const {run} = await stubborn();
    const retry = {maxAttempts: 2, backoffMs: 1};
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a'], timeoutMs: 50, retry});
    await settled();
    run.store.hold();
    const cancelled = task.cancel('not wanted');
    await settled();
    // The cancel is decided, and its agent has not heard of it.
    expect(run.store.waiting).toMatchObject([[{type: 'attempt.stopping', cause: {kind: 'cancelled'}}]]);
    run.clock.advance(50);
    await settled();
    run.store.release();
    await cancelled;
    run.executor.of(task.id)?.exit(1);
    await settled();
    await pass(run, 10);
    expect(run.executor.started).toHaveLength(1);
    await expect(rejectionOf(task.result)).resolves.toMatchObject({
      code: 'E_TASK_CANCELLED',
      reason: 'not wanted',
    });
  });

  test('is left alone if it ends in time', async () => {
    const {run, rungs} = await stubborn();
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a'], timeoutMs: 50});
    await settled();
    await pass(run, 49);
    run.executor.of(task.id)?.succeed('done');
    await expect(task.result).resolves.toBe('done');
    expect([run.clock.timers, rungs]).toEqual([0, []]);
  });
});

describe('a task with a quiet timeout', () => {
  test('is stopped when it has printed nothing for that long, and not before', async () => {
    const {run, rungs} = await stubborn();
    const quietTimeoutMs = 1_000;
    run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['a'], quietTimeoutMs});
    await settled();
    const attempt = run.executor.of('a');
    let lastPrinted = 0;
    for (let i = 0; i < 10; i++) {
      run.clock.advance(600);
      attempt?.print('still here');
      lastPrinted = run.clock.now();
      await settled();
    }
    await pass(run, quietTimeoutMs);
    expect(rungs).toEqual([]);
    await pass(run, ACTIVITY_RESOLUTION_MS);
    expect(rungs).toEqual([['ask', lastPrinted + quietTimeoutMs + ACTIVITY_RESOLUTION_MS]]);
    expect(ofType(run.events, 'attempt.stopping')).toMatchObject([
      {cause: {kind: 'quiet', afterMs: quietTimeoutMs}},
    ]);
  });

  test('is never stopped early, however often it prints', async () => {
    const {run, rungs} = await stubborn();
    const quietTimeoutMs = 20;
    run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['a'], quietTimeoutMs});
    await settled();
    let lastPrinted = 0;
    for (let i = 0; i < 60; i++) {
      run.clock.advance(19);
      run.executor.of('a')?.print('still here');
      lastPrinted = run.clock.now();
      await settled();
    }
    expect(rungs).toEqual([]);
    while (rungs.length === 0) await pass(run, 1);
    const askedAt = rungs[0]?.[1];
    expect(askedAt).toBeGreaterThanOrEqual(lastPrinted + quietTimeoutMs);
    expect(askedAt).toBeLessThanOrEqual(lastPrinted + quietTimeoutMs + ACTIVITY_RESOLUTION_MS);
  });
});

describe('a task that is tried again', () => {
  const retry = {maxAttempts: 3, backoffMs: 1_000, backoffMaxMs: 60_000};

  test('starts anew exactly when its back-off has passed', async () => {
    const run = await scriptedRun();
    const task = run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['a'], retry});
    await settled();
    for (const attempt of [1, 2]) {
      run.executor.of('a')?.exit(1);
      await settled();
      const wait = backoffMs(retry, 'a', attempt);
      expect(ofType(run.events, 'task.retrying').at(-1)).toMatchObject({untilMs: run.clock.now() + wait});
      run.clock.advance(wait - 1);
      await settled();
      expect(run.executor.live).toEqual([]);
      run.clock.advance(1);
      await settled();
      expect(run.executor.of('a')?.request.attempt).toBe(attempt + 1);
    }
    run.executor.of('a')?.exit(4);
    await expect(rejectionOf(task.result)).resolves.toMatchObject({
      failure: {code: 'exit-code', exitCode: 4},
    });
    expect(run.clock.timers).toBe(0);
  });

  test('gives its agent and its files to others meanwhile', async () => {
    const run = await scriptedRun();
    run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['a'], retry});
    const other = run.orchestrator.submit({id: 'b', agentType: 'dev', files: ['a']});
    await settled();
    run.executor.of('a')?.exit(1);
    await settled();
    run.executor.of('b')?.succeed('done');
    await expect(other.result).resolves.toBe('done');
  });

  test('does not start while the orchestrator is paused, and then at once', async () => {
    const run = await scriptedRun();
    run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['a'], retry});
    await settled();
    run.executor.of('a')?.exit(1);
    await settled();
    await run.orchestrator.pause();
    run.clock.advance(60_000);
    await settled();
    expect([run.executor.live.length, run.clock.timers]).toEqual([0, 0]);
    await run.orchestrator.resume();
    await settled();
    expect(run.executor.of('a')?.request.attempt).toBe(2);
  });
});

/** Counts how many timers were ever set at the same time. */
class CountingClock extends SimulatedClock {
  timersMax = 0;

  override setTimer(callback: () => void, ms: number): Timer {
    const timer = super.setTimer(callback, ms);
    this.timersMax = Math.max(this.timersMax, this.timers);
    return timer;
  }
}

test('one timer serves all deadlines of all tasks', async () => {
  const clock = new CountingClock(1_000);
  const ended: ScriptedAttempt[] = [];
  const run = await scriptedRun({orchestrator: {clock, maxParallel: 8}});
  const work = {timeoutMs: 40, quietTimeoutMs: 30, retry: {maxAttempts: 3, backoffMs: 20}};
  run.orchestrator.submitMany(
    Array.from({length: 12}, (_, i) => ({
      agentType: ['dev', 'ops'][i % 2] ?? 'dev',
      files: [`f${i}`],
      ...work,
      timeoutMs: 40 + i,
    })),
  );
  await settled();
  while (run.orchestrator.status().counts.failed < 12) {
    expect(clock.runNext()).toBe(true);
    await settled();
    const [first] = run.executor.live;
    if (first !== undefined && ended.length < 3) {
      ended.push(first);
      first.exit(1);
      await settled();
    }
  }
  expect(clock.timersMax).toBe(1);
  expect(clock.timers).toBe(0);
});

describe('the deadlines', () => {
  const deadlines = () => {
    const clock = new SimulatedClock();
    const woken: [name: string, at: number][] = [];
    return {clock, woken, deadlines: new Deadlines(clock, (name) => void woken.push([name, clock.now()]))};
  };

  test('wake each name once, at its own time', () => {
    const {clock, woken, deadlines: all} = deadlines();
    all.set('b', 20);
    all.set('a', 10);
    all.set('c', 10);
    clock.advance(100);
    expect(woken).toEqual([
      ['a', 10],
      ['c', 10],
      ['b', 20],
    ]);
    expect(clock.timers).toBe(0);
  });

  test('keep the last deadline of a name, and none that was removed', () => {
    const {clock, woken, deadlines: all} = deadlines();
    all.set('a', 10);
    all.set('a', 30);
    all.set('b', 20);
    all.set('b', null);
    clock.advance(100);
    expect(woken).toEqual([['a', 30]]);
  });

  test('wake at once what is due already', () => {
    const {clock, woken, deadlines: all} = deadlines();
    clock.advance(50);
    all.set('a', 10);
    clock.advance(0);
    expect(woken).toEqual([['a', 50]]);
  });

  test('wait again when the timer came early, as timers of the platform may', () => {
    const clock = new SimulatedClock();
    const early = {
      now: () => clock.now(),
      setTimer: (callback: () => void, ms: number) => clock.setTimer(callback, Math.max(1, ms - 3)),
    };
    const woken: number[] = [];
    new Deadlines(early, () => void woken.push(clock.now())).set('a', 10);
    clock.advance(100);
    expect(woken).toEqual([10]);
  });

  test('may be set by whoever is woken', () => {
    const clock = new SimulatedClock();
    const woken: number[] = [];
    const all: Deadlines = new Deadlines(clock, (name) => {
      woken.push(clock.now());
      if (woken.length < 3) all.set(name, clock.now() + 5);
    });
    all.set('a', 10);
    clock.advance(100);
    expect(woken).toEqual([10, 15, 20]);
    expect(clock.timers).toBe(0);
  });

  test('that pass while the process stands still wait for what is heard of then, and only those that are left wake', () => {
    const {clock, stopped, standStill} = standingClock();
    const woken: [name: string, at: number][] = [];
    const gaps: number[] = [];
    const all = new Deadlines(
      stopped,
      (name) => void woken.push([name, stopped.now()]),
      (gapMs) => void gaps.push(gapMs),
    );
    for (const name of ['ended', 'printed', 'overran']) all.set(name, 5_000);
    clock.advance(3_400);
    standStill(9_000);
    clock.advance(600);
    expect([woken, gaps]).toEqual([[], [9_000]]);
    all.set('ended', null);
    all.set('printed', 18_000);
    clock.advance(10_000);
    expect(woken).toEqual([
      ['overran', 15_000],
      ['printed', 18_000],
    ]);
    expect(gaps).toEqual([9_000]);
    expect(clock.timers).toBe(0);
  });

  test('wait as well where something is heard of before the late timer comes', () => {
    const {clock, stopped, standStill} = standingClock();
    const woken: string[] = [];
    const gaps: number[] = [];
    const all = new Deadlines(
      stopped,
      (name) => void woken.push(name),
      (gapMs) => void gaps.push(gapMs),
    );
    all.set('late', 500);
    standStill(4_000);
    all.set('other', 3_000);
    clock.advance(1_999);
    expect([woken, gaps]).toEqual([[], [3_500]]);
    clock.advance(1);
    expect(woken).toEqual(['late', 'other']);
  });

  test('wake nobody once they are closed', () => {
    const {clock, woken, deadlines: all} = deadlines();
    all.set('a', 10);
    all.close();
    all.set('b', 10);
    clock.advance(100);
    expect([woken, clock.timers]).toEqual([[], 0]);
  });
});
