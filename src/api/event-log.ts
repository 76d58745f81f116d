import type {Observable} from 'rxjs';
import type {DisjointEvent} from '../core/events.ts';
import type {Store} from '../ports/store.ts';

/** What there is after a number: events in order, none yet, or something else, because what was asked for is not kept. */
export type EventsAfter =
  | {readonly kind: 'events'; readonly events: readonly DisjointEvent[]}
  | {readonly kind: 'gone'};

/** So many of the latest are kept in memory; whoever is further behind reads them from the store. */
const KEPT_MAX = 1_000;
/** How many are given at once: what a reader that stops has in memory. */
const CHUNK = 200;

/**
 * The events of a run for readers at their own pace: each holds a number and asks for what comes after it. However many there
 * are and however slow, nothing is kept for any of them.
 */
export class EventLog {
  readonly #store: Store;
  #kept: DisjointEvent[] = [];
  #lastSeq: number;
  #isClosed = false;
  readonly #listeners = new Set<() => void>();

  /** @param lastSeq The number of the last event that is stored and that everybody may know of. */
  constructor(store: Store, events$: Observable<DisjointEvent>, lastSeq: number) {
    this.#store = store;
    this.#lastSeq = lastSeq;
    events$.subscribe({next: (event) => this.#told(event), complete: () => this.#close()});
  }

  /** The number of the last event that was told. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** No event will follow. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The next events after a number, some at a time. */
  async after(seq: number): Promise<EventsAfter> {
    const last = this.#lastSeq;
    if (seq > last) return {kind: 'gone'};
    if (seq === last) return {kind: 'events', events: []};
    const [first] = this.#kept;
    if (first !== undefined && first.seq <= seq + 1) {
      const from = seq + 1 - first.seq;
      return {kind: 'events', events: this.#kept.slice(from, from + CHUNK)};
    }
    const read = (await this.#store.read(seq, CHUNK)).slice(0, CHUNK);
    // What is stored but not told yet is not to be known.
    return read[0]?.seq === seq + 1
      ? {kind: 'events', events: read.filter((event) => event.seq <= last)}
      : {kind: 'gone'};
  }

  /** Calls back after each event, and when none will follow; until the function that it gives is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #told(event: DisjointEvent): void {
    // What a run that goes on decided before anybody could subscribe is told later, and stored already.
    if (event.seq <= this.#lastSeq) return;
    this.#lastSeq = event.seq;
    this.#kept.push(event);
    // Cut at twice the size, so that cutting costs a constant per event.
    if (this.#kept.length > 2 * KEPT_MAX) this.#kept = this.#kept.slice(-KEPT_MAX);
    this.#wake();
  }

  #close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
  }
}
