import {checksumOf} from './checksum.ts';
import {numberIn, type Sql, textIn} from './database.ts';
import {type Holder, holderIn, StoreError} from './store-error.ts';

/** Who may append, and how many runs there were: each has the number of the count at its begin, its epoch. */
export interface Lease {
  /** `null` if nobody has it. */
  readonly holder: Holder | null;
  readonly epoch: number;
}

/** @throws StoreError `corrupt` if it is not what was written. */
export const readLease = (sql: Sql): Lease => {
  const [row] = sql.rows('read-lease');
  const [holder, epoch] = [textIn(row, 'holder'), numberIn(row, 'epoch')];
  if (epoch === null || row?.['checksum'] !== checksumOf([holder, epoch]))
    throw new StoreError('corrupt', 'the row of the lease is not what was written');
  return {holder: holderIn(holder), epoch};
};

export const writeLease = (sql: Sql, {holder, epoch}: Lease): void => {
  const text = holder === null ? null : JSON.stringify(holder);
  sql.run('write-lease', text, epoch, checksumOf([text, epoch]));
};
