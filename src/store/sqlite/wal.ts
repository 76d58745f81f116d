import {closeSync, openSync, readSync} from 'node:fs';

/** How far the write-ahead log (WAL) beside a database goes: how many frames are committed, and of which turn of it they are. */
export interface WalState {
  readonly frames: number;
  /** As hexadecimal digits. The WAL is begun anew with others each time that all of it is in the database. */
  readonly salts: string;
}

/** https://sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER = {bytes: 32, magic: 0x377f_0682, page: 8, salts: 16, checksum: 24} as const;
const FRAME = {bytes: 24, pages: 4, covered: 8, salts: 8, checksum: 16} as const;
const SALT_BYTES = 8;

/** So many bytes from a place in an open file; `null` if there are not as many. */
const bytesAt = (handle: number, at: number, bytes: number): Buffer | null => {
  // With memory of its own, so that it begins where a number of four bytes may.
  const buffer = Buffer.from(new ArrayBuffer(bytes));
  return readSync(handle, buffer, 0, bytes, at) === bytes ? buffer : null;
};

const hexAt = (buffer: Buffer, at: number): string => buffer.toString('hex', at, at + SALT_BYTES);

/** Two sums that go on from frame to frame. */
type Sums = readonly [number, number];

const IS_LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const sumsOver = (bytes: Buffer, isLittle: boolean, [first, second]: Sums): Sums => {
  let [a, b] = [first, second];
  // SQLite sums in the order of the machine that made the WAL, which is nearly always this one.
  const own = isLittle === IS_LITTLE ? bytes : Buffer.from(new Uint8Array(bytes)).swap32();
  const numbers = new Uint32Array(own.buffer, own.byteOffset, own.byteLength / 4);
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    a = (a + (numbers[i] ?? 0) + b) | 0;
    b = (b + (numbers[i + 1] ?? 0) + a) | 0;
  }
  return [a >>> 0, b >>> 0];
};

const sumsAt = (bytes: Buffer, at: number): Sums => [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];

const isSame = (one: Sums, other: Sums): boolean => one[0] === other[0] && one[1] === other[1];

/** What the header of a WAL says of all of it. */
interface WalHead {
  readonly salts: string;
  readonly isLittle: boolean;
  readonly page: number;
  readonly sums: Sums;
}

/** `null` if it is not what SQLite wrote. */
const headIn = (header: Buffer): WalHead | null => {
  const isLittle = header.readUInt32BE(0) === HEADER.magic;
  const sums = sumsOver(header.subarray(0, HEADER.checksum), isLittle, [0, 0]);
  return isSame(sums, sumsAt(header, HEADER.checksum))
    ? {salts: hexAt(header, HEADER.salts), isLittle, page: header.readUInt32BE(HEADER.page), sums}
    : null;
};

/**
 * Goes through a WAL from its beginning, frame by frame. Only the WAL is opened: whoever opens and closes the index beside it,
 * or the database, takes from SQLite the locks that this process has on them (fcntl(2)).
 */
class FrameWalk {
  readonly head: WalHead;
  readonly #handle: number;
  #sums: Sums;
  /** How many frames are as they were written. */
  #frames = 0;
  /** How many of them are committed: the last of each commit says how large the database is then. */
  committed = 0;

  constructor(handle: number, head: WalHead) {
    this.#handle = handle;
    this.head = head;
    this.#sums = head.sums;
  }

  /** Where the next frame begins, in bytes. */
  get at(): number {
    return HEADER.bytes + this.#frames * (FRAME.bytes + this.head.page);
  }

  /** Goes on up to the first frame that is not what was written in this turn of the WAL, or to so many frames. */
  goOn(most = Number.POSITIVE_INFINITY): number {
    const {salts, isLittle, page} = this.head;
    while (this.#frames < most) {
      const frame = bytesAt(this.#handle, this.at, FRAME.bytes + page);
      if (frame === null || hexAt(frame, FRAME.salts) !== salts) break;
      const sums = sumsOver(
        frame.subarray(FRAME.bytes),
        isLittle,
        sumsOver(frame.subarray(0, FRAME.covered), isLittle, this.#sums),
      );
      if (!isSame(sums, sumsAt(frame, FRAME.checksum))) break;
      this.#sums = sums;
      this.#frames++;
      if (frame.readUInt32BE(FRAME.pages) > 0) this.committed = this.#frames;
    }
    return this.#frames;
  }
}

const walOf = (database: string): string => `${database}-wal`;

/** Follows the WAL of a database while this process writes to it: what was looked at is not looked at again. */
export class WalFollower {
  readonly #file: string;
  #handle: number | null = null;
  #walk: FrameWalk | null = null;

  constructor(database: string) {
    this.#file = walOf(database);
  }

  /** How far it goes now; `null` if nothing is in it. */
  state(): WalState | null {
    this.#handle ??= openSync(this.#file, 'r');
    const header = bytesAt(this.#handle, 0, HEADER.bytes);
    const salts = header === null ? null : hexAt(header, HEADER.salts);
    if (header === null || salts === null) return null;
    if (this.#walk?.head.salts !== salts) {
      const head = headIn(header);
      this.#walk = head === null ? null : new FrameWalk(this.#handle, head);
    }
    this.#walk?.goOn();
    return this.#walk === null ? null : {frames: this.#walk.committed, salts};
  }

  close(): void {
    if (this.#handle !== null) closeSync(this.#handle);
    this.#handle = null;
  }
}

/**
 * What is not as it was written in the part of the WAL that counts, as a clause; `null` if all of it is, or if the WAL has been
 * begun anew since, and so is not the one that is asked about.
 */
const damageIn = (handle: number, {frames, salts}: WalState): string | null => {
  const header = bytesAt(handle, 0, HEADER.bytes);
  // Where it is gone, all of it may be in the database: how far that goes tells.
  if (header === null) return null;
  const head = headIn(header);
  if (head === null) return 'the header of its write-ahead log is not what was written';
  if (head.salts !== salts) return null;
  const walk = new FrameWalk(handle, head);
  const whole = walk.goOn(frames);
  if (whole === frames) return null;
  return `frame ${whole + 1} of ${frames} of its write-ahead log, at byte ${walk.at}, is missing or not what was written`;
};

/** The same for the WAL of a database. */
export const damageInWal = (database: string, state: WalState): string | null => {
  let handle: number;
  try {
    handle = openSync(walOf(database), 'r');
  } catch {
    return null;
  }
  try {
    return damageIn(handle, state);
  } finally {
    closeSync(handle);
  }
};
