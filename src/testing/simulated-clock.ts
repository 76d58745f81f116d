import type {Clock, Timer} from '../ports/clock.ts';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is told to go on. Each timer runs at its own moment, in order of time and then
 * of setting, also if an earlier one sets it on the way.
 *
 * XState's SimulatedClock does neither: it fires all due timers with the final time, and leaves out those that are
 * set meanwhile.
 */
export class SimulatedClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  /** @param start The first value of `now()`, in ms. */
  constructor(start = 0) {
    this.#now = start;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#pending.size;
  }

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, ms: number): Timer {
    const pending: Pending = {at: this.#now + Math.max(0, ms), order: this.#order++, callback};
    this.#pending.add(pending);
    return {cancel: () => void this.#pending.delete(pending)};
  }

  /** Goes to the moment of the next timer and runs it. False if none is set. */
  runNext(): boolean {
    const next = this.#next();
    if (next === null) return false;
    this.#pending.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    return true;
  }

  /** Lets `ms` milliseconds pass, running each timer that comes due. Callbacks run at once, promises do not. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#next(); next !== null && next.at <= until; next = this.#next()) this.runNext();
    this.#now = until;
  }

  #next(): Pending | null {
    let first: Pending | null = null;
    for (const pending of this.#pending) {
      const isEarlier =
        first === null || pending.at < first.at || (pending.at === first.at && pending.order < first.order);
      if (isEarlier) first = pending;
    }
    return first;
  }
}
