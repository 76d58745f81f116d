import {randomUUID} from 'node:crypto';
import {chmodSync, existsSync} from 'node:fs';
import path from 'node:path';
import type {DisjointEvent} from '../core/events.ts';
import {isObject} from '../core/shape.ts';
import type {RunSummary} from '../core/summary.ts';
import type {TaskId} from '../core/task.ts';
import {unfinishedIn} from '../core/unfinished.ts';
import {isStillThere, ownIdentity} from '../executors/process/identity.ts';
import {LEFT_OVERS_MS, stopLeftOvers} from '../executors/process/left-overs.ts';
import {processTable} from '../executors/process/process-table.ts';
import {makeStateFolder} from '../executors/process/state-folder.ts';
import type {Store} from '../ports/store.ts';
import type {KeptRun} from '../store/sqlite/kept-runs.ts';
import {SqliteStore} from '../store/sqlite/sqlite-store.ts';
import {StoreError} from '../store/sqlite/store-error.ts';
import {alreadyRunning, DisjointError, stateLost} from './errors.ts';
import {KeptFiles} from './kept-files.ts';
import type {LeftRun} from './left-run.ts';
import type {RepositoryLock} from './repository-lock.ts';

/** Sorts by start in a listing, and is nobody else's: `20261125T181104-3f2a…`. */
export const runIdAt = (now: number): string =>
  `${new Date(now).toISOString().replaceAll(/[-:]|\..*$/gu, '')}-${randomUUID()}`;

export const journalFileIn = (root: string): string => path.join(root, '.disjoint', 'state.db');

/** What is wrong with the journal, for whoever wants to use it. */
export const journalError = (error: unknown, file: string): unknown => {
  if (!(error instanceof StoreError)) return error;
  switch (error.reason) {
    case 'taken':
      return alreadyRunning(error.holder, path.dirname(path.dirname(file)));
    case 'newer':
      return new DisjointError(
        'E_JOURNAL_NEWER',
        `${file} was written by a later version: ${error.message}`,
        'update Disjoint, or move the file away to begin a new one',
      );
    case 'corrupt':
      return new DisjointError(
        'E_JOURNAL_CORRUPT',
        `${file} is damaged: ${error.message}`,
        `see what can be saved with "disjoint doctor --salvage ${file}", or move it away to begin a new one; nothing in it was changed`,
      );
    case 'io':
      return new DisjointError(
        'E_IO',
        `${file} cannot be used: ${error.message}`,
        'check who may write there, and whether the disk is full',
      );
    case 'fenced':
    case 'excluded':
      return error;
  }
};

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

/**
 * The journal of a repository, for one run: it is the only one that runs there, and nothing is left of those before it.
 */
export class RunJournal {
  readonly runId: string;
  /** The run before this one, if it was cut short. Nothing of it is alive any more. */
  readonly interrupted: InterruptedRun | null;
  /** The processes that were left of earlier runs in this repository, also of those with another journal, and are stopped now. */
  readonly stopped: readonly number[];
  readonly #store: SqliteStore;
  readonly #files: KeptFiles;
  /** As it is named in errors. */
  readonly #name: string;

  private constructor(
    {store, name, files}: {readonly store: SqliteStore; readonly name: string; readonly files: KeptFiles},
    runId: string,
    {interrupted, stopped}: Cleared,
  ) {
    this.#store = store;
    this.#name = name;
    this.#files = files;
    this.runId = runId;
    this.interrupted = interrupted;
    this.stopped = stopped;
  }

