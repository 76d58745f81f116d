import type {DisjointEvent} from '../../src/index.ts';
import {commonFile} from './known-claims.ts';

/** What of a task decides whom it may overtake, as the test made it. */
export interface Contender {
  readonly id: string;
  readonly agentType: string;
  readonly priority: number;
  readonly writes: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
}

/** What was stored before an event: who waited, and whether an attempt that nothing could end still lived. */
interface Before {
  readonly waiting: ReadonlySet<string>;
  readonly quarantined: boolean;
}

const before = (stored: readonly DisjointEvent[], seq: number): Before => {
  const waiting = new Set<string>();
  const quarantined = new Set<number>();
  for (const event of stored) {
    if (event.seq >= seq) break;
    switch (event.type) {
      case 'task.queued':
        waiting.add(event.taskId);
        break;
      case 'attempt.dispatched':
      case 'task.cancelled':
        waiting.delete(event.taskId);
        break;
      case 'attempt.quarantined':
        quarantined.add(event.fence);
        break;
      case 'attempt.exited':
        quarantined.delete(event.fence);
        break;
      default:
        break;
    }
  }
  return {waiting, quarantined: quarantined.size > 0};
};

/** Two of one agent type keep each other from running, as do two that could touch a common file. */
const rivals = (a: Contender, b: Contender): boolean =>
  a.agentType === b.agentType ||
  (commonFile(a.writes, b.writes) ?? commonFile(a.writes, b.reads) ?? commonFile(a.reads, b.writes)) !==
    undefined;

export interface OvertakesOptions {
  readonly tasks: ReadonlyMap<string, Contender>;
  readonly overtakesMax: number;
  readonly agingMs: number;
}

/**
 * How often tasks that wait were overtaken by attempts that really started. The order of the tasks is computed here,
 * from when they were handed in and how urgent they are, and none of the counts that are kept elsewhere is read.
 */
export class Overtakes {
  readonly #options: OvertakesOptions;
  /** By task, over all its attempts. */
  readonly #counts = new Map<string, number>();

  constructor(options: OvertakesOptions) {
    this.#options = options;
  }

  /** The most often that any task was overtaken. */
  get most(): number {
    return Math.max(0, ...this.#counts.values());
  }

  /** An attempt really started, as the event with this number had decided. Returns the bounds that it broke. */
  started(task: Contender, seq: number, stored: readonly DisjointEvent[]): readonly string[] {
    const {tasks, overtakesMax} = this.#options;
    const {waiting, quarantined} = before(stored, seq);
    // What waits for something quarantined may wait for ever: it is excused from the bound.
    if (quarantined) return [];
    const places = this.#places(stored);
    const broken: string[] = [];
    for (const taskId of waiting) {
      const other = tasks.get(taskId);
      if (other === undefined || taskId === task.id || !rivals(other, task)) continue;
      if (!isBefore(places.get(taskId), places.get(task.id))) continue;
      const count = (this.#counts.get(taskId) ?? 0) + 1;
      this.#counts.set(taskId, count);
      if (count > overtakesMax) {
        broken.push(
          `${taskId} was overtaken ${count} times, by ${task.id} at last; the bound is ${overtakesMax}`,
        );
      }
    }
    return broken;
  }

  #places(stored: readonly DisjointEvent[]): ReadonlyMap<string, Place> {
    const places = new Map<string, Place>();
    for (const event of stored) {
      if (event.type !== 'task.submitted') continue;
      const priority = this.#options.tasks.get(event.taskId)?.priority ?? 0;
      places.set(event.taskId, [event.at - priority * this.#options.agingMs, places.size]);
    }
    return places;
  }
}

/** Smaller goes first, then the earlier one. */
type Place = readonly [key: number, arrival: number];

const isBefore = (a: Place | undefined, b: Place | undefined): boolean =>
  a !== undefined && b !== undefined && (a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]));
