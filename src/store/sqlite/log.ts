import {closeSync, openSync, readSync} from 'node:fs';

/** How far the log beside a database goes: how many frames of it count, and which turn of the log they are of. */
export interface LogState {
  readonly frames: number;
  /** As hexadecimal digits. The log is begun anew with others each time that all of it is in the database. */
  readonly salts: string;
}

/** https://sqlite.org/walformat.html#the_wal_index_header: `mxFrame` and `aSalt`. */
const INDEX = {bytes: 48, frames: 16, salts: 32} as const;

/** https://sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER = {bytes: 32, magic: 0x377f_0682, page: 8, salts: 16, checksum: 24} as const;
const FRAME = {bytes: 24, covered: 8, salts: 8, checksum: 16} as const;
const SALT_BYTES = 8;

/** The beginning of a file; `null` if it cannot be read, or is shorter. */
const beginningOf = (file: string, bytes: number): Buffer | null => {
  let handle: number | null = null;
  try {
    handle = openSync(file, 'r');
    const buffer = Buffer.alloc(bytes);
    return readSync(handle, buffer, 0, bytes, 0) === bytes ? buffer : null;
  } catch {
    return null;
  } finally {
    if (handle !== null) closeSync(handle);
  }
};

const hexAt = (buffer: Buffer, at: number): string => buffer.toString('hex', at, at + SALT_BYTES);

const IS_LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** How far the log of a database goes that is open in some process; `null` if that cannot be told. */
export const logStateOf = (database: string): LogState | null => {
  const index = beginningOf(`${database}-shm`, INDEX.bytes);
  if (index === null) return null;
  const frames = IS_LITTLE ? index.readUInt32LE(INDEX.frames) : index.readUInt32BE(INDEX.frames);
  return {frames, salts: hexAt(index, INDEX.salts)};
};

/** Two sums that go on from frame to frame. */
type Sums = readonly [number, number];

const sumsOver = (bytes: Buffer, isLittle: boolean, [first, second]: Sums): Sums => {
  let [a, b] = [first, second];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    a = (a + view.getUint32(at, isLittle) + b) >>> 0;
    b = (b + view.getUint32(at + 4, isLittle) + a) >>> 0;
  }
  return [a, b];
};

const sumsAt = (bytes: Buffer, at: number): Sums => [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];

const isSame = (one: Sums, other: Sums): boolean => one[0] === other[0] && one[1] === other[1];

/**
 * What is not as it was written in the part of the log that counts, as a clause; `null` if all of it is, or if the log has been
 * begun anew since, and so is not the one that is asked about.
 */
export const damageInLog = (database: string, {frames, salts}: LogState): string | null => {
  const file = `${database}-wal`;
  const header = beginningOf(file, HEADER.bytes);
  // Where it is gone, all of it may be in the database: how far that goes tells.
  if (header === null) return null;
  const isLittle = header.readUInt32BE(0) === HEADER.magic;
  let sums = sumsOver(header.subarray(0, HEADER.checksum), isLittle, [0, 0]);
  if (!isSame(sums, sumsAt(header, HEADER.checksum))) return 'the header of its log is not what was written';
  if (hexAt(header, HEADER.salts) !== salts) return null;
  const page = header.readUInt32BE(HEADER.page);
  const all = beginningOf(file, HEADER.bytes + frames * (FRAME.bytes + page));
  if (all !== null && !all.subarray(0, HEADER.bytes).equals(header)) return null;
  if (all === null) return `its log is cut off: it had ${frames} frames`;
  for (let i = 0; i < frames; i++) {
    const at = HEADER.bytes + i * (FRAME.bytes + page);
    const frame = all.subarray(at, at + FRAME.bytes);
    sums = sumsOver(frame.subarray(0, FRAME.covered), isLittle, sums);
    sums = sumsOver(all.subarray(at + FRAME.bytes, at + FRAME.bytes + page), isLittle, sums);
    if (hexAt(frame, FRAME.salts) !== salts || !isSame(sums, sumsAt(frame, FRAME.checksum)))
      return `frame ${i + 1} of ${frames} of its log, at byte ${at}, is not what was written`;
  }
  return null;
};
