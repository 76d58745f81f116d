import {type ProcessEntry, type ProcessTable, processTable} from './process-table.ts';

/** In the environment of everything that is started for an attempt, with a value that only this attempt has. */
export const MARK_NAME = 'DISJOINT_MARK';

/**
 * How often to look before nothing counts as nothing, and how often if some process shows no environment: the time in
 * which one program becomes another is shorter than a look, but kernel threads never show one.
 */
const LOOKS = 2;
const LOOKS_MAX = 4;

interface Look {
  readonly found: readonly number[];
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
  /** The number of the leader may be given to a stranger once its group and session are empty. */
  #groupGone = false;
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
  }

  /**
   * The living, without the leader itself. Call it after the leader has ended.
   *
   * "None" takes two looks: a process that starts another one and ends while we look shows neither in the first.
   */
  list(): readonly number[] {
    let look = this.#look();
    for (let looks = 1; looks < LOOKS_MAX && look.found.length === 0; looks++) {
      if (looks >= LOOKS && !look.isUncertain) break;
      look = this.#look();
    }
    return look.found;
  }

  /** Sends the signal to the group while its leader lives, so that nobody slips away between look and signal. */
  signalGroup(signal: NodeJS.Signals): void {
    send(-this.#leader, signal);
  }

  signalEach(pids: readonly number[], signal: NodeJS.Signals): void {
    for (const pid of pids) send(pid, signal);
  }

  #look(): Look {
    const entries = this.#table.list();
    const ofGroup = this.#groupGone
      ? []
      : entries.filter((entry) => entry.group === this.#leader || entry.session === this.#leader);
    if (ofGroup.length === 0) this.#groupGone = true;
    const found = new Map(ofGroup.map((entry) => [entry.pid, entry]));
    let isUncertain = false;
    for (const entry of entries) {
      const {pid, startedAt} = entry;
      if (found.has(pid) || pid === process.pid || startedAt < this.since) continue;
      const isMarked = this.#isKnown(entry) ? true : this.#table.hasInEnvironment(pid, this.#mark);
      if (isMarked === true) found.set(pid, entry);
      // Kernel threads belong to no session.
      if (isMarked === null && entry.session !== 0) isUncertain = true;
    }
    for (const {pid, startedAt} of found.values()) this.#known.set(pid, startedAt);
    return {found: [...found.keys()], isUncertain};
  }

  #isKnown({pid, startedAt}: ProcessEntry): boolean {
    return this.#known.get(pid) === startedAt;
  }
}

const send = (target: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(target, signal);
  } catch {
    // It has just ended, or is not ours to signal; the next look tells.
  }
};
