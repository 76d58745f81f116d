import {type ProcessEntry, type ProcessTable, processTable} from './process-table.ts';

/** Nobody was found so often, one look after the other, before it counts as nobody. */
const LOOKS = 3;
const PAUSE_MS = 50;
/** After SIGKILL a process is gone at once, unless the kernel waits for a device. */
const PATIENCE_MS = 10_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What was found and stopped, and what is still there (process ids). */
export interface LeftOvers {
  readonly stopped: readonly number[];
  readonly alive: readonly number[];
}

/**
 * Stops all processes with one of these marks in their environment: those of runs whose orchestrators are dead. Resolves when none
 * is left, or those that are left do not go.
 *
 * They are killed and not asked: nobody is there any more to take what they would still say.
 */
export const stopLeftOvers = async (
  marks: readonly string[],
  table: ProcessTable = processTable,
  patienceMs = PATIENCE_MS,
): Promise<LeftOvers> => {
  const stopped = new Set<number>();
  const until = performance.now() + patienceMs;
  for (let quiet = 0; quiet < LOOKS; ) {
    const {entries, isComplete} = table.look();
    const isMarked = ({pid}: ProcessEntry): boolean | null => {
      if (pid === process.pid) return false;
      const answers = marks.map((mark) => table.hasInEnvironment(pid, mark));
      return answers.includes(true) ? true : answers.includes(null) ? null : false;
    };
    const found = entries.filter((entry) => isMarked(entry) === true);
    // One that is just becoming another program shows none at this moment.
    const isUncertain =
      !isComplete || entries.some((entry) => entry.session !== 0 && isMarked(entry) === null);
    for (const {pid} of found) {
      stopped.add(pid);
      table.signal(pid, 'SIGKILL');
    }
    quiet = found.length === 0 && !isUncertain ? quiet + 1 : 0;
    if (performance.now() > until) return {stopped: [...stopped], alive: found.map(({pid}) => pid)};
    if (quiet < LOOKS) await pause(PAUSE_MS);
  }
  return {stopped: [...stopped], alive: []};
};
