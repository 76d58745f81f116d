import {describe, expect, test} from 'vitest';
import type {Look} from '../../../src/core/claim/look.ts';
import {continueRun} from '../../../src/core/continue-run.ts';
import type {DisjointEvent} from '../../../src/core/events.ts';
import type {AttemptExit, StopCause} from '../../../src/core/failures.ts';
import type {Input} from '../../../src/core/inputs.ts';
import {replay} from '../../../src/core/replay.ts';
import {type CoordinatorState, initialState} from '../../../src/core/state.ts';
import {step} from '../../../src/core/step.ts';
import {summarize} from '../../../src/core/summary.ts';
import type {TaskRequest} from '../../../src/core/task.ts';
import {coreSettings, EXITED_BADLY, RETURNED} from '../../support/core-settings.ts';

const AGENTS = {dev: {command: ['true']}, ops: {command: ['true']}};
const INSIDE: Look = {
  kind: 'inside',
  segments: ['0.txt'],
  ids: [],
  links: [],
  exists: true,
  isDirectory: false,
};

const BEGIN = {type: 'change-mode', mode: 'running', queued: 'keep', running: 'finish', reason: ''} as const;

/** A run of these tasks, told what was decided in it. */
class Run {
  readonly initial: CoordinatorState;
  readonly events: DisjointEvent[] = [];
  state: CoordinatorState;

  constructor(tasks: readonly Partial<TaskRequest>[]) {
    this.initial = initialState(coreSettings(AGENTS), 4);
    this.state = this.initial;
    this.tell({...BEGIN, at: 0});
    const named = tasks.map((task, i) => ({
      id: `t${i + 1}`,
      agentType: 'dev',
      description: '',
      files: [`${i}.txt`],
      ...task,
    }));
    this.tell({type: 'submit-tasks', at: 0, submission: 's', tasks: named});
  }

  tell(input: Input): void {
    const next = step(this.state, input);
    this.events.push(...next.events);
    this.state = next.state;
  }

  fenceOf(taskId: string): number {
    const hold = this.state.lockTable.holds().find((one) => one.taskId === taskId);
    if (hold === undefined) throw new Error(`${taskId} does not run`);
    return hold.fence;
  }

  /** As after kill -9: what goes on is what the events tell, with the configuration of now. */
  cut(
    at: number,
    agents: Readonly<Record<string, object>> = AGENTS,
    reached: ReadonlyMap<number, AttemptExit> = new Map(),
  ): readonly DisjointEvent[] {
    const found = replay(initialState(coreSettings(agents), 4), this.events);
    const {events, state} = continueRun(found, {at, since: 1, maxParallel: 4, reached});
    this.events.push(...events);
    this.state = state;
    this.tell({...BEGIN, at});
    return events;
  }
}

const told = (events: readonly DisjointEvent[]): readonly string[] =>
  events.map((event) => ('taskId' in event ? `${event.type} ${event.taskId}` : event.type));

