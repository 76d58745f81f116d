import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {agentDeadline} from '../../../machines/index.ts';
import type {Assignment} from '../../../src/core/attempt.ts';
import {ACTIVITY_RESOLUTION_MS} from '../../../src/core/attempt.ts';
import type {AttemptExit} from '../../../src/core/failures.ts';
import {taskSpec} from '../../support/task-spec.ts';
import {WatchedAgent} from '../../support/watched-agent.ts';

const LADDER = {askMs: 10, graceMs: 100, sweepMs: 1_000};
const assignment = (fence: number, changes: Parameters<typeof taskSpec>[0] = {}): Assignment => ({
  fence,
  attempt: 1,
  spec: taskSpec(changes),
  ladder: LADDER,
});
const EXIT: AttemptExit = {
  how: {kind: 'returned', value: 1},
  durationMs: 5,
  logPath: null,
  tail: [],
  changed: null,
};
const CANCELLED = {kind: 'cancelled', reason: 'not wanted'} as const;

describe('an agent', () => {
  let agent: WatchedAgent;
  beforeEach(() => {
    agent = new WatchedAgent();
  });
  afterEach(() => agent.stop());

  const deadline = (): number | null => agentDeadline(agent.snapshot.context);
  const stop = (at: number, force = false, fence = 1): void =>
    agent.send({type: 'stop', at, fence, cause: CANCELLED, force});
  const wake = (at: number): void => agent.send({type: 'wake', at});

  test('takes one attempt from start to death and is idle again', () => {
    expect(agent.state).toBe('idle');
    agent.start(assignment(1), 0);
    expect(agent.state).toBe('busy.starting');
    agent.tell({type: 'attempt.started', at: 1, program: null});
    expect(agent.state).toBe('busy.running');
    agent.tell({type: 'attempt.progressed', at: 2, note: 'half'});
    agent.tell({type: 'attempt.dead', at: 5, exit: EXIT});
    expect(agent.state).toBe('idle');
    expect(agent.snapshot.context.active).toBe(null);
    expect(agent.commands).toEqual([]);
    expect(agent.reports).toEqual([
      {type: 'report-started', at: 1, taskId: 't1', fence: 1, program: null},
      {type: 'report-progress', at: 2, taskId: 't1', fence: 1, note: 'half'},
      {type: 'report-exited', at: 5, taskId: 't1', fence: 1, exit: EXIT},
    ]);
  });

  test('cannot be late any more once its attempt has ended, however long it is looked at what that changed', () => {
    agent.start(assignment(1, {timeoutMs: 50, quietTimeoutMs: 20}), 0);
    agent.tell({type: 'attempt.started', at: 1, program: null});
    agent.tell({type: 'attempt.ended', at: 10});
    expect(agent.state).toBe('busy.ending');
    expect(deadline()).toBe(null);
    wake(1_000);
    stop(1_000);
    stop(1_000, true);
    expect(agent.state).toBe('busy.ending');
    agent.tell({type: 'attempt.dead', at: 2_000, exit: EXIT});
    expect(agent.state).toBe('idle');
    expect(agent.commands).toEqual([]);
    expect(agent.reports.map(({type}) => type)).toEqual(['report-started', 'report-exited']);
  });

  test('ends from any rung of the ladder', () => {
    agent.start(assignment(1), 0);
    stop(1, true);
    expect(agent.state).toBe('busy.killing');
    agent.tell({type: 'attempt.ended', at: 2});
    expect(agent.state).toBe('busy.ending');
    expect(deadline()).toBe(null);
  });

  test('starts the actor of an attempt once for each attempt', () => {
    agent.start(assignment(1), 0);
    agent.tell({type: 'attempt.dead', at: 1, exit: EXIT});
    agent.start(assignment(2), 2);
    expect(agent.attempts.map(({active}) => [active.fence, active.adopted])).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  test('refuses a second start while it is busy, and the first attempt goes on', () => {
    agent.start(assignment(1), 0);
    agent.tell({type: 'attempt.started', at: 1, program: null});
    agent.start(assignment(2, {id: 't2'}), 3);
    expect(agent.attempts).toHaveLength(1);
    expect(agent.state).toBe('busy.running');
    expect(agent.reports.at(-1)).toEqual({
      type: 'report-start-refused',
      at: 3,
      taskId: 't2',
      fence: 2,
      agentId: 'dev',
      busyWith: 1,
    });
  });

  test('refuses to adopt while it is busy', () => {
    agent.start(assignment(1), 0);
    agent.send({type: 'adopt', at: 3, assignment: assignment(2, {id: 't2'})});
    expect(agent.attempts).toHaveLength(1);
    expect(agent.reports.at(-1)).toMatchObject({type: 'report-start-refused', fence: 2, busyWith: 1});
  });

  test('goes down the ladder ask, terminate, kill, quarantine, each rung at its deadline', () => {
    agent.start(assignment(1, {timeoutMs: 50, quietTimeoutMs: 60}), 0);
    agent.tell({type: 'attempt.started', at: 0, program: null});
    expect(deadline()).toBe(50);
    stop(20);
    expect([agent.state, deadline(), agent.commands]).toEqual(['busy.stopping.asking', 30, ['ask']]);
    wake(29);
    expect(agent.state).toBe('busy.stopping.asking');
    wake(30);
    expect([agent.state, deadline(), agent.commands.at(-1)]).toEqual([
      'busy.stopping.terminating',
      130,
      'terminate',
    ]);
    wake(129);
    expect(agent.state).toBe('busy.stopping.terminating');
    wake(130);
    expect([agent.state, deadline(), agent.commands.at(-1)]).toEqual(['busy.killing', 1_130, 'kill']);
    wake(1_129);
    expect(agent.state).toBe('busy.killing');
    expect(agent.reports.map(({type}) => type)).toEqual(['report-started']);
    wake(1_130);
    expect([agent.state, deadline()]).toEqual(['busy.quarantined', null]);
    expect(agent.commands).toEqual(['ask', 'terminate', 'kill']);
    expect(agent.reports.at(-1)).toMatchObject({type: 'report-quarantined', at: 1_130, fence: 1});
  });

  test('takes each next rung from the time of the one before, also if it is woken late', () => {
    agent.start(assignment(1), 0);
    stop(0);
    wake(70);
    expect([agent.state, deadline()]).toEqual(['busy.stopping.terminating', 170]);
  });

  test.each([
    ['busy.starting', () => {}],
    ['busy.running', () => agent.tell({type: 'attempt.started', at: 0, program: null})],
    ['busy.stopping.asking', () => stop(0)],
    [
      'busy.stopping.terminating',
      () => {
        stop(0);
        wake(10);
      },
    ],
  ])('kills at once from %s if it is forced to', (state, prepare) => {
    agent.start(assignment(1), 0);
    prepare();
    expect(agent.state).toBe(state);
    stop(20, true);
    expect([agent.state, deadline(), agent.commands.at(-1)]).toEqual(['busy.killing', 1_020, 'kill']);
  });

  test('is told to stop twice and does not begin the ladder anew', () => {
    agent.start(assignment(1), 0);
    stop(0);
    stop(5);
    expect([deadline(), agent.commands]).toEqual([10, ['ask']]);
    stop(6, true);
    stop(7, true);
    expect([deadline(), agent.commands]).toEqual([1_006, ['ask', 'kill']]);
  });

  test('does not stop for a fence that is not the current one', () => {
    agent.start(assignment(2), 0);
    stop(1, false, 1);
    stop(1, true, 1);
    expect([agent.state, agent.commands]).toEqual(['busy.starting', []]);
  });

  test('is not idle before the attempt it was told to stop is dead', () => {
    agent.start(assignment(1), 0);
    stop(0);
    agent.tell({type: 'attempt.started', at: 1, program: null});
    expect(agent.state).toBe('busy.stopping.asking');
    agent.start(assignment(2, {id: 't2'}), 2);
    expect(agent.attempts).toHaveLength(1);
    agent.tell({type: 'attempt.dead', at: 3, exit: EXIT});
    expect(agent.state).toBe('idle');
    expect(agent.reports.at(-1)).toMatchObject({type: 'report-exited', fence: 1});
  });

  test('stays quarantined until the attempt is dead after all, and is idle then', () => {
    agent.start(assignment(1), 0);
    stop(0, true);
    agent.tell({type: 'attempt.survived', at: 1, survivors: 'pid 4711'});
    expect([agent.state, deadline()]).toEqual(['busy.quarantined', null]);
    expect(agent.reports.at(-1)).toMatchObject({type: 'report-quarantined', survivors: 'pid 4711'});
    wake(1_000_000);
    stop(1_000_000, true);
    agent.tell({type: 'attempt.survived', at: 1_000_000, survivors: 'pid 4711'});
    agent.start(assignment(2, {id: 't2'}), 1_000_000);
    expect(agent.state).toBe('busy.quarantined');
    expect(agent.reports.map(({type}) => type)).toEqual(['report-quarantined', 'report-start-refused']);
    agent.tell({type: 'attempt.dead', at: 2_000_000, exit: EXIT});
    expect(agent.state).toBe('idle');
    expect(agent.reports.at(-1)).toMatchObject({type: 'report-exited', fence: 1});
  });

  test('stops an attempt that takes too long, and says why', () => {
    agent.start(assignment(1, {timeoutMs: 50}), 100);
    agent.tell({type: 'attempt.started', at: 101, program: null});
    wake(149);
    expect(agent.state).toBe('busy.running');
    wake(150);
    expect(agent.state).toBe('busy.stopping.asking');
    expect(agent.reports.at(-1)).toEqual({
      type: 'report-stopping',
      at: 150,
      taskId: 't1',
      fence: 1,
      cause: {kind: 'timed-out', afterMs: 50},
    });
  });

  test('counts the time until the work begins towards the timeout', () => {
    agent.start(assignment(1, {timeoutMs: 50}), 100);
    wake(150);
    expect(agent.state).toBe('busy.stopping.asking');
  });

  test('stops an attempt that prints nothing, counting from the last thing it said', () => {
    const quiet = 50 + ACTIVITY_RESOLUTION_MS;
    agent.start(assignment(1, {quietTimeoutMs: 50}), 0);
    agent.tell({type: 'attempt.started', at: 1, program: null});
    agent.tell({type: 'attempt.active', at: 40});
    expect(deadline()).toBe(40 + quiet);
    agent.tell({type: 'attempt.progressed', at: 60, note: 'half'});
    expect(deadline()).toBe(60 + quiet);
    wake(59 + quiet);
    expect(agent.state).toBe('busy.running');
    wake(60 + quiet);
    expect(agent.reports.at(-1)).toMatchObject({cause: {kind: 'quiet', afterMs: 50}});
  });

  test('goes straight to SIGTERM for what a program left behind', () => {
    agent.start(assignment(1), 0);
    agent.tell({type: 'attempt.started', at: 1, program: null});
    agent.tell({type: 'attempt.left-behind', at: 2, processes: 3});
    expect([agent.state, agent.commands]).toEqual(['busy.stopping.terminating', ['terminate']]);
    expect(agent.reports.at(-1)).toMatchObject({cause: {kind: 'left-behind', processes: 3}});
  });

  test('kills what it adopts, and takes nothing else before that is dead', () => {
    agent.send({type: 'adopt', at: 7, assignment: assignment(3, {timeoutMs: 50})});
    expect(agent.attempts).toMatchObject([{active: {fence: 3, adopted: true, timeoutAt: null}}]);
    expect([agent.state, deadline(), agent.commands]).toEqual(['busy.killing', 1_007, ['kill']]);
    agent.tell({type: 'attempt.dead', at: 8, exit: EXIT});
    expect(agent.state).toBe('idle');
    expect(agent.reports).toMatchObject([{type: 'report-exited', fence: 3}]);
  });

  test('fails when the actor of its attempt fails, so that its parent hears of it', () => {
    agent.start(assignment(1), 0);
    agent.onCommand = () => {
      throw new Error('no such rung');
    };
    stop(1);
    expect(agent.snapshot.status).toBe('error');
    expect(agent.failure).toEqual(new Error('no such rung'));
  });

  test('records what belongs to no attempt', () => {
    agent.start(assignment(1), 0);
    agent.tell({type: 'attempt.dead', at: 1, exit: EXIT});
    agent.send({type: 'attempt.dead', at: 2, exit: EXIT});
    expect(agent.reports.at(-1)).toEqual({type: 'unknown-input', at: 2, input: 'attempt.dead to dev'});
    expect(agent.state).toBe('idle');
  });
});
