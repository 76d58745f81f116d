import type {DisjointEvent} from '../core/events.ts';
import type {SnapshotPart} from '../core/snapshot.ts';

/** What was known after an event, so that a run which was cut short need not read all that led to it. */
export interface Snapshots {
  /** One is due after so many events. */
  readonly every: number;
  /**
   * Keeps one in place of those before it. Until all parts were kept it does not count.
   *
   * @param seq The last event that it stands for; it was appended before.
   * @param parts Taken one by one; appends may come in between. Rejects with what they throw.
   */
  keep(seq: number, parts: AsyncIterable<SnapshotPart>): Promise<void>;
}

/** Where decided events are kept. What was appended is the only truth there is. */
export interface Store {
  /**
   * Whether an append holds up the event loop, as one that waits for a disk does. What has come in by then is gathered
   * first, so that it shares the append.
   */
  readonly gathers: boolean;
  /** `null` if it keeps none. They are never needed: events alone are the truth. */
  readonly snapshots: Snapshots | null;
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
