import {numberIn, type Sql} from './database.ts';
import {type JournalRecord, recordIn} from './journal-record.ts';
import {isIntact, readSeals} from './seals.ts';
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

/** Which records there are. */
export interface Extent {
  readonly first: number;
  /** One less than the first if there is none. */
  readonly last: number;
}

/** What it says of itself. */
const extentSaid = (sql: Sql): Extent => {
  const [row] = sql.rows('read-extent');
  const [first, last] = [numberIn(row, 'first_seq'), numberIn(row, 'last_seq')];
  if (first === null || last === null)
    throw new StoreError('corrupt', 'it does not say how many records it has');
  return {first, last};
};

const checkEnds = (sql: Sql, {first, last}: Extent): void => {
  const [ends] = sql.rows('read-ends');
  const [from, to] = [numberIn(ends, 'first_seq') ?? first, numberIn(ends, 'last_seq') ?? first - 1];
  if (from !== first) throw new StoreError('corrupt', `it begins with record ${from} in place of ${first}`);
  if (to !== last) throw new StoreError('corrupt', `it ends with record ${to} in place of ${last}`);
};

/** Reads each of them. */
const checkEach = (sql: Sql, {first, last}: Extent): void => {
  let expected = first;
  for (const {seq} of recordsIn(sql, first - 1, last)) {
    if (seq !== expected) throw new StoreError('corrupt', `before record ${seq} one is missing`);
    expected++;
  }
  if (expected <= last) throw new StoreError('corrupt', `record ${expected} is missing`);
};

/** What was found in a journal that is whole. */
export interface Checked extends Extent {
  /** All up to this one are sealed. */
  readonly sealedTo: number;
}

/**
 * Looks at every record after one that was looked at before (0: at all of them): at those that are sealed together, at the
 * rest one by one.
 *
 * @throws StoreError `corrupt` if one is not what was written, or is missing, with its place.
 */
export const checkRecords = (sql: Sql, afterSeq: number): Checked => {
  const extent = extentSaid(sql);
  checkEnds(sql, extent);
  let next = Math.max(extent.first, afterSeq + 1);
  let sealedTo = extent.first - 1;
  for (const seal of readSeals(sql)) {
    if (seal.first > seal.last || seal.last > extent.last) continue;
    sealedTo = seal.last;
    if (seal.first < next) continue;
    checkEach(sql, {first: next, last: seal.first - 1});
    if (!isIntact(sql, seal)) checkEach(sql, seal);
    next = seal.last + 1;
  }
  checkEach(sql, {first: next, last: extent.last});
  return {...extent, sealedTo};
};
