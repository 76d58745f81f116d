import type {AttemptOverlapped, ClaimsChanged} from './events.ts';
import {queued, unlocked} from './evolve-task.ts';
import type {CoordinatorState} from './state.ts';
import {isLive} from './task.ts';

/** The task with the claims that the disk shows now. */
const withClaims = (state: CoordinatorState, event: ClaimsChanged | AttemptOverlapped): CoordinatorState => {
  const record = state.tasks.get(event.taskId);
  if (record === undefined) return state;
  const spec = {...record.spec, writes: event.writes, reads: event.reads};
  const tasks = state.tasks.set(event.taskId, {...record, spec});
  return state.settings.policy === 'throughput'
    ? {
        ...state,
        tasks,
        workload: state.workload.remove(record.spec, record.expectedMs).add(spec, record.expectedMs),
      }
    : {...state, tasks};
};

/** The same if the attempt is that of the task: one that could not be stopped holds files that are no longer its own. */
const withClaimsOfRunning = (state: CoordinatorState, event: ClaimsChanged): CoordinatorState => {
  const current = state.tasks.get(event.taskId)?.state;
  return current !== undefined && isLive(current) && current.fence === event.fence
    ? withClaims(state, event)
    : state;
};

/** Something else was found to overlap what the attempt claims: it goes back to the queue, or is not believed. */
export const foundOverlapping = (before: CoordinatorState, event: AttemptOverlapped): CoordinatorState => {
  const state = withClaims(before, event);
  const record = state.tasks.get(event.taskId);
  if (record === undefined || !isLive(record.state)) return state;
  if (event.when !== 'start') {
    return {...state, lockTable: state.lockTable.extend(event.fence, event, true)};
  }
  const released = unlocked(state, event.fence, state.lockTable.release(event.fence));
  return queued(released, {type: 'task.queued', taskId: event.taskId, attempt: record.state.attempt});
};

/** The attempt claims other files than before. */
export const claimsChanged = (state: CoordinatorState, event: ClaimsChanged): CoordinatorState => {
  const {lockTable} = state;
  const {fence} = event;
  return event.when === 'start'
    ? withClaims(unlocked(state, fence, lockTable.reclaim(fence, event)), event)
    : {
        ...withClaimsOfRunning(state, event),
        // Nobody waits for the success of what could not be stopped, so it may be held together with others.
        lockTable: lockTable.extend(fence, event, lockTable.get(fence)?.quarantined === true),
      };
};
