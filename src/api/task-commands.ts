import {didYouMean} from '../config/describe-issue.ts';
import type {CoordinatorState} from '../core/state.ts';
import {isFinal, type TaskId} from '../core/task.ts';
import type {TaskFunction} from '../executors/function-executor.ts';
import type {Clock} from '../ports/clock.ts';
import type {Runtime} from '../runtime/runtime.ts';
import {DisjointError, errorForRefusal} from './errors.ts';
import type {Settlements} from './settlements.ts';
import {Settlement} from './task-handle.ts';

interface Parts {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly settlements: Settlements;
}

/** So many ids are looked through for the one that was meant. */
const KNOWN_MAX = 10_000;
const SHOWN_MAX = 10;
const ID_CHARACTERS_MAX = 64;

/** No task has this id. Names the nearest that one has. */
export const unknownTask = ({tasks}: CoordinatorState, taskId: TaskId): DisjointError => {
  const {code, message, hint} = errorForRefusal({code: 'E_TASK_UNKNOWN', taskId: taskId.slice(0, 80)});
  const known = [...tasks.keys()].slice(0, KNOWN_MAX);
  const meant = known.length === 0 ? hint : didYouMean(taskId.slice(0, 80), known);
  // A long list of ids helps nobody.
  return new DisjointError(
    code,
    message,
    meant.startsWith('known:') && known.length > SHOWN_MAX ? hint : meant,
  );
};

/** `build.2`, `build.3`, ... of `build`, whichever of them is retried. */
const idOfRetry = ({tasks}: CoordinatorState, taskId: TaskId, isTaken: (id: TaskId) => boolean): TaskId => {
  let first = taskId;
  for (let of = tasks.get(first)?.spec.retryOf; of !== undefined; of = tasks.get(of)?.spec.retryOf)
    first = of;
  for (let times = 2; ; times++) {
    const end = `.${times}`;
    const id = `${first.slice(0, ID_CHARACTERS_MAX - end.length)}${end}`;
    if (!isTaken(id)) return id;
  }
};

/** What is asked of a task by its id, by whoever has no handle of it. */
export class TaskCommands {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws DisjointError `E_TASK_UNKNOWN`, `E_TASK_FINISHED`. */
  async cancel(taskId: TaskId, reason: string): Promise<void> {
    const {runtime, clock} = this.#parts;
    await runtime.settled();
    this.#assertOpen(taskId);
    runtime.send({type: 'cancel-task', at: clock.now(), taskId, reason});
    await runtime.settled();
    // It may have ended by itself before that was decided.
    const state = runtime.state.tasks.get(taskId)?.state;
    if (state?.name !== 'cancelled') this.#assertOpen(taskId);
  }

  /**
   * @returns the id of the task that is tried now: another one, unless it was in back-off.
   * @throws DisjointError `E_TASK_UNKNOWN`, `E_TASK_NOT_RETRIABLE`, `E_RETRY_DEPENDENCY`, `E_NOT_ACCEPTING`.
   */
  async retry(taskId: TaskId, run: TaskFunction | undefined): Promise<TaskId> {
    const {runtime, clock, settlements} = this.#parts;
    await runtime.settled();
    const record = runtime.state.tasks.get(taskId);
    if (record === undefined) throw unknownTask(runtime.state, taskId);
    const isTaken = (id: TaskId): boolean => runtime.state.tasks.has(id) || settlements.isPending(id);
    const as = idOfRetry(runtime.state, taskId, isTaken);
    const settlement = new Settlement();
    const submission = settlements.handIn([{id: as, settlement, run}]);
    runtime.send({type: 'retry-task', at: clock.now(), taskId, as, submission});
    if (isFinal(record.state) || record.state.name !== 'retrying') {
      await settlement.accepted;
      return as;
    }
    await runtime.settled();
    // Nobody will answer for a task that was not needed; if its back-off had just passed, it is tried as well.
    settlements.withdraw(submission);
    return taskId;
  }

  #assertOpen(taskId: TaskId): void {
    const {state} = this.#parts.runtime;
    const record = state.tasks.get(taskId);
    if (record === undefined) throw unknownTask(state, taskId);
    if (isFinal(record.state))
      throw errorForRefusal({code: 'E_TASK_FINISHED', taskId, state: record.state.name});
  }
}
