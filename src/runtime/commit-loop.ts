import type {Step} from '../core/decision.ts';
import type {Effect} from '../core/effects.ts';
import type {DisjointEvent} from '../core/events.ts';
import type {CoordinatorState} from '../core/state.ts';
import type {Store} from '../ports/store.ts';

/** What becomes of a decision once it is stored. None of these should throw; if one does, `failed` is told. */
export interface CommitHandlers {
  /** The events of a whole batch are stored; `state` is what they lead to. */
  committed(events: readonly DisjointEvent[], state: CoordinatorState): void;
  perform(effect: Effect): void;
  /** Nothing more can be stored or told. Called once; nothing is committed or performed after it. */
  failed(error: unknown): void;
}

/** After so long (ms) without it, timers, signals and input get their turn. */
const TURN_MS = 10;

/**
 * Decide, append, act: takes decisions in order, appends their events, and only then tells and acts.
 *
 * Decisions that arrive while an append is under way share the next one, so a slow store costs one write per
 * batch and not one per decision. A store that holds up the event loop while it writes lets nothing arrive meanwhile: for
 * that, whatever has come already is gathered first.
 */
export class CommitLoop {
  readonly #store: Store;
  readonly #handlers: CommitHandlers;
  #pending: Step[] = [];
  #isWorking = false;
  #stopped = false;
  /** How many decisions were pushed, and how many of them are committed and performed. */
  #pushed = 0;
  #done = 0;
  #waiting: {readonly until: number; readonly resolve: () => void}[] = [];
  /** Since when the event loop has had no turn; `null` if nothing was done since it had. */
  #busySince: number | null = null;

  constructor(store: Store, handlers: CommitHandlers) {
    this.#store = store;
    this.#handlers = handlers;
  }

  /** Takes the next decision. After a failure it is dropped: what cannot be stored must not happen. */
  push(step: Step): void {
    if (this.#stopped || (step.events.length === 0 && step.effects.length === 0)) return;
    this.#pending.push(step);
    this.#pushed++;
    if (!this.#isWorking) void this.#work();
  }

  /** Nothing more is told or performed, whatever was decided. What is being appended may still be stored. */
  stop(): void {
    this.#stopped = true;
    this.#pending = [];
    this.#release();
  }

  /**
   * Resolves when everything pushed so far was committed and performed, or is given up. What is pushed later is not
   * waited for: while tasks run, something always is. Never rejects.
   */
  settled(): Promise<void> {
    const until = this.#pushed;
    if (this.#stopped || this.#done >= until) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({until, resolve}));
  }

  #release(): void {
    const isOver = ({until}: {readonly until: number}): boolean => this.#stopped || this.#done >= until;
    const over = this.#waiting.filter(isOver);
    this.#waiting = this.#waiting.filter((one) => !isOver(one));
    for (const {resolve} of over) resolve();
  }

  /** With a store in memory all of this happens in promises, and these alone never let the event loop turn. */
  async #letOthersIn(): Promise<void> {
    if (this.#busySince === null) {
      this.#busySince = performance.now();
      setImmediate(() => {
        this.#busySince = null;
      });
    } else if (performance.now() - this.#busySince > TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** One turn of the event loop: everything that has come in by now decides, and shares the next append. */
  async #gather(): Promise<void> {
    this.#busySince = null;
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    // Let the decision that pushed finish first, so that an effect never runs inside a transition.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      await (this.#store.gathers ? this.#gather() : this.#letOthersIn());
      const batch = this.#pending;
      this.#pending = [];
      try {
        await this.#store.append(batch.flatMap((step) => step.events));
        // After append, before act: a crash here loses no decision, only the effects, which recovery repeats.
        for (const {events, state, effects} of batch) {
          if (this.#stopped) break;
          this.#handlers.committed(events, state);
          for (const effect of effects) this.#handlers.perform(effect);
        }
      } catch (error) {
        // Also for a handler that throws: a logger of the user, or a bug. Left alone, all that wait would wait for ever.
        this.stop();
        this.#handlers.failed(error);
      }
      this.#done += batch.length;
      this.#release();
    }
    this.#isWorking = false;
  }
}
