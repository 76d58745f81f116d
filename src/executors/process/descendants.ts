import {type ProcessTable, processTable} from './process-table.ts';

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
  readonly #startedAt: number;
  /** The number of the leader may be given to a stranger once its group and session are empty. */
  #groupGone = false;

  /** Look right after the leader was started: its start time tells it from later owners of its number. */
  constructor(leader: number, mark: string, table: ProcessTable = processTable) {
    this.#leader = leader;
    this.#mark = mark;
    this.#table = table;
    this.#startedAt = table.find(leader)?.startedAt ?? 0;
  }

  /**
   * The living, without the leader itself. Call it after the leader has ended.
   *
   * "None" takes two looks: a process that starts another one and ends while we look shows neither in the first.
   */
  list(): readonly number[] {
    const found = this.#look();
    return found.length > 0 ? found : this.#look();
  }

  /** Sends the signal to the group while its leader lives, so that nobody slips away between look and signal. */
  signalGroup(signal: NodeJS.Signals): void {
    send(-this.#leader, signal);
  }

  signalEach(pids: readonly number[], signal: NodeJS.Signals): void {
    for (const pid of pids) send(pid, signal);
  }

  #look(): readonly number[] {
    const entries = this.#table.list();
    const ofGroup = this.#groupGone
      ? []
      : entries.filter((entry) => entry.group === this.#leader || entry.session === this.#leader);
    if (ofGroup.length === 0) this.#groupGone = true;
    const found = new Set(ofGroup.map((entry) => entry.pid));
    for (const {pid, startedAt} of entries) {
      if (found.has(pid) || pid === process.pid || startedAt < this.#startedAt) continue;
      if (this.#table.hasInEnvironment(pid, this.#mark)) found.add(pid);
    }
    return [...found];
  }
}

const send = (target: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(target, signal);
  } catch {
    // It has just ended, or is not ours to signal; the next look tells.
  }
};
