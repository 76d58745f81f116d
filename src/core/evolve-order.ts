import {isSamePlace} from './place.ts';
import {NEVER} from './policy.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskId} from './task.ts';
import {placeOf} from './task-place.ts';

/** To the front, behind those that were promoted before it and came before it: nothing that conflicts starts before it. */
export const promoted = (state: CoordinatorState, taskId: TaskId): CoordinatorState => {
  const record = state.tasks.get(taskId);
  if (record?.state.name !== 'queued') return state;
  const next = {...record, isPromoted: true};
  const moved = state.queue.moved(placeOf(state, record), placeOf(state, next), NEVER, state.fence);
  // Nobody may have to look at it, and it has to be found by those that it keeps back.
  const queue = moved.passTask(placeOf(state, next));
  return {...state, queue, tasks: state.tasks.set(taskId, next)};
};

/** In another place, and overtaken as often as before. */
export const reprioritised = (
  state: CoordinatorState,
  taskId: TaskId,
  priority: number,
): CoordinatorState => {
  const record = state.tasks.get(taskId);
  if (record === undefined) return state;
  const next = {...record, spec: {...record.spec, priority}};
  const tasks = state.tasks.set(taskId, next);
  if (record.state.name !== 'queued') return {...state, tasks};
  const [from, to] = [placeOf(state, record), placeOf(state, next)];
  if (isSamePlace(from, to)) return {...state, tasks};
  const queue = state.queue.moved(from, to, state.queue.overtakesOf(from), state.fence);
  return {...state, queue, tasks};
};

export const announced = (state: CoordinatorState, taskId: TaskId): CoordinatorState => {
  const record = state.tasks.get(taskId);
  return record === undefined ? state : {...state, queue: state.queue.announced(placeOf(state, record))};
};
