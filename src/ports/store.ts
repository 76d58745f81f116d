import type {DisjointEvent} from '../core/events.ts';

/** Where decided events are kept. What was appended is the only truth there is. */
export interface Store {
  /**
   * Appends all events in the given order, or none.
   *
   * Resolves once they are as durable as this store promises; only then may anybody act on them or be told.
   * Rejects if they could not be kept; the store is not used for appending after that.
   */
  append(events: readonly DisjointEvent[]): Promise<void>;
  /** The kept events after `seq`, in order: the first `limit` of them, or all. A store that forgets keeps at least the latest. */
  read(afterSeq: number, limit?: number): Promise<readonly DisjointEvent[]>;
  /** The number of the last event that was ever kept; 0 if there was none. The next one appended has the next number. */
  lastSeq(): Promise<number>;
  /** Idempotent. */
  close(): Promise<void>;
}
