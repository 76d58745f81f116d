import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {expect, test} from 'vitest';
import type {SnapshotPart} from '../../../src/core/snapshot.ts';
import {openDatabase} from '../../../src/store/sqlite/database.ts';
import {writeLease} from '../../../src/store/sqlite/lease.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {heapUsed} from '../../support/heap-used.ts';
import {eventsFrom, HOLDER} from '../../support/journal-events.ts';
import {patienceMs, runs} from '../../support/seed.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

/**
 * Every length and every bit takes minutes: they are all tried in `npm run test:long`, and one of so many each time. The
 * number has no common factor with 8, so that all bits of a byte have their turn.
 */
const STRIDE = runs(1) >= 50 ? 1 : 487;

const EVENTS = eventsFrom(1, 20);

const SNAPSHOT = {seq: 15, parts: [{kind: 'tasks', tasks: []}]};

/** A journal of twenty records and two runs, in one file without a log beside it; its holder was killed. */
const journal = async (): Promise<string> => {
  const file = path.join(temporaryFolder(), 'state.db');
  for (const runId of ['run-1', 'run-2']) {
    const store = SqliteStore.open(file);
    store.take({holder: HOLDER, isAlive: () => false, runId, at: 1});
    await store.append(runId === 'run-1' ? EVENTS.slice(0, 12) : EVENTS.slice(12));
    if (runId === 'run-2') await store.snapshots.keep(15, parts());
    if (runId === 'run-1') store.endRun(1, 2, '{"tasks": 12}');
    await store.close();
  }
  const sql = openDatabase(file);
  writeLease(sql, {holder: HOLDER, epoch: 2});
  sql.close();
  return file;
};

async function* parts(): AsyncGenerator<SnapshotPart> {
  yield await Promise.resolve({kind: 'tasks', tasks: []} as const);
}

/** All that anybody acts on. */
const contentOf = async (store: SqliteStore): Promise<unknown> => ({
  events: await store.read(0),
  runs: store.runs(),
  lease: store.lease(),
  lastSeq: await store.lastSeq(),
  // A snapshot is never needed: it may be gone, and not another one.
  snapshot: store.findSnapshot(13).snapshot ?? SNAPSHOT,
});

const readContent = async (file: string): Promise<unknown> => {
  const store = SqliteStore.open(file);
  const content = await contentOf(store);
  await store.close();
  return content;
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
const outcome = async (
  file: string,
  bytes: Buffer,
  written: unknown,
): Promise<'same' | 'refused' | 'changed'> => {
  await letGoOfFiles();
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, {force: true});
  writeFileSync(file, bytes);
  let store: SqliteStore | null = null;
  try {
    store = SqliteStore.open(file);
    return isDeepStrictEqual(await contentOf(store), written) ? 'same' : 'changed';
  } catch {
    return 'refused';
  } finally {
    await store?.close();
  }
};

test('the rows of runs and of the lease are in what is damaged', async () => {
  expect(await readContent(await journal())).toMatchObject({
    events: EVENTS,
    runs: [
      {epoch: 1, runId: 'run-1', since: 1, firstSeq: 1, endedAt: 2, summary: '{"tasks": 12}'},
      {epoch: 2, runId: 'run-2', since: 13, firstSeq: 13, endedAt: null, summary: null},
    ],
    lease: {holder: HOLDER, epoch: 2},
    lastSeq: 20,
  });
});

test('a journal that was cut off at any byte is refused', {timeout: 10 * patienceMs}, async () => {
  const file = await journal();
  const written = await readContent(file);
  const bytes = readFileSync(file);
  const accepted: number[] = [];
  // A file without a byte is one that was made and never written to.
  for (let length = 1; length < bytes.length; length += STRIDE) {
    if ((await outcome(`${file}.cut`, bytes.subarray(0, length), written)) !== 'refused')
      accepted.push(length);
  }
  expect(accepted).toEqual([]);
});

test('a journal with any one bit changed is refused, or read as it was', {
  timeout: 10 * patienceMs,
}, async () => {
  const file = await journal();
  const written = await readContent(file);
  const bytes = readFileSync(file);
  const tally = {same: 0, refused: 0};
  const changed: number[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit += STRIDE) {
    const broken = Buffer.from(bytes);
    broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const of = await outcome(`${file}.broken`, broken, written);
    if (of === 'changed') changed.push(bit);
    else tally[of]++;
  }
  expect(changed).toEqual([]);
  // Most of the file is empty, and the rest is noticed.
  expect(tally.refused).toBeGreaterThan((bytes.length * 8) / STRIDE / 50);
  expect(tally.same).toBeGreaterThan(0);
});
