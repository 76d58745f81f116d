import {numberIn, type Sql} from './database.ts';
import {type JournalRecord, recordIn} from './journal-record.ts';
import {StoreError} from './store-error.ts';

/** So many records are in memory at once. */
const CHUNK = 1_000;

/**
 * The records after one, up to another, each as it was written and without a gap between them. They are read as they are
 * asked for.
 *
 * @throws StoreError `corrupt` at the first that is not.
 */
export function* recordsIn(sql: Sql, afterSeq: number, untilSeq: number): Generator<JournalRecord> {
  let last: number | null = null;
  for (;;) {
    const rows = sql.rows('read', last ?? afterSeq, untilSeq, CHUNK);
    for (const row of rows) {
      const record = recordIn(row);
      const place = `record ${String(row['seq'])}`;
      if (record === null) throw new StoreError('corrupt', `${place} is not what was written`);
      if (last !== null && record.seq !== last + 1)
        throw new StoreError('corrupt', `before ${place} one is missing`);
      last = record.seq;
      yield record;
    }
    if (rows.length < CHUNK) return;
  }
}

/** The numbers of the first record and of the last; the last is one less than the first if there is none. */
export interface Extent {
  readonly first: number;
  readonly last: number;
}

const extentSaid = (sql: Sql): Extent => {
  const [row] = sql.rows('read-extent');
  const [first, last] = [numberIn(row, 'first_seq'), numberIn(row, 'last_seq')];
  if (first === null || last === null)
    throw new StoreError('corrupt', 'it does not say how many records it has');
  return {first, last};
};

/**
 * Reads every record after one that was read before (0: all of them).
 *
 * @returns Where the journal begins and ends, once all that should be there was found there.
 * @throws StoreError `corrupt`, with the place.
 */
export const checkRecords = (sql: Sql, afterSeq: number): Extent => {
  const extent = extentSaid(sql);
  const first = Math.max(extent.first, afterSeq + 1);
  let [from, to]: [number | null, number] = [null, first - 1];
  for (const {seq} of recordsIn(sql, afterSeq, Number.MAX_SAFE_INTEGER)) {
    from ??= seq;
    to = seq;
  }
  if ((from ?? first) !== first)
    throw new StoreError('corrupt', `it begins with record ${from} in place of ${first}`);
  if (to !== extent.last)
    throw new StoreError('corrupt', `it ends with record ${to} in place of ${extent.last}`);
  return extent;
};