  /**
   * Opens the journal in the state folder of the repository, makes it if it is not there, and takes it for a new run.
   *
   * Processes of a run whose orchestrator is dead could still write: they are stopped before this resolves. They may be of a
   * run for another folder of the repository, with a journal of its own: all that carries the mark of the repository is of the
   * past, as its lock is ours.
   *
   * @param lock That of the repository.
   * @throws DisjointError `E_ALREADY_RUNNING`, `E_JOURNAL_CORRUPT`, `E_JOURNAL_NEWER`, or `E_LEFT_OVERS` if something that
   * was left of an earlier run cannot be stopped.
   */
  static async take(root: string, lock: LockedFor): Promise<RunJournal> {
    const file = journalFileIn(root);
    makeStateFolder(path.dirname(file));
    const name = path.relative(root, file);
    const at = Date.now();
    const runId = runIdAt(at);
    let store: SqliteStore | null = null;
    try {
      store = SqliteStore.open(file, isStillThere);
      chmodSync(file, 0o600);
      store.take({holder: {...ownIdentity(), since: at}, isAlive: isStillThere, runId, at});
      const files = new KeptFiles([path.dirname(file), file]);
      return new RunJournal({store, name, files}, runId, await clearAway(store, lock));
    } catch (error) {
      // Why it cannot be taken says more than why it cannot be closed then.
      await store?.close().catch(() => {});
      throw journalError(error, name);
    }
  }

  /** What the orchestrator keeps its events in. It stays open when that is shut down: the end of the run comes after. */
  get store(): Store {
    const store = this.#store;
    return {
      gathers: store.gathers,
      snapshots: store.snapshots,
      // Nothing starts that was not appended, so this is a look before each start.
      append: (events) => {
        const lost = this.lost();
        return lost === null ? store.append(events) : Promise.reject(stateLost(lost));
      },
      read: (afterSeq, limit) => store.read(afterSeq, limit),
      lastSeq: () => store.lastSeq(),
      close: () => Promise.resolve(),
    };
  }

  /** The folder of the state or the journal, if that is not there any more or is another one: the next run would not see it. */
  lost(): string | null {
    return this.#files.lost();
  }

