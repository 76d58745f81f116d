import type {TaskId} from '../core/task.ts';
import {LEFT_OVERS_MS, stopLeftOvers} from '../executors/process/left-overs.ts';
import {processTable} from '../executors/process/process-table.ts';
import type {KeptRun} from '../store/sqlite/kept-runs.ts';
import type {SqliteStore} from '../store/sqlite/sqlite-store.ts';
import {DisjointError} from './errors.ts';
import {endAll, leftOf, openRuns, unfinishedOf} from './journal-runs.ts';
import type {LeftRun} from './left-run.ts';
import type {RepositoryLock} from './repository-lock.ts';

/** A run that did not come to its end: its orchestrator was killed, or the machine went down. */
export interface InterruptedRun {
  /** Wall time, in ms. */
  readonly startedAt: number;
  /** The tasks that had not ended. */
  readonly tasks: readonly TaskId[];
  /** What is to go on; `null` if all of its tasks had ended. */
  readonly left: LeftRun | null;
  /** What of the journal could not be used, and was not needed: one line each. */
  readonly ignored: readonly string[];
}

/** What the journal has to know of the lock under which it is taken. */
export type LockedFor = Pick<RepositoryLock, 'mark' | 'isInherited'>;

export interface Cleared {
  readonly interrupted: InterruptedRun | null;
  readonly stopped: readonly number[];
}

/** @throws DisjointError `E_LEFT_OVERS` if something does not go. */
const stopAllOf = async (
  open: readonly KeptRun[],
  {mark, isInherited}: LockedFor,
): Promise<readonly number[]> => {
  const isExpected = isInherited || open.length > 0;
  // All at once: whoever is killed again and again as it starts must not take longer each time. Those of a run by its own
  // name as well: it may have been started where another repository was.
  const marks = [mark, ...open.map(({runId}) => `${runId}.`)];
  const {stopped, alive} = await stopLeftOvers(marks, processTable, LEFT_OVERS_MS, isExpected);
  if (alive.length === 0) return stopped;
  throw new DisjointError(
    'E_LEFT_OVERS',
    `processes of an interrupted run cannot be stopped: pid ${alive.join(', ')}`,
    'end them by hand; they could still write the files of their tasks',
  );
};

/**
 * Stops what is left of runs that were cut short, and finds what is to go on. They are over only once another run has it: if
 * this one is cut short before that, the next one finds the same.
 */
export const clearAway = async (store: SqliteStore, lock: LockedFor): Promise<Cleared> => {
  const open = openRuns(store);
  const stopped = await stopAllOf(open, lock);
  const [first] = open;
  if (first === undefined) return {interrupted: null, stopped};
  endAll(
    store,
    open.filter(({firstSeq}) => firstSeq === null),
  );
  const left = await leftOf(store, open);
  const tasks = left === null ? [] : unfinishedOf(left);
  if (tasks.length === 0) endAll(store, open);
  const {startedAt} = open.findLast(({firstSeq}) => firstSeq !== null) ?? first;
  const interrupted = {
    startedAt,
    tasks,
    left: left === null || tasks.length === 0 ? null : left.run,
    ignored: left?.ignored ?? [],
  };
  return {interrupted, stopped};
};
