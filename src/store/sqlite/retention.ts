import {numberIn, type Sql} from './database.ts';
import {readRuns} from './kept-runs.ts';
import {StoreError} from './store-error.ts';

/** What the records of a run take. */
export interface RunSize {
  readonly records: number;
  /** About: without what SQLite needs besides. */
  readonly bytes: number;
}

/** Of each run that decided anything, by epoch. */
export const runSizes = (sql: Sql): ReadonlyMap<number, RunSize> =>
  new Map(
    sql
      .rows('run-sizes')
      .map((row) => [
        numberIn(row, 'epoch') ?? 0,
        {records: numberIn(row, 'records') ?? 0, bytes: numberIn(row, 'bytes') ?? 0},
      ]),
  );

/**
 * Forgets all runs up to one. To be called in a transaction.
 *
 * @throws StoreError `fenced` if one of these has not ended, or one after them went on with them, or none is after them:
 * nothing of these may go.
 */
export const forgetUpTo = (sql: Sql, epoch: number): void => {
  const runs = readRuns(sql);
  const gone = runs.filter((run) => run.epoch <= epoch);
  const kept = runs.filter((run) => run.epoch > epoch);
  const firstKept = kept.find((run) => run.firstSeq !== null)?.firstSeq ?? null;
  const isNeeded = kept.some(({since}) => since !== null && firstKept !== null && since < firstKept);
  if (firstKept === null || isNeeded || gone.some(({endedAt}) => endedAt === null))
    throw new StoreError('fenced', `what was decided up to run ${epoch} is still needed`);
  sql.run('forget-records', firstKept);
  sql.run('forget-runs', epoch);
  sql.run('forget-seals', firstKept);
  sql.run('forget-snapshots', firstKept);
  sql.run('forget-snapshot-parts');
  sql.run('begin-extent', firstKept);
};
