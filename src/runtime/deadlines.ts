import type {Clock, Timer} from '../ports/clock.ts';

/**
 * All deadlines of an orchestrator behind one timer. Deadlines are numbers that others hold; this only wakes them.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #onDue: (name: string) => void;
  readonly #deadlines = new Map<string, number>();
  #timer: {readonly timer: Timer; readonly at: number} | null = null;
  #closed = false;

  constructor(clock: Clock, onDue: (name: string) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Sets the one deadline of this name (ms), or removes it. */
  set(name: string, at: number | null): void {
    if (this.#closed) return;
    if (at === null) this.#deadlines.delete(name);
    else this.#deadlines.set(name, at);
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#deadlines.clear();
    this.#arm();
  }

  #arm(): void {
    const next = this.#deadlines.size === 0 ? null : Math.min(...this.#deadlines.values());
    if (next === (this.#timer?.at ?? null)) return;
    this.#timer?.timer.cancel();
    this.#timer =
      next === null
        ? null
        : {at: next, timer: this.#clock.setTimer(() => this.#fire(), Math.max(0, next - this.#clock.now()))};
  }

  #fire(): void {
    this.#timer = null;
    const now = this.#clock.now();
    const due = [...this.#deadlines].filter(([, at]) => at <= now).map(([name]) => name);
    // Whoever is woken sets the next deadline; until then there is none, so that nobody is woken twice for one.
    for (const name of due) this.#deadlines.delete(name);
    for (const name of due) this.#onDue(name);
    this.#arm();
  }
}
