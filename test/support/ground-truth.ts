import type {DisjointEvent} from '../../src/index.ts';
import type {ScriptedAttempt} from '../../src/testing/index.ts';
import {commonFile} from './known-claims.ts';
import {type Contender, Overtakes, type OvertakesOptions} from './overtakes.ts';

/** A task as the test made it, with the files that its claims mean. */
export interface PlayedTask extends Contender {
  readonly dependsOn: readonly string[];
  readonly attemptsMax: number;
}

export interface GroundTruthOptions extends OvertakesOptions {
  readonly tasks: ReadonlyMap<string, PlayedTask>;
  readonly limitAtStart: number;
  readonly instancesOf: (agentType: string) => number;
}

/**
 * What really runs, from start to death, and every rule that was broken. It believes nothing that the orchestrator
 * says of itself: of the events it takes only what was stored, and only to know which agent and which limit a start
 * had.
 */
export class GroundTruth {
  readonly broken: string[] = [];
  /** What was stored, in the order of storing. */
  readonly stored: DisjointEvent[] = [];
  readonly #alive = new Set<ScriptedAttempt>();
  readonly #succeeded = new Set<string>();
  readonly #attempts = new Map<string, number>();
  readonly overtakes: Overtakes;
  readonly #options: GroundTruthOptions;

  constructor(options: GroundTruthOptions) {
    this.#options = options;
    this.overtakes = new Overtakes(options);
  }

