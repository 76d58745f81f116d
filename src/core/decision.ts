import type {Effect} from './effects.ts';
import type {DisjointEvent, EventBody} from './events.ts';
import {evolve} from './evolve.ts';
import type {Queue} from './queue/queue.ts';
import type {Refusal} from './refusals.ts';
import type {CoordinatorState} from './state.ts';

/** The outcome of one input: the next state, what happened, and what has to be done once that is stored. */
export interface Step {
  readonly state: CoordinatorState;
  readonly events: readonly DisjointEvent[];
  readonly effects: readonly Effect[];
}

/**
 * Collects one decision. Each event changes the state at once, so that the rest of the decision sees it.
 *
 * The builder is mutable and lives for one `step`; the states it passes through are not.
 */
export class Decision {
  readonly at: number;
  readonly #events: DisjointEvent[] = [];
  readonly #effects: Effect[] = [];
  #state: CoordinatorState;

  constructor(state: CoordinatorState, at: number) {
    this.#state = state;
    this.at = at;
  }

  get state(): CoordinatorState {
    return this.#state;
  }

  record(body: EventBody): void {
    const event: DisjointEvent = {...body, seq: this.#state.seq + 1, at: this.at};
    this.#state = evolve(this.#state, event);
    this.#events.push(event);
  }

  /**
   * The queue knows better what its tasks wait for. That is no event: it changes nothing of what is decided, only how
   * soon it is found.
   */
  know(queue: Queue): void {
    this.#state = {...this.#state, queue};
  }

  request(effect: Effect): void {
    this.#effects.push(effect);
  }

  refuse(input: string, refusal: Refusal): void {
    this.record({type: 'input.refused', input, refusal});
  }

  done(): Step {
    return {state: this.#state, events: this.#events, effects: this.#effects};
  }
}
