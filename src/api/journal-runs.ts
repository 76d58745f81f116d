import type {TaskId} from '../core/task.ts';
import {unfinishedIn} from '../core/unfinished.ts';
import type {KeptRun} from '../store/sqlite/kept-runs.ts';
import type {SqliteStore} from '../store/sqlite/sqlite-store.ts';
import type {LeftRun} from './left-run.ts';

/**
 * Which run decided an event.
 *
 * @param lastSeq The number of the last event that is there; those after it are of the run `latest`.
 */
export const runIdsIn = (store: SqliteStore, lastSeq: number, latest: string): ((seq: number) => string) => {
  const runs = store.runs().flatMap(({firstSeq, runId}) => (firstSeq === null ? [] : [{firstSeq, runId}]));
  return (seq) =>
    (seq > lastSeq ? undefined : runs.findLast(({firstSeq}) => firstSeq <= seq)?.runId) ?? latest;
};

/** Runs before this one of which nobody said yet that they are over. */
export const openRuns = (store: SqliteStore): readonly KeptRun[] =>
  store.runs().filter(({epoch, endedAt}) => endedAt === null && epoch !== store.epoch);

export const endAll = (store: SqliteStore, runs: readonly KeptRun[]): void => {
  for (const {epoch} of runs) store.endRun(epoch, Date.now(), null);
};

export interface Left {
  readonly run: LeftRun;
  /** Why not all that could have been used was used. */
  readonly ignored: readonly string[];
}

/** What is left of these runs: of the last one that decided anything, and of those that it went on with. */
export const leftOf = async (store: SqliteStore, runs: readonly KeptRun[]): Promise<Left | null> => {
  const last = runs.findLast((run) => run.since !== null);
  const since = last?.since ?? null;
  if (last === undefined || since === null) return null;
  const {snapshot, ignored} = store.findSnapshot(since);
  const events = await store.read(snapshot === null ? since - 1 : snapshot.seq);
  return {run: {runId: last.runId, since, snapshot: snapshot?.parts ?? null, events}, ignored};
};

export const unfinishedOf = ({run}: Left): readonly TaskId[] => unfinishedIn(run.events, run.snapshot);

export const isUnfinished = async (store: SqliteStore, ofEpoch: number): Promise<boolean> => {
  const left = await leftOf(
    store,
    store.runs().filter(({epoch}) => epoch === ofEpoch),
  );
  return left !== null && unfinishedOf(left).length > 0;
};
