import {conflict} from '../../src/core/admission.ts';
import type {Blocker} from '../../src/core/blocker.ts';
import {Decision} from '../../src/core/decision.ts';
import {isBefore} from '../../src/core/place.ts';
import {Queue} from '../../src/core/queue/queue.ts';
import type {QueueEntry} from '../../src/core/queue/queued-task.ts';
import {OPEN_GATE} from '../../src/core/resources.ts';
import {schedule} from '../../src/core/schedule.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import type {TaskId, TaskRecord} from '../../src/core/task.ts';
import {placeOf} from '../../src/core/task-place.ts';

const recordOf = (state: CoordinatorState, taskId: TaskId): TaskRecord => {
  const record = state.tasks.get(taskId);
  if (record === undefined) throw new Error(`${taskId} is not known`);
  return record;
};

/** A queue of these in place of the one there is. */
const withQueue = (state: CoordinatorState, entries: readonly QueueEntry[]): CoordinatorState => ({
  ...state,
  queue: entries.reduce(
    (queue, {overtakes, ...entry}) =>
      queue.add({
        ...entry,
        needs: recordOf(state, entry.taskId).spec,
        overtakenBefore: overtakes,
        queuedAfter: state.fence,
      }),
    Queue.empty(state.settings.overtakesMax),
  ),
});

/** The state with this task in the queue, wherever it was. */
const queuedAnyway = (state: CoordinatorState, {spec}: TaskRecord): CoordinatorState => {
  const record = recordOf(state, spec.id);
  const entry = {...placeOf(state, record), taskId: spec.id, overtakes: record.overtakes};
  return {
    ...withQueue(state, [...[...state.queue].filter(({taskId}) => taskId !== spec.id), entry]),
    tasks: state.tasks.set(spec.id, {...record, state: {name: 'queued', attempt: 1}}),
  };
};

/** What the scheduler starts if nothing is queued but these. */
const started = (state: CoordinatorState, entries: readonly QueueEntry[]): readonly TaskId[] => {
  const decision = new Decision(withQueue(state, entries), 0);
  schedule(decision);
  return decision
    .done()
    .events.flatMap((event) => (event.type === 'attempt.dispatched' ? [event.taskId] : []));
};

/**
 * Would the scheduler itself start the task, by the rules of admission? Of the tasks before it only those stay that can
 * reserve against it: whoever else is before it may take what it needs, but that is the order, and no rule in its way.
 */
export const wouldStart = (state: CoordinatorState, taskId: TaskId): boolean => {
  const own = [...state.queue].find((entry) => entry.taskId === taskId);
  if (own === undefined) return false;
  const {spec} = recordOf(state, taskId);
  const reserving = [...state.queue].filter(
    (entry) =>
      isBefore(entry, own) &&
      entry.overtakes >= state.settings.overtakesMax &&
      conflict(recordOf(state, entry.taskId).spec, spec),
  );
  // One that could start itself goes first, and would not be seen to reserve.
  return (
    reserving.every((entry) => started(state, [entry]).length === 0) &&
    started(state, [...reserving, own]).includes(taskId)
  );
};

/** These tasks are over and nothing of them is left. */
const ended = (state: CoordinatorState, taskIds: readonly TaskId[]): CoordinatorState => {
  const over = state.lockTable.holds().filter((hold) => taskIds.includes(hold.taskId));
  return withQueue(
    {
      ...state,
      lockTable: over.reduce((table, {fence}) => table.release(fence), state.lockTable),
      tasks: taskIds.reduce(
        (tasks, taskId) =>
          tasks.set(taskId, {
            ...recordOf(state, taskId),
            state: {name: 'succeeded', endedAt: 0, changed: null},
          }),
        state.tasks,
      ),
    },
    [...state.queue].filter((entry) => !taskIds.includes(entry.taskId)),
  );
};

const waitsFor = (state: CoordinatorState, {spec}: TaskRecord): boolean =>
  spec.dependsOn.some((taskId) => state.tasks.get(taskId)?.state.name !== 'succeeded');

/** The state in which these have ended, and the task is queued if it only waited for some of them. */
export const afterEndOf = (
  state: CoordinatorState,
  record: TaskRecord,
  taskIds: readonly TaskId[],
): CoordinatorState => {
  const then = ended(state, taskIds);
  return record.state.name === 'waiting' && !waitsFor(then, record) ? queuedAnyway(then, record) : then;
};

/** One blocker gone, and nothing else: who holds files lets go of them and keeps its agent and its slot, and so on. */
const withoutOne = (state: CoordinatorState, blocker: Blocker): CoordinatorState => {
  const {lockTable} = state;
  switch (blocker.kind) {
    case 'mode':
      return {...state, mode: 'running'};
    case 'dependency':
      return ended(state, [blocker.taskId]);
    case 'file': {
      const holds = lockTable.holds().filter(({taskId}) => taskId === blocker.holder);
      const nothing = {writes: [], reads: []};
      return {
        ...state,
        lockTable: holds.reduce((table, {fence}) => table.reclaim(fence, nothing), lockTable),
      };
    }
    case 'agent-type': {
      const of = blocker.holders.map(({agentId}) => agentId);
      const holds = lockTable.holds().filter(({agentId}) => of.includes(agentId));
      return {
        ...state,
        lockTable: holds.reduce(
          (table, hold) => table.release(hold.fence).take({...hold, agentId: `elsewhere#${hold.fence}`}),
          lockTable,
        ),
      };
    }
    case 'reservation':
      return withQueue(
        state,
        [...state.queue].map((entry) => (entry.taskId === blocker.taskId ? {...entry, overtakes: 0} : entry)),
      );
    case 'tag': {
      const limits = new Map(state.settings.limits);
      limits.delete(blocker.tag);
      return {...state, settings: {...state.settings, limits}};
    }
    case 'tag-paused':
      return {...state, tagPauses: state.tagPauses.delete(blocker.tag)};
    case 'resources':
      return {...state, gate: OPEN_GATE};
    case 'limit':
    case 'back-off':
      return state;
  }
};

/** The state in which these blockers of the task are gone. */
export const withoutBlockers = (
  state: CoordinatorState,
  record: TaskRecord,
  blockers: readonly Blocker[],
): CoordinatorState => {
  const then = blockers.reduce(withoutOne, state);
  const isRested = record.state.name !== 'retrying' || blockers.some(({kind}) => kind === 'back-off');
  const queued = isRested && !waitsFor(then, record) ? queuedAnyway(then, record) : then;
  if (!blockers.some(({kind}) => kind === 'limit')) return queued;
  return {...queued, maxParallel: Math.max(queued.maxParallel, queued.lockTable.running + 1)};
};
