import type {Observable} from 'rxjs';
import type {DisjointEvent} from '../core/events.ts';
import type {AttemptExit} from '../core/failures.ts';
import type {TaskId} from '../core/task.ts';
import type {OutputLine} from '../runtime/streams.ts';
import type {DisjointError} from './errors.ts';

/** What the result of a process task resolves to. A function's result is what it returned. */
export interface ProcessResult {
  readonly exitCode: 0;
  readonly durationMs: number;
  /** Where all output is. */
  readonly logPath: string;
  /** The last lines of output. */
  readonly tail: readonly string[];
  /** The last words of a known agent CLI; `null` for plain commands. */
  readonly text: string | null;
  /** The claimed files that changed; `null` if it cannot be told. Empty: it exited well but did nothing. */
  readonly changed: readonly string[] | null;
}

/** A submitted task, in the hands of its submitter. */
export interface TaskHandle<T = unknown> {
  readonly id: TaskId;
  /**
   * Resolves once the task is stored: from then on it ends exactly once.
   *
   * @throws DisjointError `E_...` why it was refused: a `ClaimError`, `OwnershipViolationError`,
   *   `DependencyCycleError` or plain `DisjointError`.
   */
  readonly accepted: Promise<void>;
  /**
   * What the task came to. Leaving it alone is safe: a rejection nobody waits for does not end the process.
   *
   * @throws TaskFailedError, TaskCancelledError, TaskSkippedError, or what `accepted` rejected with.
   */
  readonly result: Promise<T>;
  /** The events of this task, from now on. */
  readonly events$: Observable<DisjointEvent>;
  /** What it prints, from now on. */
  readonly output$: Observable<OutputLine>;
  /**
   * Changes its priority: where it stands in the order until it starts, and before a further attempt.
   *
   * @throws DisjointError `E_NUMBER_RANGE` unless it is an integer from -1,000 to 1,000, `E_TASK_FINISHED` if the task has ended.
   */
  setPriority(priority: number): Promise<void>;
  /**
   * Takes the task back: at once if it has not started; else it is told to stop, and ends when it is dead.
   *
   * @returns true if it is cancelled, or being stopped for that, which always ends so; false if it had ended already.
   */
  cancel(reason?: string): Promise<boolean>;
}

/** The value a successful attempt gives to whoever waits for the task. */
export const resultOf = (exit: AttemptExit): unknown => {
  const {how, durationMs, logPath, tail, changed} = exit;
  if (how.kind === 'returned') return how.value;
  const text = how.kind === 'exited' && how.result.kind === 'success' ? how.result.text : null;
  return {exitCode: 0, durationMs, logPath: logPath ?? '', tail, text, changed} satisfies ProcessResult;
};

/** The two promises of a handle, from the side that settles them. */
export class Settlement {
  readonly accepted: Promise<void>;
  readonly result: Promise<unknown>;
  #accept: () => void = () => {};
  #refuse: (error: DisjointError) => void = () => {};
  #succeed: (value: unknown) => void = () => {};
  #fail: (error: DisjointError) => void = () => {};

  constructor() {
    this.accepted = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#refuse = reject;
    });
    this.result = new Promise((resolve, reject) => {
      this.#succeed = resolve;
      this.#fail = reject;
    });
    // Whoever does not look at a handle must not be ended by it: failures are in the events and in the status.
    this.accepted.catch(() => {});
    this.result.catch(() => {});
  }

  accept(): void {
    this.#accept();
  }

  succeed(value: unknown): void {
    this.#succeed(value);
  }

  /** The task was refused, or has ended without success. */
  fail(error: DisjointError): void {
    this.#refuse(error);
    this.#fail(error);
  }
}
