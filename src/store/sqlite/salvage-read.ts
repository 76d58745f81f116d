import {numberIn, type Row, type Sql, textIn} from './database.ts';
import {type JournalRecord, recordIn} from './journal-record.ts';
import {type KeptRun, runIn} from './kept-runs.ts';
import {StoreError} from './store-error.ts';

/** What can be read of a journal that is damaged. */
export interface Readable {
  /** Every record up to the damage. */
  readonly records: readonly JournalRecord[];
  /** The runs of which the row is what was written. */
  readonly runs: readonly KeptRun[];
  /** The number of the last record that there was; `null` if it does not say. */
  readonly lastSaid: number | null;
  /** What comes after the last record; `null` if all that can be told of the records is that they are whole. */
  readonly damage: string | null;
}

const sayingWhy = (error: unknown): string => StoreError.of(error).message;

/** The rows of an answer, as far as it can be read. */
const rowsOr = (sql: Sql, statement: string): readonly Row[] => {
  try {
    return sql.rows(statement);
  } catch {
    return [];
  }
};

/** The run in a row of the first format, which has no checksum. */
const earlierRunIn = (row: Row): KeptRun | null => {
  const [epoch, startedAt] = [numberIn(row, 'epoch'), numberIn(row, 'started_at')];
  const runId = textIn(row, 'run_id');
  if (epoch === null || startedAt === null || runId === null) return null;
  const [endedAt, summary] = [numberIn(row, 'ended_at'), textIn(row, 'summary')];
  return {epoch, runId, startedAt, since: null, firstSeq: null, endedAt, summary};
};

const runsIn = (sql: Sql): readonly KeptRun[] => {
  try {
    return sql.rows('runs').flatMap((row) => runIn(row) ?? []);
  } catch {
    return rowsOr(sql, 'format-1-run').flatMap((row) => earlierRunIn(row) ?? []);
  }
};

/** Reads one record after the other until one is not what was written, or cannot be read at all. */
export const readUpToDamage = (sql: Sql): Readable => {
  const [extent] = rowsOr(sql, 'read-extent');
  const [first, lastSaid] = [numberIn(extent, 'first_seq'), numberIn(extent, 'last_seq')];
  const records: JournalRecord[] = [];
  const found = (damage: string | null): Readable => ({records, runs: runsIn(sql), lastSaid, damage});
  let next = first;
  for (;;) {
    let row: Row | undefined;
    try {
      // One by one: what stands beside something that cannot be read is read all the same.
      [row] = sql.rows('read', (next ?? 1) - 1, Number.MAX_SAFE_INTEGER, 1);
    } catch (error) {
      return found(`after record ${(next ?? 1) - 1}: ${sayingWhy(error)}`);
    }
    if (row === undefined) break;
    const place = String(row['seq']);
    const record = recordIn(row);
    if (record === null) return found(`record ${place} is not what was written`);
    next ??= record.seq;
    if (record.seq !== next) return found(`before record ${place} one is missing`);
    records.push(record);
    next++;
  }
  const last = records.at(-1)?.seq ?? (first ?? 1) - 1;
  return found(lastSaid === null || last >= lastSaid ? null : `after record ${last} the end is missing`);
};
