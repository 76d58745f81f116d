import {afterEach, describe, expect, test, vi} from 'vitest';
import type {IdleCause} from '../../../src/core/accounting.ts';
import {visitIdleSlots} from '../../../src/core/idle-slots.ts';
import {Queue} from '../../../src/core/queue/queue.ts';
import type {QueuedTask} from '../../../src/core/queue/queued-task.ts';
import {summarize} from '../../../src/core/summary.ts';
import {CoreRun, type CoreRunOptions} from '../../support/core-run.ts';
import {EXITED_BADLY} from '../../support/core-settings.ts';

const AGENTS = {dev: {}, ops: {}, doc: {}, many: {instances: 8}} as const;

const newRun = (options: CoreRunOptions = {}): CoreRun => new CoreRun(AGENTS, {maxParallel: 2, ...options});

/** Hands in a task whose work begins as soon as it is dispatched. */
const submit = (run: CoreRun, id: string, agent: string, files: readonly string[], more = {}): void => {
  run.submit(id, agent, files, more);
  begin(run);
};

/** The work of all dispatched attempts has begun. */
const begin = (run: CoreRun): void => {
  for (const {taskId, fence} of run.state.lockTable.holds()) {
    run.send({type: 'report-started', at: run.at, taskId, fence, program: null});
  }
};

/** The causes that are not zero. */
const idleOf = (run: CoreRun, now = run.at): Partial<Record<string, number>> => {
  const {idleByCauseMs} = summarize(run.state, now);
  return Object.fromEntries(Object.entries(idleByCauseMs).filter(([, ms]) => ms > 0));
};

