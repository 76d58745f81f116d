import type {AttemptFailure} from '../core/failures.ts';
import {fieldOf} from '../core/refusal-field.ts';
import {describeRefusal, type Refusal} from '../core/refusals.ts';
import type {SkipReason, TaskId} from '../core/task.ts';
import {localTime} from './local-time.ts';

export interface DisjointErrorOptions extends ErrorOptions {
  readonly field?: string | null;
}

/** Every expected error: a stable `code`, what happened, and what to do next. */
export class DisjointError extends Error {
  override readonly name: string = 'DisjointError';
  readonly code: string;
  readonly hint: string;
  /** Which option, key or argument has to be changed; `null` if it is not one of them. */
  readonly field: string | null;

  constructor(
    code: string,
    message: string,
    hint: string,
    {field = null, ...rest}: DisjointErrorOptions = {},
  ) {
    super(message, rest);
    this.code = code;
    this.hint = hint;
    this.field = field;
  }
}

/** A claim that could not be understood, or that names something no task may write. */
export class ClaimError extends DisjointError {
  override readonly name = 'ClaimError';
  readonly claim: string;

  constructor(code: string, message: string, hint: string, claim: string, field: string | null = null) {
    super(code, message, hint, {field});
    this.claim = claim;
  }
}

/** A task claims what its agent type may not write. */
export class OwnershipViolationError extends DisjointError {
  override readonly name = 'OwnershipViolationError';
  readonly agentType: string;
  readonly path: string;
  /** `null` if nobody owns the path. */
  readonly owner: string | null;

  constructor(
    code: string,
    message: string,
    hint: string,
    about: {readonly agentType: string; readonly path: string; readonly owner: string | null},
  ) {
    super(code, message, hint, {field: 'files'});
    this.agentType = about.agentType;
    this.path = about.path;
    this.owner = about.owner;
  }
}

/** Tasks that would wait for each other for ever. */
export class DependencyCycleError extends DisjointError {
  override readonly name = 'DependencyCycleError';
  /** The ids along the cycle, the first one again at the end. */
  readonly cycle: readonly TaskId[];

  constructor(code: string, message: string, hint: string, cycle: readonly TaskId[]) {
    super(code, message, hint, {field: 'dependsOn'});
    this.cycle = cycle;
  }
}

/** The last attempt of a task failed. `cause` is what its function threw, if it was one. */
export class TaskFailedError extends DisjointError {
  override readonly name = 'TaskFailedError';
  readonly taskId: TaskId;
  readonly failure: AttemptFailure;

  constructor(taskId: TaskId, failure: AttemptFailure) {
    const cause = failure.error === undefined ? {} : {cause: failure.error};
    super('E_TASK_FAILED', `task ${taskId} ${failure.message}`, failure.hint, cause);
    this.taskId = taskId;
    this.failure = failure;
  }
}

export class TaskCancelledError extends DisjointError {
  override readonly name = 'TaskCancelledError';
  readonly taskId: TaskId;
  readonly reason: string;

  constructor(taskId: TaskId, reason: string) {
    super(
      'E_TASK_CANCELLED',
      `task ${taskId} was cancelled: ${reason}`,
      'submit it again if it is still wanted',
    );
    this.taskId = taskId;
    this.reason = reason;
  }
}

/** A dependency did not succeed, so the task was never started. */
export class TaskSkippedError extends DisjointError {
  override readonly name = 'TaskSkippedError';
  readonly taskId: TaskId;
  readonly because: SkipReason;

  constructor(taskId: TaskId, because: SkipReason) {
    const {dependency, outcome} = because;
    const why = outcome === 'failed' ? 'failed' : `was ${outcome}`;
    super(
      'E_TASK_SKIPPED',
      `task ${taskId} was skipped: its dependency ${dependency} ${why}`,
      `see ${dependency}`,
    );
    this.taskId = taskId;
    this.because = because;
  }
}

/** The store could not keep what was decided, or a bug ended the coordinator: nothing more is done. */
export class OrchestratorFailedError extends DisjointError {
  override readonly name = 'OrchestratorFailedError';

  constructor(cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super('E_STORE', `the orchestrator stopped: ${what}`, 'see the cause; what was not stored was not done', {
      cause,
    });
  }
}

/** What a run has opened is gone. `file`: as it is shown. */
export const stateLost = (file: string): DisjointError =>
  new DisjointError(
    'E_STATE_LOST',
    `${file} of this run was deleted or replaced while it ran, so its agents were stopped`,
    'see what they have changed, keep agents from deleting it ("git clean -e .disjoint"), and run it again',
  );

/** Somebody has the repository whose folder was deleted, so that nobody can ask it. */
export const goingDown = (lock: string): DisjointError =>
  new DisjointError(
    'E_ALREADY_RUNNING',
    'Disjoint runs in this repository already, and the folder of its state was deleted',
    `it notices within a second and stops by itself: try again. If it was stopped (Ctrl-Z), find it with "fuser ${lock}" and end it`,
  );

/** Somebody else has the repository. `null`: nobody knows who. */
export const alreadyRunning = (
  holder: {readonly pid: number; readonly since: number} | null,
  root: string | null,
): DisjointError => {
  const where = root === null ? '' : `, in ${root}`;
  const who = holder === null ? '' : `: pid ${holder.pid}, since ${localTime(holder.since)}${where}`;
  return new DisjointError(
    'E_ALREADY_RUNNING',
    `Disjoint runs in this repository already${who}`,
    'see what it does with "disjoint status", add tasks with "disjoint submit", or end it with "disjoint stop"',
  );
};

/** The error for a refusal, with its own fields where a program may want them. */
export const errorForRefusal = (refusal: Refusal): DisjointError => {
  const {code, message, hint} = describeRefusal(refusal);
  const field = fieldOf(refusal);
  switch (refusal.code) {
    case 'E_CLAIM':
    case 'E_OWNS':
      return new ClaimError(code, message, hint, refusal.failure.claim, field);
    case 'E_OWNERSHIP':
      return new OwnershipViolationError(code, message, hint, refusal);
    case 'E_DEP_CYCLE':
      return new DependencyCycleError(code, message, hint, refusal.cycle);
    default:
      return new DisjointError(code, message, hint, {field});
  }
};
