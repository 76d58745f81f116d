import {type ProcessEntry, type ProcessTable, processTable} from './process-table.ts';

/** Nobody was found so often, one look after the other, before it counts as nobody. */
const LOOKS = 3;
const PAUSE_MS = 50;
/** After SIGKILL a process is gone at once, unless the kernel waits for a device. */
export const LEFT_OVERS_MS = 10_000;

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
 *
 * @param patienceMs How long to wait for those that do not go, and for those that cannot be told.
 * @param isExpected False if there is nothing that says that any could be left: then one look that finds none is enough, so
 * that not every run starts later.
 */
export const stopLeftOvers = async (
  marks: readonly string[],
  table: ProcessTable = processTable,
  patienceMs = LEFT_OVERS_MS,
  isExpected = true,
): Promise<LeftOvers> => {
  const stopped = new Set<number>();
  const until = performance.now() + patienceMs;
  let looks = isExpected ? LOOKS : 1;
  for (let quiet = 0; quiet < looks; ) {
    const {entries, isComplete} = table.look();
    const isMarked = ({pid}: ProcessEntry): boolean | null => {
      if (pid === process.pid) return false;
      const answers = marks.map((mark) => table.hasInEnvironment(pid, mark));
      if (answers.includes(true)) return true;
      // One that was started with no variable at all shows none for as long as it lives, and has none of ours.
      return answers.includes(null) && !table.isWithoutEnvironment(pid) ? null : false;
    };
    const found = entries.filter((entry) => isMarked(entry) === true);
    // One that is just becoming another program shows none at this moment.
    const isUncertain =
      (!isComplete && looks > 1) || entries.some((entry) => entry.session !== 0 && isMarked(entry) === null);
    if (found.length > 0 || isUncertain) looks = LOOKS;
    for (const {pid} of found) {
      stopped.add(pid);
      table.signal(pid, 'SIGKILL');
    }
    quiet = found.length === 0 && !isUncertain ? quiet + 1 : 0;
    if (performance.now() > until) return {stopped: [...stopped], alive: found.map(({pid}) => pid)};
    if (quiet < looks) await pause(PAUSE_MS);
  }
  return {stopped: [...stopped], alive: []};
};
