import type {DisjointEvent} from '../../src/core/events.ts';
import type {Store} from '../../src/ports/store.ts';

interface HeldAppend {
  readonly events: readonly DisjointEvent[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A store as slow as a test wants it: while it is held, each append waits until the test lets it through. */
export class HeldStore implements Store {
  /** What was appended for good, in batches. */
  readonly batches: (readonly DisjointEvent[])[] = [];
  closed = 0;
  #held = false;
  readonly #waiting: HeldAppend[] = [];

  /** From here on appends wait. */
  hold(): void {
    this.#held = true;
  }

  /** The batches that wait to be appended. */
  get waiting(): readonly (readonly DisjointEvent[])[] {
    return this.#waiting.map(({events}) => events);
  }

  /** Appends the oldest batch that waits. */
  letOneThrough(): void {
    const next = this.#waiting.shift();
    if (next === undefined) throw new Error('no append waits');
    this.batches.push(next.events);
    next.resolve();
  }

  /** Appends what waits, and no longer holds anything up. */
  release(): void {
    this.#held = false;
    while (this.#waiting.length > 0) this.letOneThrough();
  }

  /** The oldest append that waits fails. */
  breakDown(message: string): void {
    const next = this.#waiting.shift();
    if (next === undefined) throw new Error('no append waits');
    next.reject(new Error(message));
  }

  append(given: readonly DisjointEvent[]): Promise<void> {
    const events = [...given];
    if (!this.#held) {
      this.batches.push(events);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => this.#waiting.push({events, resolve, reject}));
  }

  read(afterSeq: number, limit?: number): Promise<readonly DisjointEvent[]> {
    return Promise.resolve(
      this.batches
        .flat()
        .filter((event) => event.seq > afterSeq)
        .slice(0, limit),
    );
  }

  lastSeq(): Promise<number> {
    return Promise.resolve(this.batches.flat().at(-1)?.seq ?? 0);
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}
