import {type ProcessEntry, type ProcessTable, processTable} from './process-table.ts';

/** In the environment of everything that is started for an attempt, with a value that only this attempt has. */
export const MARK_NAME = 'DISJOINT_MARK';

/**
 * How often to look before nothing counts as nothing, and how often if some process could not be told: it shows no
 * environment while it becomes another program, which is shorter than a look, or it had ended before it was read.
 */
const LOOKS = 2;
const LOOKS_MAX = 8;

interface Look {
  readonly found: readonly ProcessEntry[];
  /** Some process could not be told. */
  readonly isUncertain: boolean;
}

/**
 * Everything that one attempt started and that is still alive: its process group, its session, and whatever left
 * both but still carries the attempt's mark in its environment.
 *
 * A process that leaves the session and clears its environment is not found; only a sandbox can hold that one.
 */
export class Descendants {
  readonly #leader: number;
  readonly #mark: string;
  readonly #table: ProcessTable;
  /** When the first of them was started, as the process table tells it. */
  readonly since: number;
  /**
   * The groups of its processes. One signal reaches all of a group at once, also those that start while we look. A group
   * that has been empty is forgotten, because its number may be given to a stranger.
   */
  readonly #groups: Set<number>;
  /** The group that we are in ourselves is never signalled, whoever else is in it. */
  readonly #ourGroup: number | null;
  /** Those found before, by number and start time: one that is ending shows its environment no more. */
  readonly #known = new Map<number, number>();

  /**
   * Make it right after the leader was started. `since` tells of an earlier start where the leader is not the first
   * that carries the mark; what started before is not looked at.
   */
  constructor(leader: number, mark: string, table: ProcessTable = processTable, since?: number) {
    this.#leader = leader;
    this.#mark = mark;
    this.#table = table;
    this.since = since ?? table.find(leader)?.startedAt ?? 0;
    this.#groups = new Set([leader]);
    this.#ourGroup = table.find(process.pid)?.group ?? null;
  }

  /**
   * The living, without the leader itself. Call it after the leader has ended.
   *
   * "None" takes some looks: a process that starts another one and ends while we look shows neither. And before it is
   * said, whatever may still be in a group of ours unseen is killed: processes that each live for less than a look would
   * never be found, and a signal to the group cannot miss them.
   */
  list(): readonly number[] {
    let look = this.#lookWell();
    if (look.found.length === 0 && this.#signalGroups('SIGKILL')) look = this.#look();
    return look.found.map(({pid}) => pid);
  }

  /** Sends the signal to the group of the leader while that lives. */
  signalGroup(signal: NodeJS.Signals): void {
    this.#table.signal(-this.#leader, signal);
  }

  /** Sends the signal to all that is alive. Call it after the leader has ended. */
  signalAll(signal: NodeJS.Signals): void {
    const {found} = this.#lookWell();
    this.#signalGroups(signal);
    for (const {pid, group} of found) if (!this.#groups.has(group)) this.#table.signal(pid, signal);
  }

  #lookWell(): Look {
    let look = this.#look();
    for (let looks = 1; looks < LOOKS_MAX && look.found.length === 0; looks++) {
      if (looks >= LOOKS && !look.isUncertain) break;
      look = this.#look();
    }
    return look;
  }

  /** False if none of the groups has anybody in it, not even one that has ended and was not taken leave of. */
  #signalGroups(signal: NodeJS.Signals): boolean {
    for (const group of this.#groups) if (!this.#table.signal(-group, signal)) this.#groups.delete(group);
    return this.#groups.size > 0;
  }

  #look(): Look {
    const {entries, isComplete} = this.#table.look();
    const found: ProcessEntry[] = [];
    let isUncertain = !isComplete;
    for (const entry of entries) {
      if (entry.pid === process.pid || entry.startedAt < this.since) continue;
      const isOurs = this.#isOurs(entry);
      if (isOurs === true) found.push(entry);
      // Kernel threads belong to no session and never show an environment.
      if (isOurs === null && entry.session !== 0) isUncertain = true;
    }
    // Before the next look an empty one may be somebody else's.
    const seen = new Set(found.map(({group}) => group));
    for (const group of this.#groups) {
      if (!seen.has(group) && !this.#table.signal(-group, 0)) this.#groups.delete(group);
    }
    for (const {pid, startedAt, group} of found) {
      this.#known.set(pid, startedAt);
      if (group !== this.#ourGroup) this.#groups.add(group);
    }
    return {found, isUncertain};
  }

  #isOurs({pid, startedAt, group, session}: ProcessEntry): boolean | null {
    const known = this.#known.get(pid);
    if (known === startedAt) return true;
    const isInside = this.#groups.has(group) || (this.#groups.has(this.#leader) && session === this.#leader);
    // One with the number of one that we knew is a stranger, and so is the group that it leads.
    if (known === undefined && isInside) return true;
    return this.#table.hasInEnvironment(pid, this.#mark);
  }
}