describe('the idle time of slots', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('is charged to what keeps the first queued tasks, one for each free slot', () => {
    const run = newRun({maxParallel: 4});
    submit(run, 'a', 'dev', ['x']);
    submit(run, 'agent', 'dev', ['y']);
    submit(run, 'file', 'ops', ['x']);
    submit(run, 'later', 'doc', ['x'], {dependsOn: ['a']});
    submit(run, 'last', 'doc', ['z'], {dependsOn: ['a']});
    expect(idleOf(run, 10)).toEqual({agentType: 10, file: 10, dependency: 10});
    expect(summarize(run.state, 10)).toMatchObject({slotMs: 40, idleMs: 30});
  });

  test('is charged to the agent type where a file is in the way as well', () => {
    const run = newRun();
    submit(run, 'a', 'dev', ['x']);
    submit(run, 'b', 'dev', ['x']);
    expect(idleOf(run, 10)).toEqual({agentType: 10});
  });

  test('is charged to dispatch until the work has begun, also if that is never', () => {
    const run = newRun();
    run.submit('a', 'dev', ['x']);
    run.at = 5;
    begin(run);
    run.submit('b', 'ops', ['y']);
    run.at = 12;
    run.end('b', EXITED_BADLY);
    run.at = 20;
    // A report that comes again changes nothing.
    begin(run);
    expect(idleOf(run)).toEqual({dispatch: 5 + 7, noTask: 5 + 8});
  });

  test('is charged to the back-off of a task', () => {
    const run = newRun();
    submit(run, 'a', 'dev', ['x'], {retry: {maxAttempts: 2, backoffMs: 1_000}});
    run.end('a', EXITED_BADLY);
    expect(idleOf(run, 10)).toEqual({backOff: 10, noTask: 10});
  });

  test('is charged to a pause for as many tasks as are queued, whatever else is in their way', () => {
    const run = newRun({maxParallel: 4});
    submit(run, 'a', 'dev', ['x']);
    run.mode('paused');
    submit(run, 'b', 'dev', ['x']);
    submit(run, 'c', 'ops', ['y']);
    submit(run, 'd', 'ops', ['y'], {dependsOn: ['c']});
    run.at = 10;
    run.mode('running');
    begin(run);
    expect(idleOf(run)).toEqual({mode: 20, dependency: 10});
    run.at = 11;
    expect(idleOf(run)).toEqual({mode: 20, dependency: 11, agentType: 1});
  });

  test('is charged to the mode while what runs is finished and nothing else starts', () => {
    const run = newRun();
    submit(run, 'a', 'dev', ['x']);
    submit(run, 'b', 'dev', ['y']);
    run.mode('draining');
    run.at = 10;
    run.end('a');
    run.at = 15;
    expect(idleOf(run)).toEqual({mode: 10 + 5, noTask: 5});
    run.send({
      type: 'change-mode',
      at: 15,
      mode: 'stopped',
      queued: 'cancel',
      running: 'finish',
      reason: 'end',
    });
    expect(summarize(run.state, 99)).toMatchObject({slotMs: 30, idleMs: 20});
  });

  test('goes on with an attempt that is told to stop: its slot is taken until it is dead', () => {
    const run = newRun();
    submit(run, 'a', 'dev', ['x']);
    run.send({type: 'cancel-task', at: 0, taskId: 'a', reason: 'asked'});
    run.at = 10;
    run.end('a', EXITED_BADLY);
    expect(summarize(run.state, 99)).toMatchObject({slotMs: 20, idleMs: 10});
  });

  test('counts the limit that was in force, and never less than no slot', () => {
    const run = newRun();
    submit(run, 'a', 'dev', ['x']);
    submit(run, 'b', 'ops', ['y']);
    run.at = 10;
    run.limit(1);
    run.at = 20;
    run.limit(3);
    run.at = 30;
    expect(summarize(run.state, 30)).toMatchObject({slotMs: 20 + 10 + 30, idleMs: 10});
    expect(idleOf(run)).toEqual({noTask: 10});
  });

  test('counts an attempt that starts beyond a lowered limit for nothing', () => {
    const run = newRun();
    submit(run, 'a', 'dev', ['x']);
    run.submit('b', 'ops', ['y']);
    run.limit(1);
    expect(idleOf(run, 10)).toEqual({});
  });

  test('is free again once what holds the slot is quarantined, and that keeps tasks by its files', () => {
    const run = newRun();
    submit(run, 'a', 'dev', ['x']);
    submit(run, 'b', 'ops', ['x']);
    run.quarantine('a');
    expect(idleOf(run, 10)).toEqual({file: 10, noTask: 10});
  });

  test('is charged to a reservation where nothing else keeps a task', () => {
    const run = newRun({maxParallel: 3, overtakesMax: 1});
    submit(run, 'a', 'dev', ['x']);
    submit(run, 'first', 'ops', ['x']);
    submit(run, 'over', 'ops', ['y']);
    run.at = 5;
    run.end('over');
    submit(run, 'kept', 'ops', ['z']);
    expect(idleOf(run, 15)).toEqual({agentType: 5, file: 10, reservation: 10});
  });

  test('does not pass between the end of the last task and the next one, nor backwards', () => {
    const run = newRun();
    submit(run, 'a', 'dev', ['x']);
    run.at = 10;
    run.end('a');
    run.at = 1_000;
    submit(run, 'b', 'dev', ['x']);
    run.at = 900;
    submit(run, 'c', 'dev', ['x']);
    run.at = 1_005;
    expect(summarize(run.state, 1_005)).toMatchObject({slotMs: 30, idleMs: 15});
    expect(idleOf(run)).toEqual({noTask: 10, agentType: 5});
  });

  test('adds up to whole milliseconds on a clock that counts fractions of them', () => {
    const run = newRun();
    run.at = 0.3;
    submit(run, 'a', 'dev', ['x']);
    for (let i = 1; i < 100; i++) {
      run.at = 0.3 + i / 10;
      submit(run, `b${i}`, 'dev', ['x']);
    }
    const {slotMs, idleMs, idleByCauseMs} = summarize(run.state, 10.3);
    expect({slotMs, idleMs}).toEqual({slotMs: 20, idleMs: 10});
    expect(Object.values(idleByCauseMs).every(Number.isInteger)).toBe(true);
  });

  test('is found by looking at no more tasks of a long queue than there are free slots', () => {
    const run = newRun({maxParallel: 8});
    submit(run, 'a', 'dev', ['x']);
    for (let i = 0; i < 500; i++) submit(run, `b${i}`, 'many', ['x']);
    const {tasks} = run.state.queue;
    let looked = 0;
    vi.spyOn(Queue.prototype, 'tasks', 'get').mockImplementation(function* (): Generator<QueuedTask> {
      for (const task of tasks) {
        looked++;
        yield task;
      }
    });
    const causes: [IdleCause, number][] = [];
    visitIdleSlots(run.state, (cause, slots) => causes.push([cause, slots]));
    expect(looked).toBe(7);
    expect(causes).toEqual(Array.from({length: 7}, () => ['file', 1]));
  });
});
