import type {AttemptSignal} from '../../machines/index.ts';
import type {AgentType} from '../core/agent-type.ts';
import {ACTIVITY_RESOLUTION_MS, type ActiveAttempt} from '../core/attempt.ts';
import type {StartedProgram} from '../core/events.ts';
import type {AttemptExit} from '../core/failures.ts';
import type {Fence, TaskSpec} from '../core/task.ts';
import type {Clock} from '../ports/clock.ts';
import type {AttemptObserver, Executor, OutputChannel, RunningAttempt} from '../ports/executor.ts';
import type {Log} from '../ports/log.ts';
import type {Picture, Workspace} from '../ports/workspace.ts';
import {ProgressNotes} from './progress-notes.ts';
import type {OutputLine} from './streams.ts';

type Listener = (signal: AttemptSignal) => void;
type Rung = 'ask' | 'terminate' | 'kill';

export interface AttemptsOptions {
  readonly executor: Executor;
  /** `null` where nobody looks at files. */
  readonly workspace: Workspace | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly agentTypeOf: (name: string) => AgentType | undefined;
  readonly onOutput: (line: OutputLine) => void;
  /** Told when nothing of an attempt is alive any more, before that is reported. */
  readonly onEnding: (active: ActiveAttempt) => void;
  /** Asks for a call of `wake` with this fence at this moment (ms); `null`: not any more. */
  readonly wakeAt: (fence: Fence, at: number | null) => void;
}

const NEVER_RAN = {durationMs: 0, logPath: null, tail: [], changed: null};

/**
 * One attempt from its order to its confirmed death.
 *
 * It outlives the actor that watches it: if that fails, whoever adopts the attempt hears what happened meanwhile.
 */
class AttemptRun implements AttemptObserver, RunningAttempt {
  readonly #active: ActiveAttempt;
  readonly #options: AttemptsOptions;
  readonly #onEnd: () => void;
  #listener: Listener | null = null;
  #running: RunningAttempt | null = null;
  /** The last rung, and so the hardest, that was asked for before there was anything to stop. */
  #early: Rung | null = null;
  /** Nothing of it is alive any more; what it changed is still looked at. */
  #hasEnded = false;
  /** How it ended, if that was told while nobody listened. */
  #missed: AttemptSignal | null = null;
  #activeSaidAt = Number.NEGATIVE_INFINITY;
  readonly #notes: ProgressNotes;