describe('a run that was cut short goes on', () => {
  test('with a new attempt for what ran, at once, and with all else as it was', () => {
    const run = new Run([{}, {agentType: 'ops'}, {dependsOn: ['t1']}, {agentType: 'ops'}]);
    run.tell({type: 'report-exited', at: 5, taskId: 't2', fence: run.fenceOf('t2'), exit: RETURNED});
    const waiting = run.state.tasks.get('t3')?.state;
    expect(told(run.cut(1_000))).toEqual([
      'run.continued',
      'attempt.interrupted t1',
      'task.queued t1',
      'attempt.interrupted t4',
      'task.queued t4',
    ]);
    expect(run.state.tasks.get('t1')?.state).toMatchObject({name: 'running', attempt: 2});
    expect(run.state.tasks.get('t2')?.state.name).toBe('succeeded');
    expect(run.state.tasks.get('t3')?.state).toEqual(waiting);
  });

  test('and what came to its end before anybody was told has ended, as if it had been told', () => {
    const run = new Run([{}, {agentType: 'ops', retry: {maxAttempts: 2, backoffMs: 0}}, {dependsOn: ['t1']}]);
    const reached = new Map([
      [run.fenceOf('t1'), RETURNED],
      [run.fenceOf('t2'), EXITED_BADLY],
      [999, RETURNED],
    ]);
    expect(told(run.cut(1_000, AGENTS, reached))).toEqual([
      'run.continued',
      'attempt.exited t1',
      'task.succeeded t1',
      'task.queued t3',
      'attempt.exited t2',
      'task.retrying t2',
    ]);
    expect(run.state.tasks.get('t2')?.state).toMatchObject({attempt: 2});
  });

  test('and what was told to stop ends as that, also where it came to its end; what overlapped another is not believed', () => {
    const run = new Run([{}, {agentType: 'ops'}]);
    const cause = {kind: 'cancelled', reason: 'by a person'} as const;
    run.tell({type: 'report-stopping', at: 1, taskId: 't1', fence: run.fenceOf('t1'), cause});
    const looks = new Map<string, Look>([
      ['0.txt', INSIDE],
      ['1.txt', {...INSIDE, segments: ['0.txt']}],
    ]);
    const fence = run.fenceOf('t2');
    run.tell({type: 'report-looked', at: 2, taskId: 't2', fence, when: 'end', looks, yetToStart: []});
    const reached = new Map([
      [run.fenceOf('t1'), RETURNED],
      [fence, RETURNED],
    ]);
    const events = told(run.cut(1_000, AGENTS, reached));
    expect(events).toContain('task.cancelled t1');
    expect(events).toContain('task.queued t2');
    expect(events).not.toContain('task.succeeded t2');
  });

  test('and three interruptions cost a task none of its attempts; after that they do, and it fails', () => {
    const run = new Run([{retry: {maxAttempts: 2, backoffMs: 0}}]);
    for (let i = 1; i <= 3; i++) expect(told(run.cut(i))).toContain('task.queued t1');
    // Its first failure comes with the fourth attempt, and it has the second of its own attempts still.
    run.tell({type: 'report-exited', at: 4, taskId: 't1', fence: run.fenceOf('t1'), exit: EXITED_BADLY});
    expect(run.state.tasks.get('t1')?.state).toMatchObject({name: 'running', attempt: 5});
    expect(run.cut(5).find(({type}) => type === 'task.failed')).toMatchObject({
      failure: {code: 'interrupted', message: 'was interrupted 4 times, together with the whole run'},
    });
  });

  test.each<[StopCause, object]>([
    [
      {kind: 'cancelled', reason: 'by a person'},
      {name: 'cancelled', reason: 'by a person'},
    ],
    [
      {kind: 'shutdown', reason: 'Ctrl-C'},
      {name: 'cancelled', reason: 'Ctrl-C'},
    ],
    [
      {kind: 'timed-out', afterMs: 5},
      {name: 'failed', failure: {code: 'timed-out'}},
    ],
    [
      {kind: 'quiet', afterMs: 5},
      {name: 'failed', failure: {code: 'quiet'}},
    ],
    [
      {kind: 'left-behind', processes: 1},
      {name: 'running', attempt: 2},
    ],
  ])('and what was being stopped ends as what it was stopped for: %o', (cause, state) => {
    const run = new Run([{}]);
    run.tell({type: 'report-stopping', at: 1, taskId: 't1', fence: run.fenceOf('t1'), cause});
    run.cut(2);
    expect(run.state.tasks.get('t1')?.state).toMatchObject(state);
  });

  test('and what could not be stopped then is gone now: its agent and files are free', () => {
    const run = new Run([{}, {files: ['0.txt']}]);
    run.tell({type: 'report-quarantined', at: 1, taskId: 't1', fence: run.fenceOf('t1'), survivors: ''});
    expect(run.state.tasks.get('t2')?.state.name).toBe('queued');
    expect(told(run.cut(2))).toEqual(['run.continued', 'attempt.interrupted t1']);
    expect(run.state.tasks.get('t1')?.state).toMatchObject({name: 'failed', failure: {code: 'survived'}});
    expect(run.state.tasks.get('t2')?.state.name).toBe('running');
  });

  test('and tasks fail whose agent type is gone from the configuration, or whose function went with the process', () => {
    const run = new Run([
      {},
      {dependsOn: ['t1']},
      {agentType: 'ops', work: {kind: 'function'}},
      {agentType: 'ops'},
    ]);
    run.cut(1, {ops: AGENTS.ops});
    expect(run.state.tasks.get('t1')?.state).toMatchObject({
      failure: {
        code: 'agent-type-gone',
        message: 'was left of a run that was cut short, and there is no agent type dev any more',
      },
    });
    expect(run.state.tasks.get('t2')?.state.name).toBe('skipped');
    expect(run.state.tasks.get('t3')?.state).toMatchObject({failure: {code: 'function-gone'}});
    expect(run.state.tasks.get('t4')?.state.name).toBe('running');
  });

  test('and the time in which nobody was there counts for nothing', () => {
    const run = new Run([{}]);
    run.cut(3_600_000);
    run.tell({
      type: 'report-exited',
      at: 3_600_050,
      taskId: 't1',
      fence: run.fenceOf('t1'),
      exit: RETURNED,
    });
    expect(summarize(run.state, 3_600_050)).toMatchObject({wallMs: 50, sequentialMs: 50, slotMs: 200});
  });
});
