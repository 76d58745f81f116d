import type {CoordinatorState} from '../core/state.ts';
import type {TaskId, TaskState} from '../core/task.ts';
import {unreachable} from '../core/unreachable.ts';
import {type TaskStatus, viewTask} from '../core/view.ts';
import type {AttemptHistory, AttemptRecord} from './attempt-history.ts';

/** All that is known of one task. Times on the clock of events (ms). */
export interface TaskDetails extends TaskStatus {
  readonly reads: readonly string[];
  readonly dependsOn: readonly TaskId[];
  /** The tasks that wait for it, or did. */
  readonly dependents: readonly TaskId[];
  readonly estimateMs: number | null;
  readonly timeoutMs: number | null;
  readonly quietTimeoutMs: number | null;
  readonly maxAttempts: number;
  readonly key: string | null;
  /** The task in whose place it was handed in again. */
  readonly retryOf: TaskId | null;
  readonly submittedAt: number;
  readonly endedAt: number | null;
  /** Why it did not succeed, as the end of a sentence; `null` unless it has ended so. */
  readonly reason: string | null;
  /** The last lines that it printed, if it failed. */
  readonly tail: readonly string[];
  readonly attempts: readonly AttemptRecord[];
}

const reasonOf = (state: TaskState): string | null => {
  switch (state.name) {
    case 'failed':
      return state.failure.message;
    case 'cancelled':
      return state.reason;
    case 'skipped':
      return `its dependency ${state.because.dependency} ${
        state.because.outcome === 'failed' ? 'failed' : `was ${state.because.outcome}`
      }`;
    case 'waiting':
    case 'queued':
    case 'running':
    case 'stopping':
    case 'retrying':
    case 'succeeded':
      return null;
    default:
      return unreachable(state);
  }
};

/** All that is known of a task; `null` if there is none with this id. */
export const taskDetails = (
  state: CoordinatorState,
  history: AttemptHistory,
  taskId: TaskId,
): TaskDetails | null => {
  const status = viewTask(state, taskId);
  const record = state.tasks.get(taskId);
  if (status === null || record === undefined) return null;
  const {spec, state: current, submittedAt} = record;
  const isProgram = spec.work.kind !== 'function';
  return {
    ...status,
    reads: spec.reads.map(({raw}) => raw),
    dependsOn: spec.dependsOn,
    dependents: state.dependents.get(taskId) ?? [],
    estimateMs: spec.estimateMs,
    timeoutMs: spec.timeoutMs,
    quietTimeoutMs: spec.quietTimeoutMs,
    maxAttempts: spec.retry.maxAttempts,
    key: spec.key ?? null,
    retryOf: spec.retryOf ?? null,
    submittedAt,
    endedAt: 'endedAt' in current ? current.endedAt : null,
    reason: reasonOf(current),
    tail: current.name === 'failed' ? current.failure.tail : [],
    attempts: history.of(taskId).map((attempt) => (isProgram ? attempt : {...attempt, logPath: null})),
  };
};
