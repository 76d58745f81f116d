import type {AttemptExit, ExitReason} from '../core/failures.ts';
import type {TaskId} from '../core/task.ts';
import type {Clock} from '../ports/clock.ts';
import type {AttemptObserver, AttemptRequest, Executor, RunningAttempt} from '../ports/executor.ts';

/** How many of the last lines of output are kept for the result. */
const TAIL_LINES = 20;

/** What a task's function is given. */
export interface TaskContext {
  readonly taskId: TaskId;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the task is to stop: cancelled, timed out, or shut down. */
  readonly signal: AbortSignal;
  /** Adds a line to the task's output. */
  readonly log: (line: string) => void;
  /** Says how far it is. Notes that come faster than ten a second are thinned out. */
  readonly progress: (note: string) => void;
}

export type TaskFunction = (context: TaskContext) => unknown;

/** Finds the function of a task; the core knows tasks as data only. */
export type FunctionSource = (taskId: TaskId) => TaskFunction | undefined;

/** What was thrown, in words. Anything can be thrown, also what throws itself when it is looked at. */
const messageOf = (error: unknown): string => {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'a value that cannot be shown';
  }
};

/**
 * Runs functions of this program. A function cannot be killed, only asked: one that goes on holds its agent and
 * its files until it settles.
 */
export class FunctionExecutor implements Executor {
  readonly #functionOf: FunctionSource;
  readonly #clock: Clock;

  constructor(functionOf: FunctionSource, clock: Clock) {
    this.#functionOf = functionOf;
    this.#clock = clock;
  }

  start({spec, attempt}: AttemptRequest, observer: AttemptObserver): RunningAttempt {
    const startedAt = this.#clock.now();
    const abort = new AbortController();
    const tail: string[] = [];
    /** Nobody is told anything from here on. */
    let ended = false;

    const end = (how: ExitReason): void => {
      if (ended) return;
      ended = true;
      const exit: AttemptExit = {
        how,
        durationMs: this.#clock.now() - startedAt,
        logPath: null,
        tail,
        changed: null,
      };
      observer.dead(exit);
    };
    const context: TaskContext = {
      taskId: spec.id,
      attempt,
      signal: abort.signal,
      log: (line) => {
        if (ended) return;
        tail.push(line);
        if (tail.length > TAIL_LINES) tail.shift();
        observer.output('log', line);
      },
      progress: (note) => {
        if (!ended) observer.progressed(note);
      },
    };
    const run = async (): Promise<void> => {
      let how: ExitReason;
      try {
        const work = this.#functionOf(spec.id);
        if (work === undefined) {
          end({kind: 'not-started', message: 'its function is not known here', hint: 'submit it with "run"'});
          return;
        }
        observer.started(null);
        how = {kind: 'returned', value: await work(context)};
      } catch (error) {
        how = {kind: 'threw', message: messageOf(error), error};
      }
      end(how);
    };
    void run();

    const ask = (): void => abort.abort();
    const abandon = (): void => {
      ended = true;
    };
    return {ask, terminate: ask, kill: ask, abandon};
  }

  close(): void {}
}
