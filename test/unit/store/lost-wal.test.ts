import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {checksumOf} from '../../../src/store/sqlite/checksum.ts';
import {salvage} from '../../../src/store/sqlite/salvage.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {StoreError} from '../../../src/store/sqlite/store-error.ts';
import {heapUsed} from '../../support/heap-used.ts';
import {eventsFrom, HOLDER} from '../../support/journal-events.ts';
import {patienceMs, runs} from '../../support/seed.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

/** Every length and every bit takes hours; the numbers have no common factor with 8, so that all bits of a byte have their turn. */
const STRIDE = runs(1) >= 50 ? 97 : 9_973;

const SUFFIXES = ['', '-wal', '-kept'] as const;
type Files = Readonly<Record<(typeof SUFFIXES)[number], Buffer>>;

const EVENTS = eventsFrom(1, 20);

const filesOf = (file: string): Files => {
  const bytesOf = (suffix: string): Buffer =>
    existsSync(file + suffix) ? readFileSync(file + suffix) : Buffer.alloc(0);
  return {'': bytesOf(''), '-wal': bytesOf('-wal'), '-kept': bytesOf('-kept')};
};

/** The note, as it was written for another file. */
const noteFor = (file: string, note: Buffer): Buffer => {
  const [, text = ''] = note.toString().trimEnd().split('\t');
  const moved = text.replace(/^\d+/u, String(statSync(file, {bigint: true}).ino));
  return Buffer.from(`${checksumOf([moved])}\t${moved}`);
};

/** A journal as a process that was killed leaves it: SQLite knows nothing of the file yet. */
const left = (files: Partial<Files>): string => {
  const file = path.join(temporaryFolder(), 'state.db');
  writeFileSync(file, files[''] ?? '');
  const {'-wal': wal, '-kept': kept} = files;
  if (wal !== undefined) writeFileSync(`${file}-wal`, wal);
  if (kept !== undefined) writeFileSync(`${file}-kept`, noteFor(file, kept));
  return file;
};

/** A journal with twenty records in its log, and how its files were after the first twelve, and after all. */
const journal = async (): Promise<{readonly twelve: Files; readonly all: Files}> => {
  const file = path.join(temporaryFolder(), 'state.db');
  const store = SqliteStore.open(file);
  store.take({holder: HOLDER, isAlive: () => false, runId: 'run-1', at: 1});
  for (const event of EVENTS.slice(0, 12)) await store.append([event]);
  const twelve = filesOf(file);
  await store.append(EVENTS.slice(12));
  const all = filesOf(file);
  await store.close();
  return {twelve, all};
};

let opened = 0;

/** How many records are read, each looked at; or why none is. */
const read = async (file: string): Promise<number | string> => {
  // The driver lets go of files only when its memory is cleared up, and there are only so many.
  if (++opened % 200 === 0) heapUsed();
  let store: SqliteStore | null = null;
  try {
    store = SqliteStore.open(file);
    const events = await store.read(0);
    expect(events).toEqual(EVENTS.slice(0, events.length));
    return events.length;
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'corrupt') return error.message;
    throw error;
  } finally {
    await store?.close();
  }
};

test.runIf(process.platform === 'linux')(
  'what is noted of the log takes from SQLite no lock that it has on its files',
  async () => {
    const file = path.join(temporaryFolder(), 'state.db');
    const store = SqliteStore.open(file);
    store.take({holder: HOLDER, isAlive: () => false, runId: 'run-1', at: 1});
    /** What this process has locked of the index, as the kernel tells: `1: POSIX ADVISORY READ 4711 08:01:1234 128 128`. */
    const locks = (): readonly string[] => {
      const {ino} = statSync(`${file}-shm`, {bigint: true});
      return readFileSync('/proc/locks', 'utf8')
        .split('\n')
        .filter((line) => line.includes(` ${process.pid} `) && line.includes(`:${ino} `));
    };
    const before = locks().length;
    for (const event of EVENTS) await store.append([event]);
    const after = locks().length;
    await store.close();
    expect(before).toBeGreaterThan(0);
    expect(after).toBe(before);
  },
);

