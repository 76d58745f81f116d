import {existsSync} from 'node:fs';
import path from 'node:path';
import type {DisjointEvent} from '../core/events.ts';
import {isObject} from '../core/shape.ts';
import type {RunSummary} from '../core/summary.ts';
import type {KeptRun} from '../store/sqlite/kept-runs.ts';
import {SqliteStore} from '../store/sqlite/sqlite-store.ts';
import {journalError, journalFileIn} from './journal-file.ts';
import {runIdsIn} from './journal-runs.ts';
import type {LeftRun} from './left-run.ts';

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
