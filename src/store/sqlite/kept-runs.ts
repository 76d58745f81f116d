import {checksumOf} from './checksum.ts';
import {numberIn, type Row, type Sql, textIn} from './database.ts';
import {StoreError} from './store-error.ts';

/** A run that a journal knows of. */
export interface KeptRun {
  /** Counts the starts. */
  readonly epoch: number;
  /** The name of its folder of logs, and the mark of its processes. */
  readonly runId: string;
  readonly startedAt: number;
  /** The number of its first event; `null` as long as it has decided nothing. */
  readonly firstSeq: number | null;
  /** The same if it began anew; if it went on with runs that were cut short, the number of the first event of the first of them. */
  readonly since: number | null;
  /** `null` if it was cut short, or still goes on. */
  readonly endedAt: number | null;
  /** What was said of it at its end. */
  readonly summary: string | null;
}

const checksumOfRun = ({epoch, runId, startedAt, since, firstSeq, endedAt, summary}: KeptRun): number =>
  checksumOf([epoch, runId, startedAt, since, firstSeq, endedAt, summary]);

/** The run in a row; `null` if it is not what was once written. */
export const runIn = (row: Row): KeptRun | null => {
  const [epoch, startedAt] = [numberIn(row, 'epoch'), numberIn(row, 'started_at')];
  const runId = textIn(row, 'run_id');
  if (epoch === null || runId === null || startedAt === null) return null;
  const run: KeptRun = {
    epoch,
    runId,
    startedAt,
    since: numberIn(row, 'since'),
    firstSeq: numberIn(row, 'first_seq'),
    endedAt: numberIn(row, 'ended_at'),
    summary: textIn(row, 'summary'),
  };
  return row['checksum'] === checksumOfRun(run) ? run : null;
};

/**
 * All runs, the first one first.
 *
 * @throws StoreError `corrupt` if one is not what was written.
 */
export const readRuns = (sql: Sql): readonly KeptRun[] =>
  sql.rows('runs').map((row) => {
    const run = runIn(row);
    if (run === null)
      throw new StoreError('corrupt', `the row of run ${String(row['epoch'])} is not what was written`);
    return run;
  });

/** Notes a run, in place of what was noted of it before. */
export const writeRun = (sql: Sql, run: KeptRun): void => {
  const {epoch, runId, startedAt, since, firstSeq, endedAt, summary} = run;
  sql.run('write-run', epoch, runId, startedAt, since, firstSeq, endedAt, summary, checksumOfRun(run));
};
