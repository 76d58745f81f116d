import path from 'node:path';
import {type ExpectedEnd, expectedEnd} from '../core/expected-end.ts';
import type {Mode} from '../core/mode.ts';
import {differences} from '../core/same-task.ts';
import type {RunSummary} from '../core/summary.ts';
import type {TaskId} from '../core/task.ts';
import type {Status} from '../core/view.ts';
import type {Explanation} from '../core/why.ts';
import type {Store} from '../ports/store.ts';
import type {AttemptHistory} from './attempt-history.ts';
import {DisjointError} from './errors.ts';
import {EventLog} from './event-log.ts';
import type {Orchestrator} from './orchestrator.ts';
import type {Project} from './project.ts';
import type {SubmittedTask} from './submission.ts';
import {unknownTask} from './task-commands.ts';
import {type TaskDetails, taskDetails} from './task-details.ts';

/** Which command it is that runs. */
export type RunCommand = 'run' | 'delegate' | 'serve' | 'demo';

/** What a run is, for whoever looks at it from another terminal. */
export interface RunInfo {
  readonly pid: number;
  readonly command: RunCommand;
  /** Absolute path of the project. */
  readonly root: string;
  /** The name of its folder of logs. */
  readonly runId: string;
  /** Wall time (ms). */
  readonly startedAt: number;
  readonly mode: Mode;
  /** The clock of events, now (ms). */
  readonly now: number;
  /** The number of the last event. */
  readonly lastSeq: number;
  /** When all that was accepted will have ended; `null` if that cannot be said. */
  readonly expectedEnd: ExpectedEnd | null;
  /** What came of all tasks so far. */
  readonly summary: RunSummary;
}

export interface SteeredRunOptions {
  readonly orchestrator: Orchestrator;
  readonly project: Project;
  readonly store: Store;
  readonly history: AttemptHistory;
  readonly command: RunCommand;
  readonly runId: string;
  /** Wall time (ms). */
  readonly startedAt: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The clock of events (ms). */
  readonly now: () => number;
}

/** A task that was handed in. */
export interface Submitted {
  readonly id: TaskId;
  /** False: it was there before, with the same key. */
  readonly isNew: boolean;
}

/** So old (ms) what is said of the end may be: while nothing happens, and once something has. */
const UNCHANGED_MS = 5_000;
const CHANGED_MS = 1_000;
/** So often somebody else may hand in a task with the same key meanwhile. */
const TRIES = 3;

/**
 * A run as other terminals see and steer it. Whatever is asked of it is answered once that is stored.
 *
 * What it says may hold secrets: `redact` is for whoever hands it on.
 */
export class SteeredRun {
  readonly events: EventLog;
  /** Replaces the secrets in a text. */
  readonly redact: (text: string) => string;
  readonly #options: SteeredRunOptions;
  #expected: {readonly at: number; readonly seq: number; readonly end: ExpectedEnd | null} | null = null;

  constructor(options: SteeredRunOptions) {
    this.#options = options;
    const {orchestrator, store, history, project, environment} = options;
    this.redact = project.redaction(environment);
    this.events = new EventLog(store, orchestrator.events$, orchestrator.state.seq);
    orchestrator.events$.subscribe((event) => history.apply(event));
  }

  info(): RunInfo {
    const {orchestrator, project, command, runId, startedAt, now} = this.#options;
    const {state} = orchestrator;
    return {
      pid: process.pid,
      command,
      root: project.root,
      runId,
      startedAt,
      mode: state.mode,
      now: now(),
      lastSeq: this.events.lastSeq,
      expectedEnd: this.#expectedEnd(),
      summary: orchestrator.summary(),
    };
  }

