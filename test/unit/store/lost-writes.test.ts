import {copyFileSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {heapUsed} from '../../support/heap-used.ts';
import {eventsFrom, HOLDER} from '../../support/journal-events.ts';
import {patienceMs, runs} from '../../support/seed.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

/** What a disk writes at once, in bytes. */
const SECTOR = 512;
const SUFFIXES = ['', '-wal'] as const;

/** So much that a batch takes several pages. */
const eventsTo = (first: number, last: number) => eventsFrom(first, last, 'no longer wanted, '.repeat(32));

/** The files of a journal, as they were at one moment. */
type Files = Readonly<Record<(typeof SUFFIXES)[number], Buffer>>;

const filesOf = (file: string): Files => {
  const bytesOf = (suffix: string): Buffer =>
    existsSync(file + suffix) ? readFileSync(file + suffix) : Buffer.alloc(0);
  return {'': bytesOf(''), '-wal': bytesOf('-wal')};
};

/** A journal in whose last append the power fails: its files once the append before was durable, and after the last one. */
const lastAppend = async (
  records: number,
): Promise<{readonly before: Files; readonly after: Files; readonly seqs: readonly number[]}> => {
  const file = path.join(temporaryFolder(), 'state.db');
  const store = SqliteStore.open(file);
  store.take({holder: HOLDER, isAlive: () => false, runId: 'run-1', at: 1});
  for (let seq = 1; seq <= records; seq++) await store.append(eventsTo(seq, seq));
  const before = filesOf(file);
  await store.append(eventsTo(records + 1, records + 8));
  const after = filesOf(file);
  await store.close();
  return {before, after, seqs: [records, records + 8]};
};

/** Which sectors of a file were written to by the last append. */
const written = (before: Buffer, after: Buffer): readonly number[] => {
  const sectors = Math.ceil(after.length / SECTOR);
  return Array.from({length: sectors}, (_, i) => i).filter((i) => {
    const [from, to] = [i * SECTOR, (i + 1) * SECTOR];
    return !after.subarray(from, to).equals(before.subarray(from, to));
  });
};

/** The file as it is found where only some of those sectors came to the disk. What never did is zeros, or is not there. */
const partly = (before: Buffer, after: Buffer, kept: ReadonlySet<number>, isLong: boolean): Buffer => {
  const last = Math.max(-1, ...kept);
  const length = isLong ? after.length : Math.max(before.length, Math.min(after.length, (last + 1) * SECTOR));
  const bytes = Buffer.alloc(length);
  before.copy(bytes, 0, 0, Math.min(before.length, length));
  for (const sector of kept) after.copy(bytes, sector * SECTOR, sector * SECTOR, (sector + 1) * SECTOR);
  return bytes;
};

let opened = 0;

/** The number of the last record that is read from such files, after a look at each. */
const lastSeqIn = async (files: Files): Promise<number> => {
  const file = path.join(temporaryFolder(), 'state.db');
  for (const suffix of SUFFIXES) if (files[suffix].length > 0) writeFileSync(file + suffix, files[suffix]);
  const store = SqliteStore.open(file);
  const events = await store.read(0);
  await store.close();
  expect(events).toEqual(eventsTo(1, events.length));
  // The driver lets go of files only when its memory is cleared up, and there are only so many.
  if (++opened % 200 === 0) heapUsed();
  return events.length;
};

test('whatever of the last append came to the disk, in whatever order, all before it is there, and it is whole or not at all', {
  timeout: 4 * patienceMs,
}, async () => {
  const outcomes = new Set<number>();
  const {before, after, seqs} = await lastAppend(12);
  expect(after[''].equals(before[''])).toBe(true);
  const sectors = written(before['-wal'], after['-wal']);
  expect(sectors.length).toBeGreaterThan(16);
  const tryKept = async (kept: ReadonlySet<number>): Promise<void> => {
    for (const isLong of [true, false]) {
      const wal = partly(before['-wal'], after['-wal'], kept, isLong);
      const last = await lastSeqIn({'': after[''], '-wal': wal});
      outcomes.add(last);
      expect(seqs).toContain(last);
    }
  };
  for (const [i, sector] of sectors.entries()) {
    // Torn there; without that one; and that one alone.
    await tryKept(new Set(sectors.slice(0, i)));
    await tryKept(new Set(sectors.filter((one) => one !== sector)));
    await tryKept(new Set([sector]));
  }
  await fc.assert(
    fc.asyncProperty(fc.subarray([...sectors]), (kept) => tryKept(new Set(kept))),
    {numRuns: runs(30)},
  );
  await tryKept(new Set(sectors));
  expect([...outcomes].toSorted((a, b) => a - b)).toEqual(seqs);
});

test('what was durable is in a copy of the files, whenever it is made', {timeout: patienceMs}, async () => {
  const file = path.join(temporaryFolder(), 'state.db');
  const store = SqliteStore.open(file);
  store.take({holder: HOLDER, isAlive: () => false, runId: 'run-1', at: 1});
  for (let seq = 1; seq <= 40; seq++) {
    await store.append(eventsTo(seq, seq));
    const copy = path.join(temporaryFolder(), 'state.db');
    for (const suffix of SUFFIXES) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
    expect(await lastSeqIn(filesOf(copy))).toBe(seq);
  }
  await store.close();
});