describe('the log of a journal whose process was killed', () => {
  test('is read to its end', async () => {
    const {twelve, all} = await journal();
    const file = left(all);
    expect(await read(file)).toBe(20);
    // Closed, it has no log any more, and all is there.
    expect(await read(file)).toBe(20);
    expect(await read(left(twelve))).toBe(12);
  });

  test('with any one bit changed loses nothing that was acknowledged without a word', {
    timeout: 10 * patienceMs,
  }, async () => {
    const {all} = await journal();
    const silent: number[] = [];
    let refused = 0;
    for (let bit = 0; bit < all['-wal'].length * 8; bit += STRIDE) {
      const wal = Buffer.from(all['-wal']);
      wal[bit >> 3] = (wal[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const found = await read(left({...all, '-wal': wal}));
      if (typeof found === 'string') refused++;
      else if (found !== 20) silent.push(bit);
    }
    expect(silent).toEqual([]);
    expect(refused).toBeGreaterThan(0);
  });

  test('cut off at any byte, or gone, loses nothing that was acknowledged without a word', {
    timeout: 10 * patienceMs,
  }, async () => {
    const {all} = await journal();
    const silent: number[] = [];
    for (let length = 0; length < all['-wal'].length; length += STRIDE) {
      const found = await read(left({...all, '-wal': all['-wal'].subarray(0, length)}));
      if (typeof found === 'number') silent.push(length);
    }
    expect(silent).toEqual([]);
    const gone = left({'': all[''], '-kept': all['-kept']});
    expect(await read(gone)).toBe(
      'it goes up to record 0, and 20 were kept: its write-ahead log is gone, or cut off',
    );
    expect(() => SqliteStore.openToRead(gone)).toThrow('20 were kept');
  });

  test('may be cut in what nobody was told of, and only there', async () => {
    const {twelve, all} = await journal();
    const [from, to] = [twelve['-wal'].length, all['-wal'].length];
    expect(to).toBeGreaterThan(from);
    for (let length = from; length < to; length += 997) {
      const file = left({'': all[''], '-kept': twelve['-kept'], '-wal': all['-wal'].subarray(0, length)});
      expect([length, await read(file)]).toEqual([length, 12]);
    }
    const short = left({...twelve, '-wal': twelve['-wal'].subarray(0, from - 1)});
    expect(await read(short)).toMatch(
      /^frame \d+ of \d+ of its write-ahead log, at byte \d+, is missing or not what was written$/u,
    );
  });

  test('that is damaged is left as it is, and what can be read of it is salvaged', async () => {
    const {twelve, all} = await journal();
    const wal = Buffer.from(all['-wal']);
    const at = twelve['-wal'].length + 100;
    wal[at] = (wal[at] ?? 0) ^ 1;
    const file = left({...all, '-wal': wal});
    expect(await read(file)).toMatch(
      /^frame \d+ of \d+ of its write-ahead log, at byte \d+, is missing or not what was written$/u,
    );
    expect(readFileSync(`${file}-wal`).equals(wal)).toBe(true);
    expect(await salvage(file, `${file}.salvaged`)).toMatchObject({records: 12, lost: 8});
    expect(readFileSync(`${file}-wal`).equals(wal)).toBe(true);
    expect(await read(`${file}.salvaged`)).toBe(12);
  });

  test('is asked for nothing that another file in its place had, or that is no note', async () => {
    const {twelve, all} = await journal();
    const file = left(twelve);
    writeFileSync(`${file}-kept`, all['-kept']);
    expect(await read(file)).toBe(12);
    const other = left(twelve);
    writeFileSync(`${other}-kept`, 'no note');
    expect(await read(other)).toBe(12);
  });
});
