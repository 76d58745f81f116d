import {copyFileSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../../src/core/events.ts';
import {openDatabase} from '../../../src/store/sqlite/database.ts';
import {checksumOfRecord, eventIn, recordIn, recordOf} from '../../../src/store/sqlite/journal-record.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {type Holder, StoreError} from '../../../src/store/sqlite/store-error.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const HOLDER: Holder = {pid: 100, startedAt: 1, bootId: 'boot', since: 0};
const OTHER: Holder = {pid: 200, startedAt: 2, bootId: 'boot', since: 5};

const newFile = (): string => path.join(temporaryFolder(), 'state.db');

const opened = (file: string, holder: Holder = HOLDER, alive: readonly number[] = []): SqliteStore => {
  const store = SqliteStore.open(file);
  store.take({holder, isAlive: ({pid}) => alive.includes(pid), runId: `run-${holder.pid}`, at: 1_000});
  return store;
};

const event = (seq: number): DisjointEvent => ({
  type: 'task.cancelled',
  seq,
  at: 1_700_000_000_000.25 + seq,
  taskId: `T${seq}`,
  reason: 'ünïcödé "quoted"\nline \u2028 \0',
});

const events = (count: number): readonly DisjointEvent[] =>
  Array.from({length: count}, (_, i) => event(i + 1));

const reasonOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof StoreError) return error.reason;
    throw error;
  }
  return 'none';
};

describe('what is appended', () => {
  test('is there for the next process, with nothing changed', async () => {
    const file = newFile();
    const store = opened(file);
    await store.append(events(3));
    await store.close();
    const next = opened(file, OTHER);
    await expect(next.read(0)).resolves.toEqual(events(3));
    await next.append([event(4)]);
    await expect(next.read(3)).resolves.toEqual([event(4)]);
    await next.close();
  });

  test('is all there or not at all', async () => {
    const store = opened(newFile());
    await store.append(events(2));
    await expect(store.append([event(3), event(3)])).rejects.toThrow('event 3 in place of 4');
    await expect(store.read(0)).resolves.toEqual(events(2));
    await expect(store.append([event(4)])).rejects.toThrow('event 4 in place of 3');
    await store.append([event(3)]);
    await store.close();
  });

  test('may hold what JSON cannot say', async () => {
    const store = opened(newFile());
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const exit = (value: unknown): DisjointEvent => ({
      type: 'task.succeeded',
      seq: 1,
      at: 1,
      taskId: 'T',
      exit: {how: {kind: 'returned', value}, durationMs: 1, logPath: null, tail: [], changed: null},
    });
    const kept = async (value: unknown): Promise<unknown> => {
      const one = opened(newFile());
      await one.append([exit(value)]);
      const [back] = await one.read(0);
      await one.close();
      return back?.type === 'task.succeeded' && back.exit.how.kind === 'returned'
        ? back.exit.how.value
        : null;
    };
    await expect(kept(12n)).resolves.toBe('12');
    await expect(kept(loop)).resolves.toBe('a value that cannot be kept');
    await expect(kept(new Error('no'))).resolves.toMatchObject({name: 'Error', message: 'no'});
    await expect(kept(undefined)).resolves.toBeUndefined();
    await store.close();
  });

  test('comes back as it was, whatever texts are in it', () => {
    fc.assert(
      fc.property(
        fc.string({unit: 'binary'}),
        fc.double({noNaN: true, noDefaultInfinity: true}),
        (reason, at) => {
          const one: DisjointEvent = {type: 'task.cancelled', seq: 7, at, taskId: 'T', reason};
          const record = recordOf(one, 3);
          // What the driver gives back of a text that is no Unicode is not what it was given: such texts are never events.
          if (!reason.isWellFormed()) return;
          expect(eventIn(record)).toEqual(one);
          const row = {...record, type: Buffer.from(record.type), data: Buffer.from(record.data)};
          expect(recordIn({...row, checksum: checksumOfRecord(record)})).toEqual(record);
        },
      ),
    );
  });
});