  /** Simulates all that is left, so that it is worked out once in a while, however many ask. */
  #expectedEnd(): ExpectedEnd | null {
    const {orchestrator, now} = this.#options;
    const {state} = orchestrator;
    const known = this.#expected;
    const ageMs = known === null ? Number.POSITIVE_INFINITY : now() - known.at;
    if (known !== null && ageMs < (known.seq === state.seq ? UNCHANGED_MS : CHANGED_MS)) return known.end;
    const end = expectedEnd(state, now());
    this.#expected = {at: now(), seq: state.seq, end};
    return end;
  }

  status(): Status {
    return this.#options.orchestrator.status();
  }

  /** @throws DisjointError `E_TASK_UNKNOWN`. */
  task(taskId: TaskId): TaskDetails {
    const {orchestrator, history} = this.#options;
    const details = taskDetails(orchestrator.state, history, taskId);
    if (details === null) throw unknownTask(orchestrator.state, taskId);
    return details;
  }

  /** @throws DisjointError `E_TASK_UNKNOWN`. */
  why(taskId: TaskId): Explanation {
    const {orchestrator} = this.#options;
    const explanation = orchestrator.why(taskId);
    if (explanation === null) throw unknownTask(orchestrator.state, taskId);
    return explanation;
  }

  /**
   * Hands in tasks: all are accepted, or none is. One whose key a task of this run has is that task, and nothing is handed in
   * for it.
   *
   * @returns what became of each, in order, once that is stored.
   * @throws DisjointError why they were refused; `E_TASK_KEY` if a key is that of a task that says something else.
   */
  async submit(tasks: readonly SubmittedTask[]): Promise<readonly Submitted[]> {
    const {orchestrator, project, environment} = this.#options;
    await project.checkPrograms(tasks, environment);
    for (let tries = 1; ; tries++) {
      await orchestrator.settled();
      const known = tasks.map((task) => this.#known(task));
      const handles = orchestrator.submitMany(tasks.filter((_, i) => known[i] === null));
      try {
        await Promise.all(handles.map(({accepted}) => accepted));
        const ids = handles.map(({id}) => id);
        return known.map((id) => (id === null ? {id: ids.shift() ?? '', isNew: true} : {id, isNew: false}));
      } catch (error) {
        // Somebody handed in a task with the same key meanwhile, which is known now.
        const isKnownNow = error instanceof DisjointError && error.code === 'E_TASK_KEY' && tries < TRIES;
        if (!isKnownNow) throw error;
      }
    }
  }

  /** The task of this run that has the key of this one; `null` if none has. */
  #known(task: SubmittedTask): TaskId | null {
    const {orchestrator, project, environment} = this.#options;
    const {state} = orchestrator;
    const id = task.key === undefined ? undefined : state.keys.get(task.key);
    const record = id === undefined ? undefined : state.tasks.get(id);
    if (record === undefined) return null;
    // Of a run that goes on after it was cut short, what only looked like a secret is gone.
    const plain = project.withoutSecretsIn(environment);
    const fields = differences(plain(orchestrator.specOf(task)), plain(record.spec));
    if (fields.length === 0) return record.spec.id;
    throw new DisjointError(
      'E_TASK_KEY',
      `the key "${task.key ?? ''}" is that of task ${record.spec.id}, which is another one: another ${fields.join(', ')}`,
      'give another task another key',
      {field: 'key'},
    );
  }

  /** @throws DisjointError `E_TASK_UNKNOWN`, `E_TASK_FINISHED`. */
  cancel(taskId: TaskId, reason: string): Promise<void> {
    return this.#options.orchestrator.cancel(taskId, reason);
  }

  /** @returns the id of the task that is tried. @throws DisjointError why it cannot be. */
  retry(taskId: TaskId): Promise<TaskId> {
    return this.#options.orchestrator.retry(taskId);
  }

  /** @throws DisjointError `E_NOT_NOW` if the run is ending. */
  async pause(reason: string): Promise<void> {
    this.#assertGoesOn('paused');
    await this.#options.orchestrator.pause(reason);
  }

  /** @throws DisjointError `E_NOT_NOW` if the run is ending. */
  async resume(): Promise<void> {
    this.#assertGoesOn('resumed');
    await this.#options.orchestrator.resume();
  }

  /** @throws DisjointError `E_LIMIT_RANGE`. */
  setMaxParallel(maxParallel: number): Promise<void> {
    return this.#options.orchestrator.setMaxParallel(maxParallel);
  }

  /**
   * Ends the run: what has not started is cancelled, and what runs is finished, or stopped `now`. Returns how many run; the
   * run ends when none does.
   */
  stop(now: boolean): number {
    const {orchestrator} = this.#options;
    const running = orchestrator.state.lockTable.running;
    // Whoever runs the tasks waits for the end and sees every error; this only sets it going.
    void orchestrator.shutdown({
      mode: now ? 'now' : 'cancel-queued',
      reason: now ? 'stopped by "disjoint stop --now"' : 'stopped by "disjoint stop"',
    });
    return running;
  }

  #assertGoesOn(what: string): void {
    const {mode} = this.#options.orchestrator.state;
    if (mode === 'running' || mode === 'paused') return;
    throw new DisjointError('E_NOT_NOW', `the run is ${mode} and cannot be ${what}`, 'see "disjoint status"');
  }
}

/** The folder for logs of a project. */
export const stateDirOf = (root: string): string => path.join(root, '.disjoint');
