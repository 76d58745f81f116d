import type {Clock, Timer} from '../ports/clock.ts';

/** The timer is never set for longer (ms), so that it is noticed when this process had no turn for a while. */
const BEAT_MS = 1_000;
/** A timer that comes so much too late (ms) came after a time in which this process stood still. */
const LATE_MS = 500;
/**
 * So long (ms) after that nobody is woken: what ended or was printed meanwhile is heard of first. Longer than the output of a
 * program that has ended is waited for.
 */
const GRACE_MS = 2_000;

interface Armed {
  readonly timer: Timer;
  /** When it is to come. */
  readonly at: number;
}

/**
 * All deadlines of an orchestrator behind one timer. Deadlines are numbers that others hold; this only wakes them.
 *
 * A process that is stopped (Ctrl-Z) or gets no processor finds, when it goes on, that all deadlines have passed, and has not
 * heard of anything that happened in the meantime. So after such a gap nobody is woken for a moment, and then only those whose
 * deadlines are still the same.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #onDue: (name: string) => void;
  readonly #onGap: (gapMs: number) => void;
  readonly #deadlines = new Map<string, number>();
  #armed: Armed | null = null;
  /** Nobody is woken before. */
  #notBefore = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param onGap Told once of each time that this process stood still, and of at least how long that was. */
  constructor(clock: Clock, onDue: (name: string) => void, onGap: (gapMs: number) => void = () => {}) {
    this.#clock = clock;
    this.#onDue = onDue;
    this.#onGap = onGap;
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
    const now = this.#clock.now();
    // Also here: whoever is heard of before the timer comes sets another one in its place.
    this.#lookForGap(now);
    if (this.#deadlines.size === 0) {
      this.#armed?.timer.cancel();
      this.#armed = null;
      return;
    }
    const next = Math.max(this.#notBefore, Math.min(...this.#deadlines.values()));
    // One that comes earlier than it has to sets the next.
    if (this.#armed !== null && this.#armed.at <= next) return;
    this.#armed?.timer.cancel();
    const waitMs = Math.min(BEAT_MS, Math.max(0, next - now));
    this.#armed = {at: now + waitMs, timer: this.#clock.setTimer(() => this.#fire(), waitMs)};
  }

  #lookForGap(now: number): void {
    const lateMs = this.#armed === null ? 0 : now - this.#armed.at;
    if (lateMs < LATE_MS) return;
    this.#armed?.timer.cancel();
    this.#armed = null;
    this.#notBefore = now + GRACE_MS;
    this.#onGap(lateMs);
  }

  #fire(): void {
    const now = this.#clock.now();
    this.#lookForGap(now);
    this.#armed = null;
    const isDue = (at: number): boolean => at <= now && this.#notBefore <= now;
    const due = [...this.#deadlines].filter(([, at]) => isDue(at)).map(([name]) => name);
    // Whoever is woken sets the next deadline; until then there is none, so that nobody is woken twice for one.
    for (const name of due) this.#deadlines.delete(name);
    for (const name of due) this.#onDue(name);
    this.#arm();
  }
}
