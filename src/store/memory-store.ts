import type {DisjointEvent} from '../core/events.ts';
import type {Store} from '../ports/store.ts';

export interface MemoryStoreOptions {
  /** How many of the latest events can be read back. Default 10,000. */
  readonly eventsKept?: number;
}

/** Keeps the latest events in memory: nothing outlives the process, and appending takes no time. */
export class MemoryStore implements Store {
  readonly gathers = false;
  readonly snapshots = null;
  readonly #eventsKept: number;
  #events: DisjointEvent[] = [];

  constructor({eventsKept = 10_000}: MemoryStoreOptions = {}) {
    this.#eventsKept = eventsKept;
  }

  append(events: readonly DisjointEvent[]): Promise<void> {
    for (const event of events) this.#events.push(event);
    // Cut at twice the size, so that cutting costs a constant per event.
    if (this.#events.length > 2 * this.#eventsKept) this.#events = this.#events.slice(-this.#eventsKept);
    return Promise.resolve();
  }

  read(afterSeq: number, limit = Number.POSITIVE_INFINITY): Promise<readonly DisjointEvent[]> {
    const after = this.#events.slice(-this.#eventsKept).filter((event) => event.seq > afterSeq);
    return Promise.resolve(after.slice(0, limit));
  }

  lastSeq(): Promise<number> {
    return Promise.resolve(this.#events.at(-1)?.seq ?? 0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