  get alive(): readonly ScriptedAttempt[] {
    return [...this.#alive];
  }

  isAlive(fence: number): boolean {
    return this.alive.some(({request}) => request.fence === fence);
  }

  /** An attempt really starts: looks at everything that runs beside it. */
  started(attempt: ScriptedAttempt): void {
    const {fence, spec, agentType} = attempt.request;
    const task = this.#options.tasks.get(spec.id);
    const dispatched = this.stored.find(
      (event) => event.type === 'attempt.dispatched' && event.fence === fence,
    );
    if (task === undefined || dispatched?.type !== 'attempt.dispatched') {
      this.broken.push(`attempt ${fence} of ${spec.id} started, and that was not stored`);
      return;
    }
    for (const other of this.#alive) this.#compare(task, dispatched.agentId, other);
    const ofType = this.alive.filter(({request}) => request.agentType.name === agentType.name).length + 1;
    if (ofType > this.#options.instancesOf(agentType.name))
      this.broken.push(`${ofType} agents of ${agentType.name} work`);

    const running = this.alive.filter((other) => !this.#isQuarantined(other.request.fence)).length + 1;
    const limit = this.#limitSince(dispatched.seq);
    if (running > limit) this.broken.push(`${running} attempts run, the limit is ${limit}`);

    const early = task.dependsOn.find((dependency) => !this.#succeeded.has(dependency));
    if (early !== undefined) this.broken.push(`${task.id} started before ${early} had succeeded`);

    // Some never start: they were told to stop first, or their agent failed.
    const before = this.#attempts.get(task.id) ?? 0;
    const number = attempt.request.attempt;
    this.#attempts.set(task.id, number);
    if (number <= before || number > task.attemptsMax) {
      this.broken.push(
        `attempt ${number} of ${task.id} came after attempt ${before}, of ${task.attemptsMax}`,
      );
    }
    this.broken.push(...this.overtakes.started(task, dispatched.seq, this.stored));
    this.#alive.add(attempt);
  }

  /** Nothing of an attempt is alive any more. */
  ended(attempt: ScriptedAttempt, well: boolean): void {
    this.#alive.delete(attempt);
    if (well) this.#succeeded.add(attempt.taskId);
  }

  /** A reader was told of an event. */
  told(event: DisjointEvent): void {
    if (!this.stored.includes(event)) this.broken.push(`event ${event.seq} was told before it was stored`);
    if (event.type === 'attempt.exited' && this.isAlive(event.fence)) {
      this.broken.push(`attempt ${event.fence} of ${event.taskId} is told to have ended, and lives`);
    }
  }

  /** Nothing is on its way any more: exactly the agents whose processes live are held. */
  quiet(runningAgents: readonly string[]): void {
    const working = this.alive.map(({request}) => this.#agentOf(request.fence) ?? 'nobody');
    const [held, real] = [runningAgents.toSorted().join(), working.toSorted().join()];
    if (held !== real) this.broken.push(`the agents ${held} are held, and ${real} work`);
  }

  /** Looks at the whole, after the end. */
  concluded(): void {
    for (const {request} of this.#alive) {
      if (this.#isQuarantined(request.fence)) continue;
      this.broken.push(`attempt ${request.fence} of ${request.spec.id} was left alive`);
    }
    for (const [i, event] of this.stored.entries()) {
      if (event.seq !== i + 1) this.broken.push(`event ${i + 1} has the number ${event.seq}`);
    }
    this.#lookAtModes();
    this.#lookAtEnds();
    this.#lookAtCancels();
  }

  #compare(task: PlayedTask, agentId: string, other: ScriptedAttempt): void {
    const theirs = this.#options.tasks.get(other.taskId);
    if (this.#agentOf(other.request.fence) === agentId) {
      this.broken.push(`${task.id} and ${other.taskId} run on ${agentId}`);
    }
    if (theirs === undefined) return;
    const file =
      commonFile(task.writes, theirs.writes) ??
      commonFile(task.writes, theirs.reads) ??
      commonFile(task.reads, theirs.writes);
    if (file !== undefined) this.broken.push(`${task.id} and ${other.taskId} run on ${file}`);
  }

  #agentOf(fence: number): string | undefined {
    for (const event of this.stored) {
      if (event.type === 'attempt.dispatched' && event.fence === fence) return event.agentId;
    }
    return undefined;
  }

  #isQuarantined(fence: number): boolean {
    return this.stored.some((event) => event.type === 'attempt.quarantined' && event.fence === fence);
  }

  /** The highest limit in force from an event on: a start is performed some time after it was decided. */
  #limitSince(seq: number): number {
    let current = this.#options.limitAtStart;
    let highest = 0;
    for (const event of this.stored) {
      if (event.type === 'limit.changed') current = event.to;
      highest = event.seq < seq ? current : Math.max(highest, current);
    }
    return highest;
  }

  #lookAtModes(): void {
    let mode = 'starting';
    for (const event of this.stored) {
      if (event.type === 'mode.changed') mode = event.to;
      if (event.type === 'attempt.dispatched' && mode !== 'running') {
        this.broken.push(`attempt ${event.fence} was dispatched while ${mode}`);
      }
    }
  }

  /** Every accepted task ends exactly once. */
  #lookAtEnds(): void {
    const ends = new Map<string, number>();
    for (const event of this.stored) {
      if (event.type === 'task.submitted') ends.set(event.taskId, 0);
      if (isEnd(event)) ends.set(event.taskId, (ends.get(event.taskId) ?? 0) + 1);
    }
    for (const [taskId, count] of ends) {
      if (count !== 1) this.broken.push(`${taskId} ended ${count} times`);
    }
  }

  /** Nothing takes a cancel back: a task that was told to stop for good starts no more, and ends cancelled. */
  #lookAtCancels(): void {
    const cancelled = new Set<string>();
    for (const event of this.stored) {
      if (event.type === 'attempt.stopping') {
        if (event.cause.kind === 'cancelled' || event.cause.kind === 'shutdown') cancelled.add(event.taskId);
        continue;
      }
      const goesOn = event.type === 'attempt.dispatched' || event.type === 'task.retrying' || isEnd(event);
      if (!goesOn || event.type === 'task.cancelled' || !cancelled.has(event.taskId)) continue;
      this.broken.push(`${event.taskId} was cancelled, and then came ${event.type}`);
    }
  }
}

type End = Extract<
  DisjointEvent,
  {type: 'task.succeeded' | 'task.failed' | 'task.cancelled' | 'task.skipped'}
>;

/** Whether an event is the end of a task. */
export const isEnd = (event: DisjointEvent): event is End =>
  event.type === 'task.succeeded' ||
  event.type === 'task.failed' ||
  event.type === 'task.cancelled' ||
  event.type === 'task.skipped';
