import type {Accounting} from './accounting.ts';
import type {
  AttemptDispatched,
  AttemptExited,
  AttemptInterrupted,
  DisjointEvent,
  RunContinued,
  TaskSubmitted,
} from './events.ts';
import {claimsChanged, foundOverlapping} from './evolve-claims.ts';
import {announced, promoted, reprioritised} from './evolve-order.ts';
import {moveRecord, moveTask, queued, unlocked} from './evolve-task.ts';
import {chargedUntil} from './idle-slots.ts';
import type {Place} from './place.ts';
import {OPEN_GATE} from './resources.ts';
import {noteStart} from './starting.ts';
import {type CoordinatorState, unfinished} from './state.ts';
import {typesWithTag} from './tags.ts';
import {isLive, type LiveAttempt, type TaskId, type TaskRecord} from './task.ts';
import {placeOf} from './task-place.ts';
import {unreachable} from './unreachable.ts';

const submitted = (
  state: CoordinatorState,
  event: TaskSubmitted & {readonly at: number},
): CoordinatorState => {
  const {spec, unmet, expectedMs, bottomLevelMs} = event;
  const record: TaskRecord = {
    spec,
    submittedAt: event.at,
    arrival: state.tasks.size + 1,
    state: {name: 'waiting', unmet},
    isPromoted: false,
    expectedMs,
    bottomLevelMs,
    overtakes: 0,
    rateLimited: 0,
    interrupted: 0,
    workedMs: 0,
  };
  return {
    ...state,
    tasks: state.tasks.set(spec.id, record),
    keys: spec.key === undefined ? state.keys : state.keys.set(spec.key, spec.id),
    // Not `update`: immutable ignores it silently for a key called "constructor", which is a good task id.
    dependents: spec.dependsOn.reduce(
      (dependents, dependency) =>
        dependents.set(dependency, [...(dependents.get(dependency) ?? []), spec.id]),
      state.dependents,
    ),
    counts: {...state.counts, waiting: state.counts.waiting + 1},
    workload: state.settings.policy === 'throughput' ? state.workload.add(spec, expectedMs) : state.workload,
  };
};

const placesOf = (state: CoordinatorState, taskIds: readonly TaskId[]): readonly Place[] =>
  taskIds.flatMap((taskId) => {
    const record = state.tasks.get(taskId);
    return record === undefined ? [] : [placeOf(state, record)];
  });

const dispatched = (
  state: CoordinatorState,
  event: AttemptDispatched & {readonly at: number},
): CoordinatorState => {
  const record = state.tasks.get(event.taskId);
  if (record === undefined) return state;
  const {attempt, fence, agentId} = event;
  const place = placeOf(state, record);
  const overtakes = state.queue.overtakesOf(place);
  const next = moveRecord(
    state,
    {...record, overtakes},
    {name: 'running', attempt, fence, agentId, dispatchedAt: event.at},
  );
  const lockTable = next.lockTable.take({
    fence,
    taskId: event.taskId,
    attempt,
    agentId,
    writes: record.spec.writes,
    reads: record.spec.reads,
    quarantined: false,
    overlapped: false,
  });
  return {
    ...next,
    fence,
    lockTable,
    queue: next.queue.overtaken(placesOf(next, event.overtaken), place, fence),
    concurrentMax: Math.max(next.concurrentMax, lockTable.running),
  };
};

const exited = (state: CoordinatorState, event: AttemptExited & {readonly at: number}): CoordinatorState => {
  const released = unlocked(state, event.fence, state.lockTable.release(event.fence));
  const record = state.tasks.get(event.taskId);
  if (record === undefined || !isLive(record.state) || record.state.fence !== event.fence) return released;
  const workedMs = record.workedMs + Math.max(0, event.at - record.state.dispatchedAt);
  return {...released, tasks: released.tasks.set(event.taskId, {...record, workedMs})};
};

const interrupted = (state: CoordinatorState, {taskId, fence}: AttemptInterrupted): CoordinatorState => {
  const released = unlocked(state, fence, state.lockTable.release(fence));
  const record = state.tasks.get(taskId);
  if (record === undefined || !isLive(record.state) || record.state.fence !== fence) return released;
  // What was being stopped because of something it did has failed of that, and not of the interruption.
  const isAtFault = record.state.name === 'stopping' && record.state.cause.kind !== 'left-behind';
  if (isAtFault) return released;
  return {
    ...released,
    tasks: released.tasks.set(taskId, {...record, interrupted: record.interrupted + 1}),
  };
};

/** While nobody was there, nothing worked: what ran began so much later, as far as its time goes. */
const withoutAbsence = (
  {tasks, lockTable}: CoordinatorState,
  absentMs: number,
): CoordinatorState['tasks'] => {
  let after = tasks;
  for (const {taskId, fence} of lockTable.holds()) {
    const record = tasks.get(taskId);
    if (record === undefined || !isLive(record.state) || record.state.fence !== fence) continue;
    const dispatchedAt = record.state.dispatchedAt + absentMs;
    after = after.set(taskId, {...record, state: {...record.state, dispatchedAt}});
  }
  return after;
};

/** All agents are new, the machine was not looked at yet, and nothing starts before the coordinator begins. */
const continued = (
  state: CoordinatorState,
  {maxParallel, at}: RunContinued & {readonly at: number},
): CoordinatorState => ({
  ...state,
  tasks: withoutAbsence(state, Math.max(0, at - state.accounting.untilMs)),
  mode: 'starting',
  maxParallel,
  maxParallelHighest: Math.max(state.maxParallelHighest, maxParallel),
  gate: OPEN_GATE,
  // With nothing left to do it is as if nobody had handed in anything meanwhile.
  absentMs: state.absentMs + (unfinished(state) === 0 ? 0 : Math.max(0, at - state.accounting.untilMs)),
});

