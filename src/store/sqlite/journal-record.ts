import type {DisjointEvent} from '../../core/events.ts';
import {checksumOf} from './checksum.ts';
import {numberIn, type Row, textIn} from './database.ts';

/** An event as it lies in the journal. */
export interface JournalRecord {
  readonly seq: number;
  readonly epoch: number;
  readonly at: number;
  readonly type: string;
  /** The rest of the event, as JSON. */
  readonly data: string;
}

export const checksumOfRecord = ({seq, epoch, at, type, data}: JournalRecord): number =>
  checksumOf([seq, epoch, at, type, data]);

/** What JSON cannot say: errors of users, and whatever functions return. */
const plain = (value: unknown): unknown => {
  if (value instanceof Error) return {name: value.name, message: value.message, stack: value.stack};
  return typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : value;
};

/** As JSON, whatever it holds. */
export const textOf = (value: object): string => {
  try {
    return JSON.stringify(value, (_, one: unknown) => plain(one));
  } catch {
    // Something that a function gave back holds itself, or throws when it is read.
    return JSON.stringify(value, (key, one: unknown) =>
      key === 'value' || key === 'error' ? 'a value that cannot be kept' : plain(one),
    );
  }
};

export const recordOf = (event: DisjointEvent, epoch: number): JournalRecord => {
  const {seq, at, type, ...rest} = event;
  return {seq, epoch, at, type, data: textOf(rest)};
};

/** The record in a row; `null` if it is not what was once written. */
export const recordIn = (row: Row): JournalRecord | null => {
  const [seq, epoch, at] = [numberIn(row, 'seq'), numberIn(row, 'epoch'), numberIn(row, 'at')];
  const [type, data] = [textIn(row, 'type'), textIn(row, 'data')];
  if (seq === null || epoch === null || at === null || type === null || data === null) return null;
  const record = {seq, epoch, at, type, data};
  return row['checksum'] === checksumOfRecord(record) ? record : null;
};

export const eventIn = ({seq, at, type, data}: JournalRecord): DisjointEvent => {
  const rest: unknown = JSON.parse(data);
  // Its checksum says that it is what `recordOf` once wrote, and the format of the file that this version understands it.
  return {...(rest as object), seq, at, type} as DisjointEvent;
};
