import {crc32} from 'node:zlib';
import {numberIn, type Sql} from './database.ts';

/** So many records share one seal. */
const SEALED_TOGETHER = 1_000;

/** The records from one to another, and one checksum of all of them. */
export interface Seal {
  readonly first: number;
  readonly last: number;
  readonly checksum: number;
}

/** One checksum of all that these records have; `null` if some of them are not there. */
const checksumBetween = (sql: Sql, first: number, last: number): number | null => {
  const [row] = sql.rows('bytes-between', first, last);
  const bytes = row?.['bytes'];
  if (numberIn(row, 'records') !== last - first + 1) return null;
  if (bytes instanceof ArrayBuffer) return crc32(new Uint8Array(bytes));
  return bytes instanceof Uint8Array ? crc32(bytes) : null;
};

/** In order. What is damaged in them is no harm: the records are looked at one by one then. */
export const readSeals = (sql: Sql): readonly Seal[] =>
  sql.rows('seals').map((row) => ({
    first: numberIn(row, 'first_seq') ?? 0,
    last: numberIn(row, 'last_seq') ?? 0,
    checksum: numberIn(row, 'checksum') ?? 0,
  }));

/** Are the records what they were when they were sealed? */
export const isIntact = (sql: Sql, {first, last, checksum}: Seal): boolean =>
  checksumBetween(sql, first, last) === checksum;

/**
 * Seals the records after one, as many as there are together, so that they can be checked some times faster than one by one.
 * To be called in the transaction that appended them.
 *
 * @returns The last that is sealed now.
 */
export const sealUpTo = (sql: Sql, sealedTo: number, lastSeq: number): number => {
  let done = sealedTo;
  while (lastSeq - done >= SEALED_TOGETHER) {
    const [first, last] = [done + 1, done + SEALED_TOGETHER];
    const checksum = checksumBetween(sql, first, last);
    if (checksum === null) throw new Error(`Internal error: records ${first} to ${last} are not all there`);
    sql.run('insert-seal', last, first, checksum);
    done = last;
  }
  return done;
};