/** Something with these tags succeeded: the next pause of one is short again. */
const withTagsRested = (state: CoordinatorState, taskId: TaskId): CoordinatorState => {
  if (state.tagPauses.size === 0) return state;
  const agentType = state.tasks.get(taskId)?.spec.agentType;
  const tags = agentType === undefined ? [] : (state.settings.agentTypes.get(agentType)?.tags ?? []);
  return {
    ...state,
    tagPauses: tags.reduce((pauses, tag) => {
      const pause = pauses.get(tag);
      if (pause === undefined) return pauses;
      return pause.untilMs === null ? pauses.delete(tag) : pauses.set(tag, {...pause, times: 0});
    }, state.tagPauses),
  };
};

/** A dependency succeeded: each task that waits for it has one less to wait for. */
const countDown = (state: CoordinatorState, taskId: TaskId): CoordinatorState => ({
  ...state,
  tasks: (state.dependents.get(taskId) ?? []).reduce((tasks, dependent) => {
    const record = tasks.get(dependent);
    if (record?.state.name !== 'waiting') return tasks;
    return tasks.set(dependent, {...record, state: {name: 'waiting', unmet: record.state.unmet - 1}});
  }, state.tasks),
});

const change = (state: CoordinatorState, event: DisjointEvent): CoordinatorState => {
  const {at} = event;
  switch (event.type) {
    case 'mode.changed':
      return {...state, mode: event.to};
    case 'run.continued':
      return continued(state, event);
    case 'limit.changed':
      return {
        ...state,
        maxParallel: event.to,
        maxParallelHighest: state.tasks.size === 0 ? event.to : Math.max(state.maxParallelHighest, event.to),
      };
    case 'resources.changed':
      return {...state, gate: {paused: event.paused, lowered: event.lowered, because: event.figure}};
    case 'tag.paused': {
      const {tag, untilMs} = event;
      const times = (state.tagPauses.get(tag)?.times ?? 0) + 1;
      return {...state, tagPauses: state.tagPauses.set(tag, {untilMs, times})};
    }
    case 'tag.resumed': {
      const times = state.tagPauses.get(event.tag)?.times ?? 0;
      return {
        ...state,
        tagPauses: state.tagPauses.set(event.tag, {untilMs: null, times}),
        queue: state.queue.openTypes(typesWithTag(state.settings, event.tag)),
      };
    }
    case 'task.submitted':
      return submitted(state, event);
    case 'task.queued':
      return queued(state, event);
    case 'task.blocked':
      return announced(state, event.taskId);
    case 'attempt.dispatched':
      return dispatched(state, event);
    case 'attempt.stopping': {
      const live = state.tasks.get(event.taskId)?.state;
      if (live === undefined || !isLive(live)) return state;
      const {attempt, fence, agentId, dispatchedAt}: LiveAttempt = live;
      return moveTask(state, event.taskId, {
        name: 'stopping',
        cause: event.cause,
        attempt,
        fence,
        agentId,
        dispatchedAt,
      });
    }
    case 'claims.changed':
      return claimsChanged(state, event);
    case 'attempt.overlapped':
      return foundOverlapping(state, event);
    case 'attempt.exited':
      return exited(state, event);
    case 'attempt.interrupted':
      return interrupted(state, event);
    case 'attempt.quarantined':
      // While a task waits for something quarantined, it reserves nothing.
      return {
        ...state,
        lockTable: state.lockTable.quarantine(event.fence),
        queue: state.queue.lookAtAll(),
      };
    case 'task.retrying': {
      const {taskId, attempt, untilMs} = event;
      const record = state.tasks.get(taskId);
      if (record === undefined) return state;
      const rateLimited = record.rateLimited + (event.failure.code === 'rate-limited' ? 1 : 0);
      const next = moveRecord(state, {...record, rateLimited}, {name: 'retrying', attempt, untilMs});
      return {...next, backoffs: next.backoffs.set(taskId, untilMs)};
    }
    case 'task.succeeded': {
      const changed = event.exit.changed?.length ?? null;
      return countDown(
        moveTask(withTagsRested(state, event.taskId), event.taskId, {
          name: 'succeeded',
          endedAt: at,
          changed,
        }),
        event.taskId,
      );
    }
    case 'task.failed':
      return moveTask(state, event.taskId, {name: 'failed', endedAt: at, failure: event.failure});
    case 'task.cancelled':
      return moveTask(state, event.taskId, {name: 'cancelled', endedAt: at, reason: event.reason});
    case 'task.skipped':
      return moveTask(state, event.taskId, {name: 'skipped', endedAt: at, because: event.because});
    case 'priority.changed':
      return reprioritised(state, event.taskId, event.to);
    case 'task.promoted':
      return promoted(state, event.taskId);
    case 'submission.refused':
    case 'task.reserved':
    case 'task.warned':
    case 'attempt.started':
    case 'attempt.progressed':
    case 'agent.replaced':
    case 'input.refused':
      return state;
    default:
      return unreachable(event);
  }
};

/** The time that has passed is charged to what was in the way meanwhile, which is in the state before the event. */
const accountingAfter = (state: CoordinatorState, event: DisjointEvent): Accounting => {
  // Between two runs there were no slots.
  if (event.type === 'run.continued') return {...state.accounting, untilMs: Math.round(event.at)};
  return noteStart(chargedUntil(state, event.at), event);
};

/**
 * The state after an event. The only place where state changes: folding a journal through it gives the state
 * that the live run had.
 */
export const evolve = (state: CoordinatorState, event: DisjointEvent): CoordinatorState => ({
  ...change(state, event),
  accounting: accountingAfter(state, event),
  seq: event.seq,
});
