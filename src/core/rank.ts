import type {ClassId} from './queue/queued-task.ts';
import {headOf} from './queue/waiting-class.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskId, TaskRecord} from './task.ts';

/** How much the end of the run waits for a task. */
export interface Rank {
  readonly isPromoted: boolean;
  /** The most work (ms) that is left for one of the things which it needs. */
  readonly hottestMs: number;
  readonly bottomLevelMs: number;
  readonly arrival: number;
}

const recordOf = ({tasks}: CoordinatorState, taskId: TaskId): TaskRecord => {
  const record = tasks.get(taskId);
  if (record === undefined) throw new Error(`Internal error: ${taskId} is queued but not known`);
  return record;
};

export const rankOf = ({workload, settings}: CoordinatorState, record: TaskRecord): Rank => {
  const {spec, bottomLevelMs, isPromoted, arrival} = record;
  const hottestMs = workload.hottest(spec, settings.agentTypes.get(spec.agentType));
  return {isPromoted, hottestMs, bottomLevelMs, arrival};
};

/** Negative if the first one goes before the other. */
export const compareRanks = (a: Rank, b: Rank): number =>
  Number(b.isPromoted) - Number(a.isPromoted) ||
  b.hottestMs - a.hottestMs ||
  b.bottomLevelMs - a.bottomLevelMs ||
  a.arrival - b.arrival;

/**
 * The classes that have to be looked at, in the order of the policy `throughput`: first those that need what most work is
 * left for (an agent type, or a file), then those that begin the longest chain of dependent tasks.
 */
export const ranked = (state: CoordinatorState): readonly ClassId[] =>
  [...state.queue.open()]
    .map((one) => ({id: one.id, rank: rankOf(state, recordOf(state, headOf(one).taskId))}))
    .toSorted((a, b) => compareRanks(a.rank, b.rank))
    .map(({id}) => id);