describe('a file that is not what was written', () => {
  /** A journal of twenty records, closed, as one file. */
  const journal = async (): Promise<string> => {
    const file = newFile();
    const store = opened(file);
    await store.append(events(20));
    await store.close();
    return file;
  };

  /** Refused, or read as what was written. */
  const outcome = async (file: string): Promise<'same' | 'refused' | 'changed'> => {
    let store: SqliteStore;
    try {
      store = SqliteStore.open(file);
    } catch {
      return 'refused';
    }
    try {
      const read = await store.read(0);
      return isDeepStrictEqual(read, events(20)) ? 'same' : 'changed';
    } catch {
      return 'refused';
    } finally {
      await store.close();
    }
  };

  test.each([
    [
      'a record that was changed',
      "UPDATE journal SET data = replace(data, 'T7', 'T8') WHERE seq = 7",
      'record 7',
    ],
    ['another time', 'UPDATE journal SET at = at + 1 WHERE seq = 3', 'record 3'],
    ['another kind', "UPDATE journal SET type = 'task.skipped' WHERE seq = 20", 'record 20'],
    ['another run', 'UPDATE journal SET epoch = 9 WHERE seq = 5', 'record 5'],
    ['another checksum', 'UPDATE journal SET checksum = checksum + 1 WHERE seq = 5', 'record 5'],
    [
      'the first record that is missing',
      'DELETE FROM journal WHERE seq = 1',
      'begins with record 2 in place of 1',
    ],
    ['the last one', 'DELETE FROM journal WHERE seq = 20', 'ends with record 19 in place of 20'],
    ['all of them', 'DELETE FROM journal', 'ends with record 0 in place of 20'],
    ['a record that is missing', 'DELETE FROM journal WHERE seq = 11', 'before record 12'],
    ['a run that begins elsewhere', 'UPDATE run SET first_seq = 2', 'the row of run 1'],
    ['a run that has ended', 'UPDATE run SET ended_at = 5', 'the row of run 1'],
    ['a run with another name', "UPDATE run SET run_id = 'other'", 'the row of run 1'],
    ['a run that is missing', 'DELETE FROM run', 'its last run is 0 in place of 1'],
    ['another count of runs', 'UPDATE lease SET epoch = 7', 'the row of the lease'],
    ['another holder', "UPDATE lease SET holder = '{}'", 'the row of the lease'],
    ['no lease', 'DELETE FROM lease', 'the row of the lease'],
  ])('is refused with its place: %s', async (_, statement, place) => {
    const file = await journal();
    const sql = openDatabase(file);
    sql.script(statement);
    sql.close();
    expect(() => SqliteStore.open(file)).toThrow(place);
    expect(reasonOf(() => SqliteStore.open(file))).toBe('corrupt');
  });

  test('no bit of the text of a record can change unseen', async () => {
    const file = await journal();
    const bytes = readFileSync(file);
    const from = bytes.indexOf('ünïcödé');
    expect(from).toBeGreaterThan(0);
    // One whole record, bit by bit: more files than that take minutes.
    for (let at = from - 60; at < from + 60; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const broken = Buffer.from(bytes);
        broken[at] = (broken[at] ?? 0) ^ (1 << bit);
        writeFileSync(`${file}.broken`, broken);
        expect({at, bit, outcome: await outcome(`${file}.broken`)}).not.toMatchObject({outcome: 'changed'});
      }
    }
  });

  test('a commit whose log was torn is as if it had never been', async () => {
    const file = newFile();
    const store = opened(file);
    await store.append(events(2));
    const before = readFileSync(`${file}-wal`).length;
    await store.append([event(3)]);
    const wal = readFileSync(`${file}-wal`);
    // As a crash leaves it: the log in any length between the two commits.
    for (let length = before; length <= wal.length; length += 97) {
      const copy = newFile();
      copyFileSync(file, copy);
      writeFileSync(`${copy}-wal`, wal.subarray(0, length));
      const torn = SqliteStore.open(copy);
      const kept = (await torn.read(0)).length;
      await torn.close();
      expect({length, kept}).toEqual({length, kept: length === wal.length ? 3 : 2});
    }
    await store.close();
  });

  test('of a later version is left as it is', async () => {
    const file = await journal();
    const sql = openDatabase(file);
    sql.script('PRAGMA user_version = 99');
    sql.close();
    const before = readFileSync(file);
    expect(() => SqliteStore.open(file)).toThrow('it has format 99, and this version knows formats up to 2');
    expect(reasonOf(() => SqliteStore.open(file))).toBe('newer');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that is no database is refused', () => {
    const file = newFile();
    writeFileSync(file, 'not a database, but long enough to look like one\n'.repeat(100));
    expect(reasonOf(() => SqliteStore.open(file))).toBe('corrupt');
  });
});

