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

/**
 * Decide, append, act: takes decisions in order, appends their events, and only then tells and acts.
 *
 * Decisions that arrive while an append is under way share the next one, so a slow store costs one write per
 * batch and not one per decision.
 */
export class CommitLoop {
  readonly #store: Store;
  readonly #handlers: CommitHandlers;
  #pending: Step[] = [];
  #working: Promise<void> | null = null;
  #stopped = false;

  constructor(store: Store, handlers: CommitHandlers) {
    this.#store = store;
    this.#handlers = handlers;
  }

  /** Takes the next decision. After a failure it is dropped: what cannot be stored must not happen. */
  push(step: Step): void {
    if (this.#stopped || (step.events.length === 0 && step.effects.length === 0)) return;
    this.#pending.push(step);
    this.#working ??= this.#work();
  }

  /** Nothing more is told or performed, whatever was decided. What is being appended may still be stored. */
  stop(): void {
    this.#stopped = true;
    this.#pending = [];
  }

  /** Resolves when everything pushed so far was committed and performed. Never rejects. */
  async settled(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  async #work(): Promise<void> {
    // Let the decision that pushed finish first, so that an effect never runs inside a transition.
    await Promise.resolve();
    while (this.#pending.length > 0) {
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
    }
    this.#working = null;
  }
}
