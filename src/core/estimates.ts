import type {TaskId, TaskSpec} from './task.ts';

/** What a task is taken to last (ms) if no task handed in with it has an estimate. */
const ASSUMED_MS = 60_000;

/** How long each task is taken to last. */
export interface Estimates {
  readonly durationsMs: ReadonlyMap<TaskId, number>;
  /** The tasks without an estimate of their own, in the order in which they were handed in. */
  readonly assumedFor: readonly TaskId[];
  /** What these are taken to last. */
  readonly assumedMs: number;
}

const median = (values: readonly number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
};

/** The estimate of each task; without one, the median of those that have one; if none has, one minute. */
export const estimatesOf = (specs: readonly TaskSpec[]): Estimates => {
  const given = specs.flatMap(({estimateMs}) => (estimateMs === null ? [] : [estimateMs]));
  const assumedMs = median(given) ?? ASSUMED_MS;
  return {
    durationsMs: new Map(specs.map(({id, estimateMs}) => [id, estimateMs ?? assumedMs])),
    assumedFor: specs.filter(({estimateMs}) => estimateMs === null).map(({id}) => id),
    assumedMs,
  };
};
