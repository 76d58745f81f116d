import {numberIn, type Sql, textIn} from './database.ts';
import {eventIn} from './journal-record.ts';
import {type KeptRun, readRuns, writeRun} from './kept-runs.ts';
import {writeLease} from './lease.ts';
import {project} from './projections.ts';
import {checkRecords, recordsIn} from './records.ts';
import {sealUpTo} from './seals.ts';
import {holderIn} from './store-error.ts';

/** A step from one format to the next. */
interface Migration {
  /** The file with its statements. */
  readonly script: string;
  /** Fills in what statements alone cannot know. */
  readonly fill: (sql: Sql) => void;
}

/** The number of the first event of the run that this one went on with, if its first event says so. */
const sinceOf = (sql: Sql, firstSeq: number): number => {
  const [record] = recordsIn(sql, firstSeq - 1, firstSeq);
  const event = record === undefined ? null : eventIn(record);
  return event?.type === 'run.continued' ? event.since : firstSeq;
};

/** The tables tell of the last run, and of those that it went on with. */
const fillTables = (sql: Sql): void => {
  const since = readRuns(sql).findLast((run) => run.since !== null)?.since ?? null;
  if (since === null) return;
  for (const record of recordsIn(sql, since - 1, Number.MAX_SAFE_INTEGER))
    project(sql, eventIn(record), record.seq === since);
};

/** Checksums for the lease and the runs, and where the events of each run begin. */
const fillFormat2 = (sql: Sql): void => {
  // What is taken over gets new checksums: it must not be damaged already.
  const {sealedTo, last} = checkRecords(sql, 0);
  sealUpTo(sql, sealedTo, last);
  const firstSeqs = new Map(
    sql
      .rows('format-1-first-seqs')
      .map((row) => [numberIn(row, 'epoch') ?? 0, numberIn(row, 'first_seq') ?? 0]),
  );
  for (const row of sql.rows('format-1-run')) {
    const epoch = numberIn(row, 'epoch') ?? 0;
    const firstSeq = firstSeqs.get(epoch) ?? null;
    const run: KeptRun = {
      epoch,
      runId: textIn(row, 'run_id') ?? '',
      startedAt: numberIn(row, 'started_at') ?? 0,
      since: firstSeq === null ? null : sinceOf(sql, firstSeq),
      firstSeq,
      endedAt: numberIn(row, 'ended_at'),
      summary: textIn(row, 'summary'),
    };
    writeRun(sql, run);
  }
  fillTables(sql);
  const [lease] = sql.rows('format-1-lease');
  writeLease(sql, {holder: holderIn(textIn(lease, 'holder')), epoch: numberIn(lease, 'epoch') ?? 0});
};

/** What leads from one format to the next, in order. */
export const MIGRATIONS: readonly Migration[] = [
  {script: 'migration-0001', fill: () => {}},
  {script: 'migration-0002', fill: fillFormat2},
];
