import {existsSync, readdirSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import {isStillThere, ownIdentity} from '../executors/process/identity.ts';
import type {KeptRun} from '../store/sqlite/kept-runs.ts';
import {SqliteStore} from '../store/sqlite/sqlite-store.ts';
import {journalError, journalFileIn} from './journal-file.ts';

/** Which runs may go; a run goes if any of these says so. */
export interface CleanRules {
  /** Those that ended so long ago (ms). */
  readonly olderThanMs: number | null;
  /** All but the latest so many. */
  readonly keepRuns: number | null;
  /** The oldest, until what is left takes no more than this (bytes), logs included. */
  readonly maxBytes: number | null;
}

/** A run with all that is kept of it. */
export interface StoredRun {
  readonly run: number;
  /** Wall time, in ms. */
  readonly startedAt: number;
  readonly journalBytes: number;
  readonly logBytes: number;
}

export interface CleanReport {
  readonly dryRun: boolean;
  /** The runs that go, the first one first. */
  readonly removed: readonly StoredRun[];
  /** How many stay. */
  readonly kept: number;
  /** By how much less the files took afterwards (bytes); in a dry run what the removed runs take. */
  readonly freedBytes: number;
}

const logFolderOf = (root: string, {runId}: KeptRun): string => path.join(root, '.disjoint', 'runs', runId);

/** What all files below a folder take, in bytes; 0 if it is not there. */
const bytesIn = (folder: string): number =>
  existsSync(folder)
    ? readdirSync(folder, {withFileTypes: true, recursive: true})
        .filter((entry) => entry.isFile())
        .reduce((sum, {parentPath, name}) => sum + statSync(path.join(parentPath, name)).size, 0)
    : 0;

/**
 * How many of so many of the oldest may go: nothing that has not ended, nothing that a run which stays went on with, and
 * never the latest run, nor the latest that decided anything.
 */
const removable = (runs: readonly KeptRun[], wanted: number): number => {
  const latest = runs.findLastIndex(({firstSeq}) => firstSeq !== null);
  const open = runs.findIndex(({endedAt}) => endedAt === null);
  let most = Math.max(0, Math.min(wanted, latest, open < 0 ? runs.length : open));
  // Runs that went on with each other are kept together, or go together.
  for (let i = runs.length - 1; i >= most; i--) {
    const since = runs[i]?.since ?? null;
    const first = since === null ? -1 : runs.findIndex(({firstSeq}) => firstSeq === since);
    if (first >= 0) most = Math.min(most, first);
  }
  return most;
};

/** How many of the oldest are to go by the rules. */
const unwanted = (
  runs: readonly (KeptRun & StoredRun)[],
  {olderThanMs, keepRuns, maxBytes}: CleanRules,
  now: number,
): number => {
  const isOld = ({endedAt}: KeptRun): boolean =>
    olderThanMs !== null && endedAt !== null && endedAt < now - olderThanMs;
  let bytesFromHere = runs.reduce((sum, {journalBytes, logBytes}) => sum + journalBytes + logBytes, 0);
  for (const [i, run] of runs.entries()) {
    const isMany = keepRuns !== null && runs.length - i > keepRuns;
    const isLarge = maxBytes !== null && bytesFromHere > maxBytes;
    if (!isOld(run) && !isMany && !isLarge) return i;
    bytesFromHere -= run.journalBytes + run.logBytes;
  }
  return runs.length;
};

/**
 * Removes old runs with their logs. What has not ended stays, and so does the latest run.
 *
 * @returns `null` if nothing was ever run there.
 * @throws DisjointError `E_ALREADY_RUNNING` while something runs, unless it is a dry run; `E_JOURNAL_CORRUPT`, `E_JOURNAL_NEWER`,
 * `E_IO`.
 */
export const cleanRuns = async (
  root: string,
  rules: CleanRules,
  dryRun: boolean,
): Promise<CleanReport | null> => {
  const file = journalFileIn(root);
  if (!existsSync(file)) return null;
  let store: SqliteStore | null = null;
  try {
    store = SqliteStore.open(file, isStillThere);
    const now = Date.now();
    const before = statSync(file).size;
    if (!dryRun) store.hold({...ownIdentity(), since: now}, isStillThere);
    const sizes = store.sizes();
    const runs = store.runs().map((run) => ({
      ...run,
      run: run.epoch,
      journalBytes: sizes.get(run.epoch)?.bytes ?? 0,
      logBytes: bytesIn(logFolderOf(root, run)),
    }));
    const gone = runs.slice(0, removable(runs, unwanted(runs, rules, now)));
    const removed = gone.map(({run, startedAt, journalBytes, logBytes}) => ({
      run,
      startedAt,
      journalBytes,
      logBytes,
    }));
    const logBytes = removed.reduce((sum, one) => sum + one.logBytes, 0);
    const journalBytes = removed.reduce((sum, one) => sum + one.journalBytes, 0);
    const kept = runs.length - gone.length;
    const last = gone.at(-1);
    if (dryRun || last === undefined) return {dryRun, removed, kept, freedBytes: logBytes + journalBytes};
    // The logs first: if this is cut short, the journal still knows what is left to be removed.
    for (const run of gone) rmSync(logFolderOf(root, run), {recursive: true, force: true});
    store.forget(last.epoch);
    await store.close();
    return {dryRun, removed, kept, freedBytes: logBytes + Math.max(0, before - statSync(file).size)};
  } catch (error) {
    throw journalError(error, path.relative(root, file));
  } finally {
    await store?.close();
  }
};
