import type {Observable} from 'rxjs';
import {checkSubmission} from '../core/accept.ts';
import type {Looks} from '../core/claim/look.ts';
import type {DisjointEvent} from '../core/events.ts';
import {type PlanProgress, planned, type SimulatedPlan} from '../core/plan/plan.ts';
import {looksFor} from '../core/reclaim.ts';
import {isMaxParallel, MAX_PARALLEL_LIMIT} from '../core/settings.ts';
import {type CoordinatorState, isIdle} from '../core/state.ts';
import {type RunSummary, summarize} from '../core/summary.ts';
import type {TaskId, TaskRequest, TaskSpec} from '../core/task.ts';
import {type Status, viewStatus} from '../core/view.ts';
import {type Explanation, why} from '../core/why.ts';
import type {Clock, Timer} from '../ports/clock.ts';
import type {Ids} from '../ports/ids.ts';
import type {PathResolver} from '../ports/path-resolver.ts';
import {type BoundedIterable, boundedIterable} from '../runtime/bounded-iterable.ts';
import type {Runtime} from '../runtime/runtime.ts';
import type {OutputLine} from '../runtime/streams.ts';
import {assertOptions, BUFFER, REASON, SHUTDOWN_OPTIONS} from './check-options.ts';
import {checkTasks} from './check-tasks.ts';
import {countingIds} from './counting-ids.ts';
import {type DisjointError, errorForRefusal, OrchestratorFailedError} from './errors.ts';
import {inTurns} from './in-turns.ts';
import {unknownShutdownOption, unknownTaskOption} from './known-options.ts';
import {nameTasks} from './name-tasks.ts';
import type {ShutdownOptions, TaskOptions} from './options.ts';
import type {Settlements} from './settlements.ts';
import {TaskCommands} from './task-commands.ts';
import {Settlement, type TaskHandle} from './task-handle.ts';
import {TaskHandles} from './task-handles.ts';
import {assertTaskObjects, requestOf} from './task-request.ts';

/** What the orchestrator needs from its maker. @internal */
export interface OrchestratorParts {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly settlements: Settlements;
  readonly resolver: PathResolver | null;
  /** What was decided before anybody could subscribe, and is stored. */
  readonly continued: readonly DisjointEvent[];
}

const SETTLE_MS = 10_000;
const EVENTS_BUFFERED_MAX = 1_000;

/**
 * Runs tasks in parallel so that no two that share an agent or could write a common file ever run together.
 *
 * Make one with `createOrchestrator`. Readers see committed decisions only.
 */
export class Orchestrator {
  readonly #parts: OrchestratorParts;
  readonly #handles: TaskHandles;
  readonly #commands: TaskCommands;
  readonly #idleWaiters: (() => void)[] = [];
  readonly #stopped: Promise<void>;
  #tellStopped: () => void = () => {};
  #failure: OrchestratorFailedError | null = null;
  #closing: Promise<void> | null = null;

