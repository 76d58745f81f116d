import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../../src/core/events.ts';
import {openDatabase} from '../../../src/store/sqlite/database.ts';
import {type Salvaged, salvage} from '../../../src/store/sqlite/salvage.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {runs} from '../../support/seed.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const HOLDER = {pid: 1, startedAt: 1, bootId: 'boot', since: 0};

const EVENTS: readonly DisjointEvent[] = Array.from({length: 20}, (_, i) => ({
  type: 'task.cancelled',
  seq: i + 1,
  at: 1_000 + i,
  taskId: `T${i + 1}`,
  reason: 'x'.repeat(600),
}));

/** Two runs of ten records, the first of which has ended. */
const journal = async (): Promise<string> => {
  const file = path.join(temporaryFolder(), 'state.db');
  for (const run of [1, 2]) {
    const store = SqliteStore.open(file);
    store.take({holder: HOLDER, isAlive: () => false, runId: `run-${run}`, at: run});
    await store.append(EVENTS.slice((run - 1) * 10, run * 10));
    if (run === 1) store.endRun(1, 5, '{}');
    await store.close();
  }
  return file;
};

const change = (file: string, statement: string): void => {
  const sql = openDatabase(file);
  sql.script(statement);
  sql.close();
};

/** What was written, which nothing of the damaged file was changed for. */
const salvaged = async (
  file: string,
): Promise<{readonly said: Salvaged | null; readonly store: SqliteStore}> => {
  const before = readFileSync(file);
  const said = await salvage(file, `${file}.new`);
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(path.dirname(file)).filter((name) => name.includes('unfinished'))).toEqual([]);
  return {said, store: SqliteStore.open(`${file}.new`)};
};

describe('of a damaged journal', () => {
  test.each([
    [
      'a record was changed',
      "UPDATE journal SET type = 'x' WHERE seq = 15",
      14,
      'record 15 is not what was written',
    ],
    ['one is missing', 'DELETE FROM journal WHERE seq = 13', 12, 'before record 14 one is missing'],
    ['the end is missing', 'DELETE FROM journal WHERE seq > 17', 17, 'after record 17 the end is missing'],
    [
      'the first is damaged',
      'UPDATE journal SET at = 7 WHERE seq = 1',
      0,
      'record 1 is not what was written',
    ],
    [
      'only a run is',
      "UPDATE run SET run_id = 'x' WHERE epoch = 2",
      20,
      'the row of run 2 is not what was written',
    ],
    ['only the lease is', 'UPDATE lease SET epoch = 9', 20, 'the row of the lease is not what was written'],
    [
      'it does not say how many there were',
      'DELETE FROM extent',
      20,
      'it does not say how many records it has',
    ],
  ])('every record up to the damage is in a new one: %s', async (_, statement, upTo, damage) => {
    const file = await journal();
    change(file, statement);
    const {said, store} = await salvaged(file);
    // What the file does not say any more, the note beside it does.
    expect(said).toEqual({records: upTo, runs: upTo > 10 ? 2 : 0, lost: 20 - upTo, damage});
    await expect(store.read(0)).resolves.toEqual(EVENTS.slice(0, upTo));
    expect(statSync(`${file}.new`).mode & 0o777).toBe(0o600);
    await store.close();
  });

  test('the runs are there, and the last one goes on', async () => {
    const file = await journal();
    change(file, 'UPDATE journal SET at = 7 WHERE seq = 15');
    const {store} = await salvaged(file);
    expect(store.runs()).toEqual([
      {epoch: 1, runId: 'run-1', startedAt: 1, since: 1, firstSeq: 1, endedAt: 5, summary: '{}'},
      {epoch: 2, runId: 'run-2', startedAt: 2, since: 11, firstSeq: 11, endedAt: null, summary: null},
    ]);
    store.take({holder: HOLDER, isAlive: () => false, runId: 'run-3', at: 3});
    await store.append([{type: 'run.continued', since: 11, maxParallel: 4, seq: 15, at: 9}]);
    await store.close();
    await SqliteStore.open(`${file}.new`).close();
  });

  test('what a format without checksums for runs had is there as well', async () => {
    const file = path.join(temporaryFolder(), 'state.db');
    copyFileSync(path.join(import.meta.dirname, '../../golden/format-1.db'), file);
    change(file, 'UPDATE journal SET at = 7.5 WHERE seq = 9');
    const {said, store} = await salvaged(file);
    expect(said).toMatchObject({records: 8, runs: 1, damage: 'record 9 is not what was written'});
    expect(store.runs()).toMatchObject([{epoch: 1, runId: 'golden', startedAt: 1_000, firstSeq: 1}]);
    await store.close();
  });

  test('that was cut off anywhere, or written over, what is read is what was written, in order', async () => {
    const file = await journal();
    const size = statSync(file).size;
    const kept: number[] = [];
    const look = async (damaged: string): Promise<void> => {
      const said = await salvage(damaged, `${damaged}.new`);
      const store = SqliteStore.open(`${damaged}.new`);
      const events = await store.read(0);
      await store.close();
      expect(events).toEqual(EVENTS.slice(0, said?.records));
      kept.push(events.length);
    };
    const step = runs(1) >= 50 ? 512 : 4_096;
    for (let length = step; length < size; length += step) {
      const cut = `${file}.cut-${length}`;
      copyFileSync(file, cut);
      truncateSync(cut, length);
      await look(cut);
      const over = `${file}.over-${length}`;
      const bytes = readFileSync(file);
      bytes.fill(0x5a, length, length + 2_000);
      writeFileSync(over, bytes);
      if ((await salvage(over, `${over}.probe`)) !== null) await look(over);
    }
    expect(Math.max(...kept)).toBeGreaterThan(5);
    expect(Math.min(...kept)).toBe(0);
  });
});

test('a journal that is whole is left alone, and nothing is written', async () => {
  const file = await journal();
  expect(await salvage(file, `${file}.new`)).toBeNull();
  expect(existsSync(`${file}.new`)).toBe(false);
});

test('what is there already is never overwritten', async () => {
  const file = await journal();
  change(file, 'DELETE FROM journal WHERE seq = 13');
  writeFileSync(`${file}.new`, 'mine');
  await expect(salvage(file, `${file}.new`)).rejects.toMatchObject({code: 'EEXIST'});
  expect(readFileSync(`${file}.new`, 'utf8')).toBe('mine');
});
