import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../../src/core/events.ts';
import {openDatabase} from '../../../src/store/sqlite/database.ts';
import {readSeals, type Seal} from '../../../src/store/sqlite/seals.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const HOLDER = {pid: 1, startedAt: 1, bootId: 'boot', since: 0};

const events = (from: number, to: number): readonly DisjointEvent[] =>
  Array.from({length: to - from + 1}, (_, i) => ({
    type: 'task.cancelled',
    seq: from + i,
    // Its last bits are lost in most texts of a number.
    at: 1_700_000_000_000 + (from + i) / 3,
    taskId: `T${from + i}`,
    reason: 'grün',
  }));

/** A closed journal of 2,500 records that came in batches of all sizes. */
const journal = async (): Promise<string> => {
  const file = path.join(temporaryFolder(), 'state.db');
  const store = SqliteStore.open(file);
  store.take({holder: HOLDER, isAlive: () => false, runId: 'run', at: 1});
  for (const [from, to] of [
    [1, 1],
    [2, 998],
    [999, 1_003],
    [1_004, 2_500],
  ] as const)
    await store.append(events(from, to));
  await store.close();
  return file;
};

const change = (file: string, statement: string): void => {
  const sql = openDatabase(file);
  sql.script(statement);
  sql.close();
};

const sealsIn = (file: string): readonly Seal[] => {
  const sql = openDatabase(file);
  const seals = readSeals(sql);
  sql.close();
  return seals;
};

describe('records that are sealed together', () => {
  test('are those before the last thousand, however they were appended', async () => {
    expect(sealsIn(await journal())).toMatchObject([
      {first: 1, last: 1_000},
      {first: 1_001, last: 2_000},
    ]);
  });

  test.each([
    [
      'an early record',
      'UPDATE journal SET data = replace(data, "T7", "T8") WHERE seq = 7',
      'record 7 is not',
    ],
    ['the last bit of a time', 'UPDATE journal SET at = at + 0.0003 WHERE seq = 1500', 'record 1500 is not'],
    ['a checksum', 'UPDATE journal SET checksum = checksum + 1 WHERE seq = 2000', 'record 2000 is not'],
    ['another run', 'UPDATE journal SET epoch = 2 WHERE seq = 2000', 'record 2000 is not'],
    ['one that is missing', 'DELETE FROM journal WHERE seq = 1200', 'before record 1201 one is missing'],
    ['the last of them', 'DELETE FROM journal WHERE seq = 2000', 'record 2000 is missing'],
    ['one after them', 'UPDATE journal SET at = 1 WHERE seq = 2400', 'record 2400 is not'],
    ['one missing after them', 'DELETE FROM journal WHERE seq = 2001', 'before record 2002 one is missing'],
  ])('are refused with the place of what was changed: %s', async (_, statement, place) => {
    const file = await journal();
    change(file, statement.replaceAll('"', "'"));
    expect(() => SqliteStore.open(file)).toThrow(place);
  });

  test.each([
    ['changed', 'UPDATE seal SET checksum = 1'],
    ['moved', 'UPDATE seal SET first_seq = 990 WHERE last_seq = 1000'],
    ['past the end', 'UPDATE seal SET last_seq = 900000 WHERE last_seq = 2000'],
    ['gone', 'DELETE FROM seal WHERE last_seq = 1000'],
    ['all gone', 'DELETE FROM seal'],
  ])('are read one by one if their seal is %s', async (_, statement) => {
    const file = await journal();
    change(file, statement);
    const store = SqliteStore.open(file);
    await expect(store.read(0)).resolves.toEqual(events(1, 2_500));
    store.take({holder: HOLDER, isAlive: () => false, runId: 'next', at: 2});
    await store.append(events(2_501, 4_000));
    await store.close();
    change(file, 'UPDATE journal SET at = 1 WHERE seq = 3000');
    expect(() => SqliteStore.open(file)).toThrow('record 3000 is not what was written');
  });
});
