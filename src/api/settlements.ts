import type {DisjointEvent} from '../core/events.ts';
import type {TaskId} from '../core/task.ts';
import type {TaskFunction} from '../executors/function-executor.ts';
import {
  type DisjointError,
  errorForRefusal,
  TaskCancelledError,
  TaskFailedError,
  TaskSkippedError,
} from './errors.ts';
import {resultOf, type Settlement} from './task-handle.ts';

/** One task on its way in: what its handle waits for, and what it will run. */
export interface HandedIn {
  readonly id: TaskId;
  readonly settlement: Settlement;
  readonly run: TaskFunction | undefined;
}

/**
 * Who waits for what: settles the promises of all handles from the committed events, each exactly once, and keeps the
 * functions of tasks that have not ended.
 */
export class Settlements {
  /** Submitted and not yet accepted or refused, by submission. */
  readonly #pending = new Map<string, HandedIn[]>();
  /** The ids of these. */
  readonly #pendingIds = new Set<TaskId>();
  /** Accepted and not yet ended. */
  readonly #open = new Map<TaskId, HandedIn>();
  #submissions = 0;

  /** Returns the name of the submission, which its events will carry. */
  handIn(tasks: readonly HandedIn[]): string {
    const submission = `s${++this.#submissions}`;
    this.#pending.set(submission, [...tasks]);
    for (const {id} of tasks) this.#pendingIds.add(id);
    return submission;
  }

  /** Was a task with this id handed in, and is there no answer yet? */
  isPending(taskId: TaskId): boolean {
    return this.#pendingIds.has(taskId);
  }

  /** Was it accepted with this settlement, and has it not ended? */
  isOpen(taskId: TaskId, settlement: Settlement): boolean {
    return this.#open.get(taskId)?.settlement === settlement;
  }

  functionOf(taskId: TaskId): TaskFunction | undefined {
    return this.#open.get(taskId)?.run;
  }

  onEvent(event: DisjointEvent): void {
    switch (event.type) {
      case 'task.submitted':
        return this.#accept(event.submission, event.taskId);
      case 'submission.refused':
        return this.#refuse(event.submission, errorForRefusal(event.refusal));
      case 'task.succeeded':
        this.#open.get(event.taskId)?.settlement.succeed(resultOf(event.exit));
        this.#open.delete(event.taskId);
        return;
      case 'task.failed':
        return this.#fail(event.taskId, new TaskFailedError(event.taskId, event.failure));
      case 'task.cancelled':
        return this.#fail(event.taskId, new TaskCancelledError(event.taskId, event.reason));
      case 'task.skipped':
        return this.#fail(event.taskId, new TaskSkippedError(event.taskId, event.because));
      default:
        return;
    }
  }

  /** What was handed in under this name, and has no answer, is not wanted any more. */
  withdraw(submission: string): void {
    for (const {id} of this.#pending.get(submission) ?? []) this.#pendingIds.delete(id);
    this.#pending.delete(submission);
  }

  /** Nobody will look at what was handed in and not yet accepted. */
  refusePending(error: DisjointError): void {
    for (const submission of this.#pending.keys()) this.#refuse(submission, error);
  }

  /** Nothing will ever end by itself any more. */
  failAll(error: DisjointError): void {
    this.refusePending(error);
    for (const taskId of this.#open.keys()) this.#fail(taskId, error);
  }

  #accept(submission: string, taskId: TaskId): void {
    const submitted = this.#pending.get(submission) ?? [];
    // They are accepted in the order in which they were handed in, so this is the first of those left.
    const index = submitted.findIndex(({id}) => id === taskId);
    const [task] = index < 0 ? [] : submitted.splice(index, 1);
    if (submitted.length === 0) this.#pending.delete(submission);
    this.#pendingIds.delete(taskId);
    if (task === undefined) return;
    this.#open.set(taskId, task);
    task.settlement.accept();
  }

  #refuse(submission: string, error: DisjointError): void {
    for (const {id, settlement} of this.#pending.get(submission) ?? []) {
      this.#pendingIds.delete(id);
      settlement.fail(error);
    }
    this.#pending.delete(submission);
  }

  #fail(taskId: TaskId, error: DisjointError): void {
    this.#open.get(taskId)?.settlement.fail(error);
    this.#open.delete(taskId);
  }
}