  /** @internal */
  constructor(parts: OrchestratorParts) {
    this.#parts = parts;
    this.#handles = new TaskHandles(parts);
    this.#commands = new TaskCommands(parts);
    this.#stopped = new Promise((resolve) => {
      this.#tellStopped = resolve;
    });
  }

  /** Every committed event once, in order, from now on. Does not replay. */
  get events$(): Observable<DisjointEvent> {
    return this.#parts.runtime.streams.events$;
  }

  /** The current status at once, then one after each commit. */
  get status$(): Observable<Status> {
    return this.#parts.runtime.streams.status$;
  }

  /** What all tasks print, from now on. */
  get output$(): Observable<OutputLine> {
    return this.#parts.runtime.streams.output$;
  }

  /**
   * The events for `for await`. A reader that falls behind by more than `bufferMax` loses the oldest, counted.
   *
   * @throws DisjointError `E_OPTION` unless `bufferMax` is an integer of 1 or more.
   */
  events(bufferMax: number = EVENTS_BUFFERED_MAX): BoundedIterable<DisjointEvent> {
    assertOptions({bufferMax}, BUFFER);
    return boundedIterable(this.events$, bufferMax);
  }

  /** Hands in one task. Returns at once; `accepted` and `result` tell the rest. */
  submit(task: TaskOptions): TaskHandle {
    const [handle] = this.submitMany([task]);
    if (handle === undefined) throw new Error('Internal error: one task gave no handle');
    return handle;
  }

  /**
   * Hands in several tasks, which may depend on each other: all are accepted, or none is. Handles in order.
   *
   * @throws TypeError if `tasks` is no list of objects; everything else is told through `accepted`.
   */
  submitMany(tasks: readonly TaskOptions[]): readonly TaskHandle[] {
    const {runtime, clock, ids, settlements} = this.#parts;
    assertTaskObjects(tasks);
    const isTaken = (id: TaskId): boolean => this.#state.tasks.has(id) || settlements.isPending(id);
    const names = nameTasks(tasks, ids, isTaken);
    const named = tasks.map((task, i) => ({task, id: names[i] ?? '', settlement: new Settlement()}));
    const handles = named.map(({id, settlement}) => this.#handles.make(id, settlement));
    const refusal = this.#failure ?? this.#refusalWhenStopped() ?? unknownTaskOption(tasks);
    if (refusal !== null) {
      for (const {settlement} of named) settlement.fail(refusal);
      return handles;
    }
    if (named.length === 0) return handles;
    const requests = named.map(({task, id}) =>
      requestOf(task, id, (handle) => this.#handles.isForeign(handle)),
    );
    const submission = settlements.handIn(
      named.map(({task, id, settlement}) => ({id, settlement, run: task.run})),
    );
    const looks = this.#looksFor(requests);
    runtime.send({
      type: 'submit-tasks',
      at: clock.now(),
      submission,
      tasks: requests,
      ...(looks !== null && {looks}),
    });
    return handles;
  }

  /** A picture of this moment. */
  status(): Status {
    return viewStatus(this.#state);
  }

  /**
   * Why a task is where it is, when it will start and what would let it start now; `null` if there is none with this
   * id. Looks at each queued task before it: meant for one task that somebody asks about.
   */
  why(taskId: TaskId): Explanation | null {
    return why(this.#state, taskId, this.#parts.clock.now());
  }

  /**
   * What these tasks would come to if nothing else ran: when each would start and end, how long all of it takes, and
   * what would make it shorter. Under the settings and the limit of now, with every attempt taking its `estimateMs` and
   * succeeding. Runs nothing, submits nothing and does not see what runs; `tell` is told how far it is.
   *
   * @throws DisjointError why they would not be accepted. TypeError if `tasks` is no list of objects.
   */
  async plan(
    tasks: readonly TaskOptions[],
    tell: (progress: PlanProgress) => void = () => {},
  ): Promise<SimulatedPlan> {
    assertTaskObjects(tasks);
    const unknown = unknownTaskOption(tasks);
    if (unknown !== null) throw unknown;
    const {settings, maxParallel} = this.#state;
    const specs = checkTasks(tasks, settings, this.#parts.resolver, (handle) =>
      this.#handles.isForeign(handle),
    );
    return inTurns(planned(specs, settings, maxParallel), tell);
  }

  /**
   * Takes a task back, as the `cancel` of its handle does. Resolves when that is stored; one that runs ends when it is dead.
   *
   * @throws DisjointError `E_TASK_UNKNOWN`, or `E_TASK_FINISHED` if it has ended.
   */
  async cancel(taskId: TaskId, reason = 'cancelled by the caller'): Promise<void> {
    assertOptions({reason}, REASON);
    await this.#commands.cancel(taskId, reason);
  }

  /**
   * Tries a task now that waits for its next attempt. One that failed, was cancelled or skipped is handed in again, as
   * another task with the same request.
   *
   * @returns the id of the task that is tried. Resolves when that is stored.
   * @throws DisjointError `E_TASK_UNKNOWN`, `E_TASK_NOT_RETRIABLE`, `E_RETRY_DEPENDENCY` if a dependency has to be retried
   * first, or `E_NOT_ACCEPTING`.
   */
  async retry(taskId: TaskId): Promise<TaskId> {
    if (this.#failure !== null) throw this.#failure;
    return this.#commands.retry(taskId, this.#parts.settlements.functionOf(taskId));
  }

  /** What came of all tasks so far. */
  summary(): RunSummary {
    return summarize(this.#state, this.#parts.clock.now());
  }

  /** Starts nothing new until `resume`. What runs goes on. Resolves when that is stored. */
  async pause(reason = 'paused by the caller'): Promise<void> {
    assertOptions({reason}, REASON);
    this.#parts.runtime.send({type: 'pause', at: this.#parts.clock.now(), reason});
    await this.#parts.runtime.settled();
  }

  async resume(): Promise<void> {
    this.#parts.runtime.send({type: 'resume', at: this.#parts.clock.now()});
    await this.#parts.runtime.settled();
  }

  /**
   * Changes how many tasks may run at once. A lower limit stops nothing that runs.
   *
   * @throws DisjointError `E_LIMIT_RANGE` unless it is an integer from 1 to 256.
   */
  async setMaxParallel(maxParallel: number): Promise<void> {
    if (!isMaxParallel(maxParallel)) {
      throw errorForRefusal({code: 'E_LIMIT_RANGE', allowed: `1..${MAX_PARALLEL_LIMIT}, integer`});
    }
    this.#parts.runtime.send({type: 'set-max-parallel', at: this.#parts.clock.now(), maxParallel});
    await this.#parts.runtime.settled();
  }

  /**
   * Resolves when every accepted task has ended; also when those left can only wait for something that could not
   * be stopped (see `status()`), and when the orchestrator has stopped.
   */
  async idle(): Promise<void> {
    await this.#parts.runtime.settled();
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /**
   * Ends the orchestrator. Resolves when nothing runs, everything is told and the store is closed. May be called
   * again with a harder mode while an earlier call is still waiting.
   *
   * @throws DisjointError `E_OPTION` if an option is wrong; nothing is ended then.
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    assertOptions(options, SHUTDOWN_OPTIONS);
    const unknown = unknownShutdownOption(options);
    if (unknown !== null) throw unknown;
    const {mode = 'drain', graceMs, reason = 'shut down'} = options;
    const {runtime, clock} = this.#parts;
    const send = (running: 'finish' | 'stop' | 'kill'): void =>
      runtime.send({
        type: 'shutdown',
        at: clock.now(),
        queued: mode === 'drain' ? 'keep' : 'cancel',
        running,
        reason,
      });
    let kill: Timer | null = null;
    if (this.#closing === null) {
      send(mode !== 'now' ? 'finish' : graceMs === 0 ? 'kill' : 'stop');
      if (graceMs !== undefined && graceMs > 0) kill = clock.setTimer(() => send('kill'), graceMs);
    }
    await this.#stopped;
    kill?.cancel();
    this.#closing ??= this.#close();
    await this.#closing;
  }

  /** Lets tasks start. Resolves when that is stored. @internal */
  async begin(): Promise<void> {
    this.#parts.runtime.streams.tell(this.#parts.continued);
    this.#parts.runtime.begin();
    await this.#parts.runtime.settled();
  }

  /** Why it had to stop; `null` if it did not. @internal */
  get failure(): OrchestratorFailedError | null {
    return this.#failure;
  }

  /** Told of each committed event before the streams are. @internal */
  onEvent(event: DisjointEvent): void {
    const {settlements} = this.#parts;
    settlements.onEvent(event);
    if (event.type !== 'mode.changed' || event.to !== 'stopped') return;
    // What was handed in after the coordinator had stopped, but before that was stored, nobody looked at.
    settlements.refusePending(errorForRefusal({code: 'E_NOT_ACCEPTING', mode: 'stopped'}));
    this.#tellStopped();
  }

  /** Told after the streams. @internal */
  onCommitted(): void {
    if (!this.#isIdle()) return;
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** Nothing can be stored or decided any more. @internal */
  onFailure(cause: unknown): void {
    this.#failure = new OrchestratorFailedError(cause);
    this.#parts.settlements.failAll(this.#failure);
    this.#tellStopped();
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** All that is known after the last commit. @internal */
  get state(): CoordinatorState {
    return this.#state;
  }

  /** At least how long (ms) this process stood still, each time that it did. @internal */
  get gaps$(): Observable<number> {
    return this.#parts.runtime.streams.gaps$;
  }

  /** Stops at once, as if nothing could be stored any more. @internal */
  fail(error: unknown): void {
    this.#parts.runtime.fail(error);
  }

  /** Resolves when nothing runs and nothing will. @internal */
  get stopped(): Promise<void> {
    return this.#stopped;
  }

  /** Resolves when everything decided so far is stored. @internal */
  settled(): Promise<void> {
    return this.#parts.runtime.settled();
  }

  /**
   * A task as it would be taken now, whatever its id. @internal
   *
   * @throws DisjointError why it would be refused.
   */
  specOf(task: TaskOptions): TaskSpec {
    const {id: _, key: __, ...content} = task;
    const [id = ''] = nameTasks([content], countingIds(), (taken) => this.#state.tasks.has(taken));
    const requests = [requestOf(content, id, (handle) => this.#handles.isForeign(handle))];
    const looks = this.#looksFor(requests);
    const checked = checkSubmission(
      this.#state,
      requests,
      looks === null ? undefined : (path) => looks.get(path),
    );
    if (!checked.ok) throw errorForRefusal(checked.failure);
    const [spec] = checked.value;
    if (spec === undefined) throw new Error('Internal error: one task gave no spec');
    return spec;
  }

  get #state(): CoordinatorState {
    return this.#parts.runtime.state;
  }

  #isIdle(): boolean {
    return this.#failure !== null || isIdle(this.#state);
  }

  #refusalWhenStopped(): DisjointError | null {
    const {mode} = this.#state;
    return mode === 'stopped' || this.#closing !== null
      ? errorForRefusal({code: 'E_NOT_ACCEPTING', mode: 'stopped'})
      : null;
  }

  /** What is to be seen on the disk of what these tasks claim. */
  #looksFor(requests: readonly TaskRequest[]): Looks | null {
    const {resolver} = this.#parts;
    return resolver === null ? null : looksFor(requests, this.#state.settings, resolver.look());
  }

  async #close(): Promise<void> {
    const {runtime, clock} = this.#parts;
    if (this.#failure !== null) {
      // Everything is being killed; what cannot be, is given up.
      let timer: Timer | null = null;
      const late = new Promise<void>((resolve) => {
        timer = clock.setTimer(resolve, SETTLE_MS);
      });
      await Promise.race([runtime.attemptsEnded(), late]);
      (timer as Timer | null)?.cancel();
    }
    await runtime.close();
  }
}
