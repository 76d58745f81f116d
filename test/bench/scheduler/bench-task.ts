import {tasksOf, type Workload} from '../workloads.ts';

/** A task as the schedulers of others understand it: paths, where a trailing slash means all below. */
export interface BenchTask {
  readonly id: string;
  readonly agentType: string;
  readonly files: readonly string[];
  readonly dependsOn: readonly string[];
}

export const benchTasks = (workload: Workload, count: number, agentTypes: number): readonly BenchTask[] =>
  tasksOf(workload, {count, agentTypes, seed: 1}).map(({request}) => ({
    id: request.id,
    agentType: request.agentType,
    files: (request.files ?? []).map(String),
    dependsOn: request.dependsOn ?? [],
  }));

/** Could the two write a common file? */
const overlapping = (a: string, b: string): boolean =>
  a === b || (a.endsWith('/') && b.startsWith(a)) || (b.endsWith('/') && a.startsWith(b));

/** What must never run at once. */
export const conflicting = (a: BenchTask, b: BenchTask): boolean =>
  a.agentType === b.agentType || a.files.some((mine) => b.files.some((theirs) => overlapping(mine, theirs)));

/** A scheduler, asked for its decisions alone: nothing really runs. */
export interface Scheduler {
  /** Takes in all tasks. @returns The ids of those that start. */
  readonly submit: (tasks: readonly BenchTask[]) => readonly string[];
  /** A running task has ended. @returns The ids of those that start now. */
  readonly complete: (id: string) => readonly string[];
  readonly close: () => void;
}
