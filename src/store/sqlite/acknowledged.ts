import {closeSync, openSync, readFileSync, statSync, writeSync} from 'node:fs';
import {checksumOf} from './checksum.ts';
import {StoreError} from './store-error.ts';
import {damageInWal, WalFollower, type WalState} from './wal.ts';

/**
 * What is written down beside the journal once an append is on the disk, and before anybody is told: how far the journal goes, and
 * where in the WAL that ends. It is not synced, so it costs next to nothing: it outlives the process, and after a power
 * failure it may be older than the journal and never newer.
 *
 * SQLite cuts its WAL at the first part of it that is not what was written, as it must after a power failure. By this it can be
 * told that more was cut than nobody relied on.
 */
export interface Acknowledged {
  /** The number of the last record. */
  readonly seq: number;
  readonly wal: WalState | null;
}

const noteOf = (file: string): string => `${file}-kept`;

/** Each is written over the one before. */
const NOTE_BYTES = 256;

/** A journal that was put in the place of this one has another. */
const inodeOf = (file: string): string => String(statSync(file, {bigint: true}).ino);

/** The note of this very file; `null` if there is none, or it is not what was written: then nothing can be told by it. */
export const readAcknowledged = (file: string): Acknowledged | null => {
  try {
    const [sum = '', text = ''] = readFileSync(noteOf(file), 'utf8').trimEnd().split('\t');
    if (sum !== String(checksumOf([text]))) return null;
    const [inode, seq, frames, salts = ''] = text.split(' ');
    if (inode !== inodeOf(file)) return null;
    const wal = frames === '0' ? null : {frames: Number(frames), salts};
    return {seq: Number(seq), wal};
  } catch {
    return null;
  }
};

/** How often, and how far apart (ms), a WAL is looked at that seems damaged: somebody may be about to begin it anew. */
const LOOKS = 2;
const LOOKS_APART_MS = 5;

/**
 * To be called before SQLite sees the file, which would cut its WAL.
 *
 * @throws StoreError `corrupt` if what was acknowledged is in the WAL, and not as it was written.
 */
export const assertWalWhole = (file: string): void => {
  for (let look = 1; ; look++) {
    const wal = readAcknowledged(file)?.wal ?? null;
    const damage = wal === null ? null : damageInWal(file, wal);
    if (damage === null) return;
    if (look === LOOKS) throw new StoreError('corrupt', damage);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOKS_APART_MS);
  }
};

/** @throws StoreError `corrupt` if the last record is not the last that was acknowledged, or a later one. */
export const assertAllThere = (known: Acknowledged | null, last: number): void => {
  if (known === null || known.seq <= last) return;
  const problem = `it goes up to record ${last}, and ${known.seq} were kept: its write-ahead log is gone, or cut off`;
  throw new StoreError('corrupt', problem);
};

/** Writes that note, again and again. */
export class AcknowledgedNote {
  readonly #file: string;
  readonly #wal: WalFollower;
  #handle: number | null = null;
  #inode = '';

  /** @param file The journal. */
  constructor(file: string) {
    this.#file = file;
    this.#wal = new WalFollower(file);
  }

  /** Whatever is in the way of it: what is on the disk is there without it as well. */
  write(seq: number): void {
    try {
      const handle = this.#open();
      const {frames, salts} = this.#wal.state() ?? {frames: 0, salts: '-'};
      const text = `${this.#inode} ${seq} ${frames} ${salts}`;
      writeSync(handle, `${checksumOf([text])}\t${text}`.padEnd(NOTE_BYTES), 0);
    } catch {
      // The next one may be written, and until then this one says less than there is.
    }
  }

  close(): void {
    this.#wal.close();
    if (this.#handle !== null) closeSync(this.#handle);
    this.#handle = null;
  }

  #open(): number {
    if (this.#handle !== null) return this.#handle;
    this.#inode = inodeOf(this.#file);
    this.#handle = openSync(noteOf(this.#file), 'w', 0o600);
    return this.#handle;
  }
}
