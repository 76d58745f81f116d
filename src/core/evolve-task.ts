import type {TaskQueued} from './events.ts';
import type {LockTable} from './lock-table.ts';
import {NEVER} from './policy.ts';
import type {CoordinatorState} from './state.ts';
import {sharingTags} from './tags.ts';
import {type Fence, isFinal, type TaskId, type TaskRecord, type TaskState} from './task.ts';
import {placeOf} from './task-place.ts';

/** The task is there, and as it is in `record` but for where it is. */
export const moveRecord = (
  state: CoordinatorState,
  record: TaskRecord,
  next: TaskState,
): CoordinatorState => {
  const counts = {...state.counts};
  counts[record.state.name]--;
  counts[next.name]++;
  const wasQueued = record.state.name === 'queued' && next.name !== 'queued';
  const wasRetrying = record.state.name === 'retrying' && next.name !== 'retrying';
  return {
    ...state,
    counts,
    tasks: state.tasks.set(record.spec.id, {...record, state: next}),
    workload:
      state.settings.policy === 'throughput' && isFinal(next)
        ? state.workload.remove(record.spec, record.expectedMs)
        : state.workload,
    queue: wasQueued ? state.queue.remove(placeOf(state, record)) : state.queue,
    backoffs: wasRetrying ? state.backoffs.delete(record.spec.id) : state.backoffs,
  };
};

export const moveTask = (state: CoordinatorState, taskId: TaskId, next: TaskState): CoordinatorState => {
  const record = state.tasks.get(taskId);
  return record === undefined ? state : moveRecord(state, record, next);
};

export const queued = (state: CoordinatorState, event: TaskQueued): CoordinatorState => {
  const record = state.tasks.get(event.taskId);
  if (record === undefined) return state;
  const next = moveRecord(state, record, {name: 'queued', attempt: event.attempt});
  const entry = {
    ...placeOf(state, record),
    taskId: event.taskId,
    needs: record.spec,
    overtakenBefore: record.isPromoted ? NEVER : record.overtakes,
    queuedAfter: state.fence,
  };
  const queue = next.queue.add(entry);
  // Nobody may have to look at it, and it has to be found by those that it keeps back.
  return {...next, queue: record.isPromoted ? queue.passTask(entry) : queue};
};

/** The hold lets go of claims, or of all that it has: those that wait for one of these have to be looked at. */
export const unlocked = (state: CoordinatorState, fence: Fence, lockTable: LockTable): CoordinatorState => {
  const hold = state.lockTable.get(fence);
  const agentType = hold === undefined ? undefined : state.tasks.get(hold.taskId)?.spec.agentType;
  if (hold === undefined || agentType === undefined) return {...state, lockTable};
  return {...state, lockTable, queue: state.queue.freed(sharingTags(state.settings, agentType), hold)};
};
