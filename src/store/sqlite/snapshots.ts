import {SNAPSHOT_VERSION, type SnapshotPart} from '../../core/snapshot.ts';
import {checksumOf} from './checksum.ts';
import {numberIn, type Row, type Sql, textIn} from './database.ts';

/** Two, in turn: the one before the last stays until the next one is complete. */
const SLOTS = [0, 1] as const;

/** A snapshot that is complete: its head was written last. */
interface Head {
  readonly slot: number;
  /** The last event that it stands for. */
  readonly seq: number;
  /** The first event of the run that it is of, or of those that this went on with. */
  readonly since: number;
  readonly version: number;
  readonly parts: number;
}

const checksumOfHead = ({slot, seq, since, version, parts}: Head): number =>
  checksumOf([slot, seq, since, version, parts]);

const headIn = (row: Row): Head | null => {
  const head = {
    slot: numberIn(row, 'slot') ?? -1,
    seq: numberIn(row, 'seq') ?? 0,
    since: numberIn(row, 'since') ?? 0,
    version: numberIn(row, 'version') ?? 0,
    parts: numberIn(row, 'parts') ?? 0,
  };
  return row['checksum'] === checksumOfHead(head) ? head : null;
};

/** The slot for the next snapshot: not that of the latest one. */
export const nextSlot = (sql: Sql): number => {
  const latest = sql.rows('snapshots').flatMap((row) => headIn(row) ?? [])[0];
  return SLOTS.find((slot) => slot !== latest?.slot) ?? SLOTS[0];
};

/** From here on nothing is complete in this slot. */
export const beginSnapshot = (sql: Sql, slot: number): void => {
  sql.run('delete-snapshot', slot);
};

/** Keeps a part, as text. */
export const keepPart = (
  sql: Sql,
  {
    slot,
    seq,
    part,
    data,
  }: {readonly slot: number; readonly seq: number; readonly part: number; readonly data: string},
): void => {
  sql.run('write-snapshot-part', slot, part, seq, data, checksumOf([slot, part, seq, data]));
};

/** All parts are there: it counts from now on. */
export const completeSnapshot = (sql: Sql, head: Omit<Head, 'version'>): void => {
  const {slot, seq, since, parts} = head;
  sql.run('delete-snapshot-parts', slot, parts);
  const checksum = checksumOfHead({...head, version: SNAPSHOT_VERSION});
  sql.run('write-snapshot', slot, seq, since, SNAPSHOT_VERSION, parts, checksum);
};

/** What a run knew after one of its events. */
export interface KeptSnapshot {
  /** The number of that event. */
  readonly seq: number;
  readonly parts: readonly SnapshotPart[];
}

const partIn = (sql: Sql, {slot, seq}: Head, part: number): SnapshotPart | null => {
  const [row] = sql.rows('snapshot-part', slot, part);
  const data = textIn(row, 'data');
  const isSame = numberIn(row, 'seq') === seq && row?.['checksum'] === checksumOf([slot, part, seq, data]);
  // Its checksum says that it is what was written, and the version of its head that this version understands it.
  return data === null || !isSame ? null : (JSON.parse(data) as SnapshotPart);
};

const snapshotOf = (sql: Sql, head: Head): KeptSnapshot | null => {
  const parts: SnapshotPart[] = [];
  for (let part = 0; part < head.parts; part++) {
    const one = partIn(sql, head, part);
    if (one === null) return null;
    parts.push(one);
  }
  return {seq: head.seq, parts};
};

/** The latest snapshot that can be used, and why later ones cannot. */
export interface FoundSnapshot {
  readonly snapshot: KeptSnapshot | null;
  readonly ignored: readonly string[];
}

/**
 * Looks for a snapshot of the run whose first event this is, up to the last event. Snapshots are never needed: whatever is
 * wrong with one, the events say the same.
 */
export const findSnapshot = (sql: Sql, since: number, lastSeq: number): FoundSnapshot => {
  const ignored: string[] = [];
  for (const row of sql.rows('snapshots')) {
    const head = headIn(row);
    if (head === null) {
      ignored.push('a snapshot is damaged');
      continue;
    }
    if (head.since !== since || head.seq > lastSeq) continue;
    if (head.version !== SNAPSHOT_VERSION) {
      ignored.push(`the snapshot after event ${head.seq} is of another version`);
      continue;
    }
    const snapshot = snapshotOf(sql, head);
    if (snapshot !== null) return {snapshot, ignored};
    ignored.push(`the snapshot after event ${head.seq} is damaged`);
  }
  return {snapshot: null, ignored};
};