  /** Which run decided an event, by the name of its folder of logs. To be asked for before this run decides anything. */
  async runIdOf(): Promise<(seq: number) => string> {
    return runIdsIn(this.#store, await this.#store.lastSeq(), this.runId);
  }

  /**
   * What was left is in this run now, on the disk: the run that was cut short is over.
   *
   * @throws DisjointError `E_IO` if that cannot be written.
   */
  tookOver(): void {
    try {
      endAll(this.#store, openRuns(this.#store));
    } catch (error) {
      throw journalError(error, this.#name);
    }
  }

  /**
   * The run is over, and nothing of it is alive. `null`: it did not get far enough to be summed up. If tasks of it are left
   * all the same, the next run goes on with them.
   *
   * @throws DisjointError `E_IO` if that cannot be written: the next run finds that this one was cut short.
   */
  async end(summary: RunSummary | null): Promise<void> {
    try {
      await this.#note(summary);
    } catch (error) {
      throw journalError(error, this.#name);
    }
  }

  async #note(summary: RunSummary | null): Promise<void> {
    const store = this.#store;
    const {epoch} = store;
    try {
      if (epoch === null) return;
      const isCut = summary === null && (await isUnfinished(store, epoch));
      if (!isCut) store.endRun(epoch, Date.now(), summary === null ? null : JSON.stringify(summary));
    } finally {
      await store.close();
    }
  }
}

/**
 * Which run decided an event.
 *
 * @param lastSeq The number of the last event that is there; those after it are of the run `latest`.
 */
const runIdsIn = (store: SqliteStore, lastSeq: number, latest: string): ((seq: number) => string) => {
  const runs = store.runs().flatMap(({firstSeq, runId}) => (firstSeq === null ? [] : [{firstSeq, runId}]));
  return (seq) =>
    (seq > lastSeq ? undefined : runs.findLast(({firstSeq}) => firstSeq <= seq)?.runId) ?? latest;
};

/** Runs before this one of which nobody said yet that they are over. */
const openRuns = (store: SqliteStore): readonly KeptRun[] =>
  store.runs().filter(({epoch, endedAt}) => endedAt === null && epoch !== store.epoch);

const endAll = (store: SqliteStore, runs: readonly KeptRun[]): void => {
  for (const {epoch} of runs) store.endRun(epoch, Date.now(), null);
};

interface Left {
  readonly run: LeftRun;
  /** Why not all that could have been used was used. */
  readonly ignored: readonly string[];
}

/** What is left of these runs: of the last one that decided anything, and of those that it went on with. */
const leftOf = async (store: SqliteStore, runs: readonly KeptRun[]): Promise<Left | null> => {
  const last = runs.findLast((run) => run.since !== null);
  const since = last?.since ?? null;
  if (last === undefined || since === null) return null;
  const {snapshot, ignored} = store.findSnapshot(since);
  const events = await store.read(snapshot === null ? since - 1 : snapshot.seq);
  return {run: {runId: last.runId, since, snapshot: snapshot?.parts ?? null, events}, ignored};
};

const unfinishedOf = ({run}: Left): readonly TaskId[] => unfinishedIn(run.events, run.snapshot);

const isUnfinished = async (store: SqliteStore, ofEpoch: number): Promise<boolean> => {
  const left = await leftOf(
    store,
    store.runs().filter(({epoch}) => epoch === ofEpoch),
  );
  return left !== null && unfinishedOf(left).length > 0;
};

/** What the journal has to know of the lock under which it is taken. */
type LockedFor = Pick<RepositoryLock, 'mark' | 'isInherited'>;

interface Cleared {
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
async function clearAway(store: SqliteStore, lock: LockedFor): Promise<Cleared> {
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
}

/** A run of the past, or the one that goes on. */
export interface PastRun {
  /** Counts the runs of the repository. */
  readonly run: number;
  /** The name of its folder of logs. */
  readonly runId: string;
  /** Wall times, in ms. */
  readonly startedAt: number;
  /** `null` while it goes on, and if it was cut short until the next one has cleared it away. */
  readonly endedAt: number | null;
  /** `null` if it was cut short, or goes on. */
  readonly summary: RunSummary | null;
}

const isSummary = (value: unknown): value is RunSummary =>
  isObject(value) && value['type'] === 'run.summary' && isObject(value['tasks']);

const pastRun = ({epoch, runId, startedAt, endedAt, summary}: KeptRun): PastRun => {
  const said: unknown = summary === null ? null : JSON.parse(summary);
  return {run: epoch, runId, startedAt, endedAt, summary: isSummary(said) ? said : null};
};

/** What the last run of a project decided. */
export interface LastRun {
  /** The run, and with it those that it went on with. */
  readonly run: PastRun;
  readonly left: LeftRun;
  /** Which of them decided an event. */
  readonly runIdOf: (seq: number) => string;
}

/** Reads the journal of a project, as it is at this moment; `null` if there is none. Changes nothing in it. */
const readJournal = async <T>(
  root: string,
  read: (store: SqliteStore) => T | Promise<T>,
): Promise<T | null> => {
  const file = journalFileIn(root);
  if (!existsSync(file)) return null;
  let store: SqliteStore | null = null;
  try {
    store = SqliteStore.openToRead(file);
    return store === null ? null : await read(store);
  } catch (error) {
    throw journalError(error, path.relative(root, file));
  } finally {
    await store?.close();
  }
};

/** The runs of a repository, the first one first; none if there never was one. */
export const runsOf = async (root: string): Promise<readonly PastRun[]> =>
  (await readJournal(root, (store) => store.runs().map(pastRun))) ?? [];

/** All events of the journal after a number; `null` if there is no journal. */
export const eventsAfter = (root: string, seq: number): Promise<readonly DisjointEvent[] | null> =>
  readJournal(root, (store) => store.read(seq));

/** The last run of a project that decided anything; `null` if there never was one. */
export const lastRunOf = (root: string): Promise<LastRun | null> =>
  readJournal(root, async (store) => {
    const last = store.runs().findLast(({since}) => since !== null);
    const since = last?.since ?? null;
    if (last === undefined || since === null) return null;
    const {runId} = last;
    // All of it, as a snapshot does not tell what became of each attempt.
    const left = {runId, since, snapshot: null, events: await store.read(since - 1)};
    return {run: pastRun(last), left, runIdOf: runIdsIn(store, await store.lastSeq(), runId)};
  });
