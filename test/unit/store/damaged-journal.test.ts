import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {expect, test} from 'vitest';
import type {DisjointEvent} from '../../../src/core/events.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {heapUsed} from '../../support/heap-used.ts';
import {patienceMs, runs} from '../../support/seed.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

/**
 * Every length and every bit takes minutes: they are all tried in `npm run test:long`, and one of so many each time. The
 * number has no common factor with 8, so that all bits of a byte have their turn.
 */
const STRIDE = runs(1) >= 50 ? 1 : 487;

const EVENTS: readonly DisjointEvent[] = Array.from({length: 20}, (_, i) => ({
  type: 'task.cancelled',
  seq: i + 1,
  at: 1_700_000_000_000.25 + i,
  taskId: `T${i + 1}`,
  reason: 'no longer wanted',
}));

/** A journal of twenty records that was closed: one file, without a log beside it. */
const journal = async (): Promise<string> => {
  const file = path.join(temporaryFolder(), 'state.db');
  const store = SqliteStore.open(file);
  const holder = {pid: 1, startedAt: 1, bootId: 'boot', since: 0};
  store.take({holder, isAlive: () => false, runId: 'run', at: 1});
  await store.append(EVENTS);
  await store.close();
  return file;
};

/** The driver lets go of files only when its memory is cleared up, and there are only so many. */
const OPENED_MOST = 500;
let opened = 0;

const letGoOfFiles = async (): Promise<void> => {
  if (++opened % OPENED_MOST !== 0) return;
  heapUsed();
  await new Promise((resolve) => setImmediate(resolve));
};

/** Refused, or read as what was written. */
const outcome = async (file: string, bytes: Buffer): Promise<'same' | 'refused' | 'changed'> => {
  await letGoOfFiles();
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, {force: true});
  writeFileSync(file, bytes);
  let store: SqliteStore | null = null;
  try {
    store = SqliteStore.open(file);
    return isDeepStrictEqual(await store.read(0), EVENTS) ? 'same' : 'changed';
  } catch {
    return 'refused';
  } finally {
    await store?.close();
  }
};

test('a journal that was cut off at any byte is refused', {timeout: 10 * patienceMs}, async () => {
  const file = await journal();
  const bytes = readFileSync(file);
  const accepted: number[] = [];
  // A file without a byte is one that was made and never written to.
  for (let length = 1; length < bytes.length; length += STRIDE) {
    if ((await outcome(`${file}.cut`, bytes.subarray(0, length))) !== 'refused') accepted.push(length);
  }
  expect(accepted).toEqual([]);
});

test('a journal with any one bit changed is refused, or read as it was', {
  timeout: 10 * patienceMs,
}, async () => {
  const file = await journal();
  const bytes = readFileSync(file);
  const tally = {same: 0, refused: 0};
  const changed: number[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit += STRIDE) {
    const broken = Buffer.from(bytes);
    broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const of = await outcome(`${file}.broken`, broken);
    if (of === 'changed') changed.push(bit);
    else tally[of]++;
  }
  expect(changed).toEqual([]);
  // Most of the file is empty, and the rest is noticed.
  expect(tally.refused).toBeGreaterThan((bytes.length * 8) / STRIDE / 50);
  expect(tally.same).toBeGreaterThan(0);
});
