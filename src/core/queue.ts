import type {TaskId} from './task.ts';

/** A task that may start as soon as its agent, its files and a slot are free. */
export interface QueueEntry {
  readonly taskId: TaskId;
  /** Smaller goes first. Priority and aging in one number that never has to be recomputed: see `orderKey`. */
  readonly key: number;
  /** Breaks ties by order of arrival. */
  readonly arrival: number;
  /** How many conflicting tasks that stand behind it started before it, over all its attempts. */
  readonly overtakes: number;
  /** Whether it was said already that something is in its way. */
  readonly announced: boolean;
}

/**
 * The static key of (priority with linear aging, arrival): one level of priority is worth `agingMs` of waiting.
 *
 * A task submitted at time t is overtaken in the order only by tasks that came less than (difference of
 * priority x agingMs) later, so a low priority waits within a bound.
 */
export const orderKey = (submittedAt: number, priority: number, agingMs: number): number =>
  submittedAt - priority * agingMs;

/** Where a task stands in the order. */
export type Place = Pick<QueueEntry, 'key' | 'arrival'>;

/** Is the first one's turn before the other's? */
export const isBefore = (a: Place, b: Place): boolean =>
  a.key < b.key || (a.key === b.key && a.arrival < b.arrival);

/**
 * The queued tasks in scheduling order, as a plain sorted list: O(n) per change, O(n) per scan.
 *
 * This is the reference: simple enough to be believed. A faster queue has to make the same decisions.
 */
export class Queue implements Iterable<QueueEntry> {
  readonly #entries: readonly QueueEntry[];
  /** The most often that any task, still queued or not, was overtaken. */
  readonly overtakesMax: number;

  private constructor(entries: readonly QueueEntry[], overtakesMax: number) {
    this.#entries = entries;
    this.overtakesMax = overtakesMax;
  }

  static empty(): Queue {
    return new Queue([], 0);
  }

  get size(): number {
    return this.#entries.length;
  }

  [Symbol.iterator](): Iterator<QueueEntry> {
    return this.#entries[Symbol.iterator]();
  }

  add(entry: QueueEntry): Queue {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#entries[middle];
      if (other !== undefined && isBefore(other, entry)) low = middle + 1;
      else high = middle;
    }
    return new Queue(this.#entries.toSpliced(low, 0, entry), this.overtakesMax);
  }

  remove(taskId: TaskId): Queue {
    return new Queue(
      this.#entries.filter((entry) => entry.taskId !== taskId),
      this.overtakesMax,
    );
  }

  overtakesOf(taskId: TaskId): number {
    return this.#entries.find((entry) => entry.taskId === taskId)?.overtakes ?? 0;
  }

  announced(taskId: TaskId): Queue {
    return this.#change(new Set([taskId]), (entry) => ({...entry, announced: true}));
  }

  /** Counts one overtake for each of these tasks. */
  overtaken(taskIds: readonly TaskId[]): Queue {
    return this.#change(new Set(taskIds), (entry) => ({...entry, overtakes: entry.overtakes + 1}));
  }

  #change(taskIds: ReadonlySet<TaskId>, change: (entry: QueueEntry) => QueueEntry): Queue {
    if (taskIds.size === 0) return this;
    let {overtakesMax} = this;
    const entries = this.#entries.map((entry) => {
      if (!taskIds.has(entry.taskId)) return entry;
      const next = change(entry);
      overtakesMax = Math.max(overtakesMax, next.overtakes);
      return next;
    });
    return new Queue(entries, overtakesMax);
  }
}
