import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {openDatabase, sqlText} from '../../../src/store/sqlite/database.ts';
import {FORMAT} from '../../../src/store/sqlite/migrate.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const GOLDEN = path.join(import.meta.dirname, '../../golden/format-1.db');

const earlier = (): string => {
  const file = path.join(temporaryFolder(), 'state.db');
  copyFileSync(GOLDEN, file);
  return file;
};

/** Without the log, which the driver lets go of late. */
const filesBeside = (file: string): readonly string[] =>
  readdirSync(path.dirname(file))
    .filter((name) => !/-(?:wal|shm)$/u.test(name))
    .toSorted();

describe('a journal of an earlier format', () => {
  test('is kept beside as it was, for the user alone', async () => {
    const file = earlier();
    chmodSync(file, 0o644);
    await SqliteStore.open(file).close();
    expect(filesBeside(file)).toEqual(['state.db', 'state.db.format-1']);
    const copy = `${file}.format-1`;
    expect(readFileSync(copy).equals(readFileSync(GOLDEN))).toBe(true);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    // Once.
    await SqliteStore.open(file).close();
    expect(filesBeside(file)).toEqual(['state.db', 'state.db.format-1']);
  });

  test('is kept whole if its end still was in its log', async () => {
    const file = earlier();
    // Somebody who was killed: the log stays.
    const sql = openDatabase(file);
    sql.script("UPDATE run SET run_id = 'in the log'");
    const killed = path.join(temporaryFolder(), 'state.db');
    for (const suffix of ['', '-wal']) copyFileSync(`${file}${suffix}`, `${killed}${suffix}`);
    sql.close();
    expect(statSync(`${killed}-wal`).size).toBeGreaterThan(0);
    const store = SqliteStore.open(killed);
    expect(store.runs()[0]?.runId).toBe('in the log');
    await store.close();
    const again = `${killed}.format-1`;
    const copy = SqliteStore.open(again);
    expect(copy.runs()[0]?.runId).toBe('in the log');
    await copy.close();
  });

  test('never takes the place of another file', async () => {
    const file = earlier();
    writeFileSync(`${file}.format-1`, 'mine');
    await SqliteStore.open(file).close();
    expect(readFileSync(`${file}.format-1`, 'utf8')).toBe('mine');
    expect(readFileSync(`${file}.format-1-2`).equals(readFileSync(GOLDEN))).toBe(true);
  });

  test('is left as it is while somebody has it who is alive', async () => {
    const file = earlier();
    const holder = {pid: 4_711, startedAt: 1, bootId: 'boot', since: 5};
    const sql = openDatabase(file);
    sql.script(`UPDATE lease SET holder = '${JSON.stringify(holder)}'`);
    sql.close();
    const before = readFileSync(file);
    const open = (): unknown => SqliteStore.open(file, ({pid}) => pid === 4_711);
    expect(open).toThrow(expect.objectContaining({reason: 'taken', holder}));
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(filesBeside(file)).toEqual(['state.db']);
    // Dead, it is in nobody's way.
    const store = SqliteStore.open(file, () => false);
    expect(store.lease().holder).toEqual(holder);
    await store.close();
  });

  test('is refused as it is if it is damaged', () => {
    const file = earlier();
    const sql = openDatabase(file);
    sql.script('UPDATE journal SET at = at + 1 WHERE seq = 9');
    sql.close();
    const before = readFileSync(file);
    expect(() => SqliteStore.open(file)).toThrow('record 9 is not what was written');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('knows where each of its runs began, and with which it went on', async () => {
    const file = path.join(temporaryFolder(), 'state.db');
    const sql = openDatabase(file);
    sql.script(sqlText('migration-0001'));
    sql.script('PRAGMA user_version = 1');
    sql.script(
      "INSERT INTO run (epoch, run_id, started_at) VALUES (1, 'a', 1), (2, 'nothing', 2), (3, 'b', 3)",
    );
    sql.script('UPDATE lease SET epoch = 3');
    sql.close();
    const store = SqliteStore.open(file);
    expect(store.runs()).toMatchObject([
      {runId: 'a', firstSeq: null},
      {runId: 'nothing', firstSeq: null, since: null},
      {runId: 'b'},
    ]);
    await store.close();
  });
});

test('a new journal has the format of this version, and no copy', async () => {
  const file = path.join(temporaryFolder(), 'state.db');
  await SqliteStore.open(file).close();
  const sql = openDatabase(file);
  expect(sql.rows('format')).toMatchObject([{user_version: FORMAT}]);
  sql.close();
  expect(existsSync(`${file}.format-1`)).toBe(false);
});
