import type {Claim} from '../core/claim/claim.ts';
import type {AttemptExit, ExitReason} from '../core/failures.ts';
import type {Clock} from '../ports/clock.ts';
import type {AttemptObserver, AttemptRequest, Executor, RunningAttempt} from '../ports/executor.ts';

/** What was done to a scripted attempt from outside. */
export type Rung = 'ask' | 'terminate' | 'kill';

/** One attempt under the hand of a test: it does nothing until it is told to. */
export class ScriptedAttempt implements RunningAttempt {
  readonly request: AttemptRequest;
  /** The rungs of the stop ladder it was given, in order. */
  readonly rungs: Rung[] = [];
  readonly #observer: AttemptObserver;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #onRung: (attempt: ScriptedAttempt, rung: Rung) => void;
  readonly #onDead: (attempt: ScriptedAttempt) => void;
  #dead = false;

  /** @internal */
  constructor(
    request: AttemptRequest,
    observer: AttemptObserver,
    clock: Clock,
    onRung: (attempt: ScriptedAttempt, rung: Rung) => void,
    onDead: (attempt: ScriptedAttempt) => void,
  ) {
    this.request = request;
    this.#observer = observer;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#onRung = onRung;
    this.#onDead = onDead;
  }

  get taskId(): string {
    return this.request.spec.id;
  }

  get writes(): readonly Claim[] {
    return this.request.spec.writes;
  }

  /** Says that the work has begun. */
  start(): void {
    this.#observer.started(null);
  }

  print(line: string): void {
    if (!this.#dead) this.#observer.output('stdout', line);
  }

  progress(note: string): void {
    if (!this.#dead) this.#observer.progressed(note);
  }

  /** Ends well; from here on nothing of it is alive. */
  succeed(value?: unknown): void {
    this.end({kind: 'returned', value});
  }

  /** Ends with an exit code; from here on nothing of it is alive. */
  exit(code: number): void {
    this.end({kind: 'exited', code, result: {kind: 'not-expected'}});
  }

  end(how: ExitReason, rest: Partial<AttemptExit> = {}): void {
    if (this.#dead) return;
    this.#dead = true;
    const durationMs = this.#clock.now() - this.#startedAt;
    this.#onDead(this);
    this.#observer.dead({how, durationMs, logPath: null, tail: [], changed: null, ...rest});
  }

  survive(survivors: string): void {
    if (!this.#dead) this.#observer.survived(survivors);
  }

  leaveBehind(processes: number): void {
    if (!this.#dead) this.#observer.leftBehind(processes);
  }

  ask(): void {
    this.#rung('ask');
  }

  terminate(): void {
    this.#rung('terminate');
  }

  kill(): void {
    this.#rung('kill');
  }

  abandon(): void {
    this.#dead = true;
    this.#onDead(this);
  }

  #rung(rung: Rung): void {
    this.rungs.push(rung);
    if (!this.#dead) this.#onRung(this, rung);
  }
}

export interface ScriptedExecutorOptions {
  readonly clock: Clock;
  /** Called as an attempt starts, before anybody is told that it has. Default: it says that it has begun. */
  readonly onStart?: (attempt: ScriptedAttempt) => void;
  /** Called for each rung of the stop ladder. Default: it is killed by the matching signal from `terminate` on. */
  readonly onRung?: (attempt: ScriptedAttempt, rung: Rung) => void;
}

const SIGNALS = {ask: null, terminate: 'SIGTERM', kill: 'SIGKILL'} as const;

/** Runs nothing: each attempt is alive until the test ends it. `live` is the ground truth to check against. */
export class ScriptedExecutor implements Executor {
  readonly #live = new Set<ScriptedAttempt>();
  readonly #options: ScriptedExecutorOptions;
  /** Every attempt that was ever started, in order. */
  readonly started: ScriptedAttempt[] = [];

  constructor(options: ScriptedExecutorOptions) {
    this.#options = options;
  }

  /** The attempts that are really alive now. */
  get live(): readonly ScriptedAttempt[] {
    return [...this.#live];
  }

  start(request: AttemptRequest, observer: AttemptObserver): RunningAttempt {
    const {
      clock,
      onStart = (attempt) => attempt.start(),
      onRung = (attempt, rung) => {
        const signal = SIGNALS[rung];
        if (signal !== null) attempt.end({kind: 'signalled', signal});
      },
    } = this.#options;
    const attempt = new ScriptedAttempt(request, observer, clock, onRung, (dead) => this.#live.delete(dead));
    this.#live.add(attempt);
    this.started.push(attempt);
    onStart(attempt);
    return attempt;
  }

  close(): void {}

  /** The live attempt of a task. */
  of(taskId: string): ScriptedAttempt | undefined {
    return this.live.find((attempt) => attempt.taskId === taskId);
  }
}