describe('the lease', () => {
  test('is given to one process at a time, and told whose it is', async () => {
    const file = newFile();
    const first = opened(file, HOLDER);
    const second = SqliteStore.open(file);
    let error: unknown;
    try {
      second.take({holder: OTHER, isAlive: ({pid}) => pid === HOLDER.pid, runId: 'r', at: 2});
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({reason: 'taken', holder: HOLDER});
    await expect(second.append([event(1)])).rejects.toMatchObject({reason: 'fenced'});
    await first.close();
    second.take({holder: OTHER, isAlive: () => true, runId: 'r', at: 2});
    await second.append([event(1)]);
    await second.close();
  });

  test('of a process that is dead is taken over, and what it still writes is refused', async () => {
    const file = newFile();
    const dead = opened(file, HOLDER);
    await dead.append([event(1)]);
    const next = opened(file, OTHER);
    await expect(dead.append([event(2)])).rejects.toMatchObject({reason: 'fenced'});
    await next.append([event(2)]);
    await expect(next.read(0)).resolves.toEqual(events(2));
    await dead.close();
    // Whoever lost the lease does not give it back.
    expect(reasonOf(() => opened(file, HOLDER, [OTHER.pid]))).toBe('taken');
    await next.close();
  });

  test('is taken with what was appended since the file was opened', async () => {
    const file = newFile();
    const waiting = SqliteStore.open(file);
    const first = opened(file, OTHER);
    await first.append(events(2));
    await first.close();
    waiting.take({holder: HOLDER, isAlive: () => false, runId: 'r', at: 2});
    await expect(waiting.lastSeq()).resolves.toBe(2);
    await waiting.append([event(3)]);
    await waiting.close();
  });

  test('begins a run, which ends or was cut short', async () => {
    const undecided = {since: null, firstSeq: null};
    const file = newFile();
    const first = opened(file, HOLDER);
    first.endRun(1, 2_000, '{"a":1}');
    await first.close();
    const second = opened(file, OTHER);
    expect(second.runs()).toEqual([
      {...undecided, epoch: 1, runId: 'run-100', startedAt: 1_000, endedAt: 2_000, summary: '{"a":1}'},
      {...undecided, epoch: 2, runId: 'run-200', startedAt: 1_000, endedAt: null, summary: null},
    ]);
    // What was said first stays.
    second.endRun(1, 9_000, null);
    expect(second.runs()[0]?.endedAt).toBe(2_000);
    await second.close();
  });

  test('knows where the events of each run begin, and those of the run that it went on with', async () => {
    const file = newFile();
    const first = opened(file, HOLDER);
    await first.append(events(2));
    await first.close();
    const second = opened(file, OTHER);
    await second.append([{type: 'run.continued', seq: 3, at: 3, since: 1, maxParallel: 4}]);
    await second.append([event(4)]);
    expect(second.runs()).toMatchObject([
      {epoch: 1, firstSeq: 1, since: 1},
      {epoch: 2, firstSeq: 3, since: 1},
    ]);
    await second.close();
  });

  test('tells who has it', async () => {
    const file = newFile();
    const store = opened(file, HOLDER);
    expect(store.lease()).toEqual({holder: HOLDER, epoch: 1});
    await store.close();
    const next = SqliteStore.open(file);
    expect(next.lease()).toEqual({holder: null, epoch: 1});
    await next.close();
  });
});

test('the schema is the one that is written down', async () => {
  const file = newFile();
  await SqliteStore.open(file).close();
  const sql = openDatabase(file);
  const tables = sql.rows('schema').map(({sql: text}) => `${String(text)};\n`);
  sql.close();
  await expect(tables.join('\n')).toMatchFileSnapshot('../../golden/schema.sql');
});
