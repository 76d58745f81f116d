import {Ordered} from '../ordered.ts';
import {isBefore, type Place} from '../place.ts';
import type {Fence, TaskId} from '../task.ts';
import type {ClassId, Needs, QueuedTask} from './queued-task.ts';
import type {WaitsFor} from './waits-for.ts';

/** A task that started although others that conflict with it stood before it. */
export interface OvertakingStart extends Place {
  readonly fence: Fence;
}

/**
 * All queued tasks with the same agent type, the same claims and equally many overtakes of earlier attempts: what keeps one
 * of them from starting keeps all, so only the first is ever looked at. Plain immutable data.
 */
export interface WaitingClass {
  readonly id: ClassId;
  readonly needs: Needs;
  /** Never empty. */
  readonly tasks: Ordered<QueuedTask>;
  /**
   * The starts that overtook some of the tasks. Each of them counts for those tasks that stood before it and were
   * queued then. What overtook none of those that are left is forgotten.
   */
  readonly overtakenBy: readonly OvertakingStart[];
  /** The first of the tasks that were overtaken as often as is allowed; `null` if none was. */
  readonly reserving: QueuedTask | null;
  /** The last of the tasks of which was said that something is in its way. */
  readonly announced: TaskId | null;
  /** It was looked at and something was in its way: it can be overtaken. */
  readonly isPassed: boolean;
  /** What was in its way when it was looked at last; `null` if nobody looked since it could start. */
  readonly waitsFor: WaitsFor | null;
}

/** The task of the class whose turn is first. */
export const headOf = ({tasks}: WaitingClass): QueuedTask => {
  const {first} = tasks;
  if (first === undefined) throw new Error('Internal error: a class of queued tasks is empty');
  return first;
};

/** How often the task was overtaken, over all its attempts. */
export const overtakesIn = ({overtakenBy}: WaitingClass, task: QueuedTask): number => {
  let count = task.overtakenBefore;
  for (const start of overtakenBy) {
    if (start.fence > task.queuedAfter && isBefore(task, start)) count++;
  }
  return count;
};

/** The first of the tasks that were overtaken `overtakesMax` times or more. */
const firstReserving = (one: WaitingClass, overtakesMax: number): QueuedTask | null => {
  const {overtakenBy, tasks} = one;
  const needed = overtakesMax - headOf(one).overtakenBefore;
  if (overtakenBy.length < needed) return null;
  // A task that stands behind too many of the starts cannot have been overtaken often enough.
  const last = overtakenBy.toSorted((a, b) => (isBefore(a, b) ? 1 : -1))[needed - 1];
  for (const task of tasks) {
    if (last !== undefined && !isBefore(task, last)) return null;
    if (overtakesIn(one, task) >= overtakesMax) return task;
  }
  return null;
};

/** More than the guard lets happen to one task, so that the list is only cleared out where tasks come and go. */
const OVERTAKEN_BY_FEW = 128;

/** Forgets the starts that overtook none of the tasks that are left, and finds who reserves. */
const settled = (one: WaitingClass, overtakesMax: number): WaitingClass => {
  const head = headOf(one);
  let overtakenBy = one.overtakenBy;
  if (overtakenBy.some((start) => !isBefore(head, start))) {
    overtakenBy = overtakenBy.filter((start) => isBefore(head, start));
  }
  if (overtakenBy.length > OVERTAKEN_BY_FEW) {
    const tasks = [...one.tasks];
    overtakenBy = overtakenBy.filter((start) =>
      tasks.some((task) => task.queuedAfter < start.fence && isBefore(task, start)),
    );
  }
  const next = {...one, overtakenBy};
  return {...next, reserving: firstReserving(next, overtakesMax)};
};

const NO_STARTS: readonly OvertakingStart[] = [];

export const newClass = (id: string, needs: Needs, task: QueuedTask, overtakesMax: number): WaitingClass => ({
  id,
  needs,
  tasks: Ordered.of(task),
  overtakenBy: NO_STARTS,
  reserving: task.overtakenBefore >= overtakesMax ? task : null,
  announced: null,
  isPassed: false,
  waitsFor: null,
});

export const withTask = (one: WaitingClass, task: QueuedTask, overtakesMax: number): WaitingClass => {
  const next = {...one, tasks: one.tasks.insert(task)};
  const mayReserve = next.overtakenBy.length + task.overtakenBefore >= overtakesMax;
  return mayReserve ? settled(next, overtakesMax) : next;
};

/** Without this task of it; `null` if it was the last. */
export const withoutTask = (one: WaitingClass, place: Place, overtakesMax: number): WaitingClass | null => {
  const tasks = one.tasks.remove(place);
  return tasks.size === 0 ? null : settled({...one, tasks}, overtakesMax);
};

/** With one more start that overtook those of its tasks which stand before it. */
export const overtakenOnce = (
  one: WaitingClass,
  by: Place,
  fence: Fence,
  overtakesMax: number,
): WaitingClass => {
  const {key, arrival} = by;
  const next = {...one, overtakenBy: [...one.overtakenBy, {key, arrival, fence}]};
  const isFew = next.overtakenBy.length + headOf(one).overtakenBefore < overtakesMax;
  return isFew ? next : settled(next, overtakesMax);
};

/** What happened to a class that its tasks alone do not tell. */
export interface ClassHistory {
  readonly overtakenBy: readonly OvertakingStart[];
  readonly announced: TaskId | null;
  readonly isPassed: boolean;
}

/** The class as it was after all of that. */
export const withHistory = (one: WaitingClass, history: ClassHistory, overtakesMax: number): WaitingClass =>
  settled({...one, ...history}, overtakesMax);