  constructor(active: ActiveAttempt, options: AttemptsOptions, onEnd: () => void) {
    this.#active = active;
    this.#options = options;
    this.#onEnd = onEnd;
    this.#notes = new ProgressNotes({
      tell: (note, at) => this.#signal({type: 'attempt.progressed', at, note}),
      wakeAt: (at) => options.wakeAt(active.fence, at),
    });
  }

  /** Whoever listens anew hears that it has ended, and how, if that was while nobody listened. */
  listen(listener: Listener | null): void {
    this.#listener = listener;
    if (listener === null) return;
    const missed = this.#missed;
    if (missed !== null) this.#signal(missed);
    else if (this.#hasEnded) this.#signal({type: 'attempt.ended', at: this.#now()});
  }

  /** The moment that was asked for has come. */
  wake(): void {
    this.#notes.flush(this.#now());
  }

  /** Starts the work, and looks at the claimed files when it has ended. @param before What they were. */
  async run(before: Picture | null): Promise<void> {
    const {spec, attempt, fence} = this.#active;
    const {executor, agentTypeOf} = this.#options;
    const agentType = agentTypeOf(spec.agentType);
    if (this.#early !== null || agentType === undefined) {
      const message = agentType === undefined ? `no agent type ${spec.agentType}` : 'it was stopped first';
      this.#signal({type: 'attempt.dead', at: this.#now(), exit: notStarted(message)});
      return;
    }
    const exit = await new Promise<AttemptExit>((resolve) => {
      this.#dead = resolve;
      try {
        this.#running = executor.start({spec, attempt, fence, agentType}, this);
        // It may have been told to stop by what the executor reported from within `start`.
        if (this.#early !== null) this.#take(this.#early);
      } catch (error) {
        resolve(notStarted(`its executor threw: ${error instanceof Error ? error.message : String(error)}`));
      }
    });
    this.#notes.flush(this.#now());
    this.#options.onEnding(this.#active);
    let {changed} = exit;
    if (before !== null) {
      // Looking takes its time, and nothing that is dead can be late.
      this.#hasEnded = true;
      this.#signal({type: 'attempt.ended', at: this.#now()});
      changed = await before.changes();
    }
    this.#signal({type: 'attempt.dead', at: this.#now(), exit: {...exit, changed}});
  }

  #dead: (exit: AttemptExit) => void = () => {};

  // What the executor tells.

  started(program: StartedProgram | null): void {
    this.#signal({type: 'attempt.started', at: this.#now(), program});
  }

  output(channel: OutputChannel, line: string): void {
    const {spec, attempt} = this.#active;
    this.#options.onOutput({taskId: spec.id, attempt, channel, text: line});
    this.active();
  }

  active(): void {
    const at = this.#now();
    if (at - this.#activeSaidAt < ACTIVITY_RESOLUTION_MS) return;
    this.#activeSaidAt = at;
    this.#signal({type: 'attempt.active', at});
  }

  progressed(note: string): void {
    this.#notes.add(note, this.#now());
  }

  leftBehind(processes: number): void {
    this.#signal({type: 'attempt.left-behind', at: this.#now(), processes});
  }

  dead(exit: AttemptExit): void {
    this.#dead(exit);
  }

  survived(survivors: string): void {
    this.#signal({type: 'attempt.survived', at: this.#now(), survivors});
  }

  // The rungs of the ladder.

  ask(): void {
    this.#take('ask');
  }

  terminate(): void {
    this.#take('terminate');
  }

  kill(): void {
    this.#take('kill');
  }

  /** An executor that throws here has not stopped anything: the next rung comes at its time, or quarantine. */
  #take(rung: Rung): void {
    if (this.#running === null) {
      this.#early = rung;
      return;
    }
    try {
      this.#running[rung]();
    } catch (error) {
      this.#options.log.error({err: error, taskId: this.#active.spec.id, rung}, 'an executor threw');
    }
  }

  abandon(): void {
    this.#listener = null;
    this.#running?.abandon();
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #signal(signal: AttemptSignal): void {
    if (this.#listener === null) {
      if (signal.type === 'attempt.dead') this.#missed = signal;
      return;
    }
    if (signal.type === 'attempt.dead') this.#onEnd();
    this.#listener(signal);
  }
}

const notStarted = (message: string): AttemptExit => ({
  ...NEVER_RAN,
  how: {kind: 'not-started', message, hint: 'nothing to do'},
});

/** All attempts of which something may be alive, by fence. */
export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #runs = new Map<Fence, AttemptRun>();
  /** The claimed files as they were, of attempts that are about to start. */
  readonly #pictures = new Map<Fence, Picture>();
  readonly #waiting: (() => void)[] = [];

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#runs.size;
  }

  /**
   * Looks at the claimed files before an attempt, which may take its time. `null` if there is nothing to look at: then it
   * may start at once.
   */
  prepare(fence: Fence, {writes}: TaskSpec): Promise<void> | null {
    const {workspace} = this.#options;
    if (workspace === null || writes.length === 0) return null;
    return workspace.takePicture(writes).then((picture) => void this.#pictures.set(fence, picture));
  }

  /** It will not start after all. */
  forget(fence: Fence): void {
    this.#pictures.delete(fence);
  }

  /** Orders the attempt, or takes over the one that another actor ordered. Returns its stop ladder. */
  attach(active: ActiveAttempt, listener: Listener): RunningAttempt {
    const known = this.#runs.get(active.fence);
    if (known !== undefined) {
      known.listen(listener);
      return known;
    }
    const run = new AttemptRun(active, this.#options, () => {
      this.#runs.delete(active.fence);
      this.#tellIfNoneIsLeft();
    });
    if (active.adopted) {
      // The one who ordered it is gone and so is every trace: it had ended, or never began.
      listener({
        type: 'attempt.dead',
        at: this.#options.clock.now(),
        exit: notStarted('its agent crashed before it began'),
      });
      return run;
    }
    this.#runs.set(active.fence, run);
    run.listen(listener);
    void run.run(this.#pictures.get(active.fence) ?? null);
    this.forget(active.fence);
    return run;
  }

  /** The actor that watched the attempt is gone; what happens from here on is kept for the next one. */
  detach(fence: Fence): void {
    this.#runs.get(fence)?.listen(null);
  }

  /** The moment has come that this attempt asked for. */
  wake(fence: Fence): void {
    this.#runs.get(fence)?.wake();
  }

  /** Stops watching whatever is alive, at the end of the orchestrator. */
  abandonAll(): void {
    for (const run of this.#runs.values()) run.abandon();
    this.#runs.clear();
    this.#tellIfNoneIsLeft();
  }

  /** Resolves when nothing is alive any more. */
  ended(): Promise<void> {
    if (this.#runs.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #tellIfNoneIsLeft(): void {
    if (this.#runs.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Kills whatever is alive, without anybody to report to: for the case that nothing can be stored any more. */
  killAll(): void {
    for (const run of this.#runs.values()) run.kill();
  }
}
