import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../../src/core/events.ts';
import type {SnapshotPart} from '../../../src/core/snapshot.ts';
import {openDatabase} from '../../../src/store/sqlite/database.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const HOLDER = {pid: 1, startedAt: 1, bootId: 'boot', since: 0};

const events = (from: number, to: number): readonly DisjointEvent[] =>
  Array.from({length: to - from + 1}, (_, i) => ({
    type: 'limit.changed',
    seq: from + i,
    at: 1,
    from: 1,
    to: 2,
  }));

const opened = (file: string): SqliteStore => {
  const store = SqliteStore.open(file);
  store.take({holder: HOLDER, isAlive: () => false, runId: 'run', at: 1});
  return store;
};

const newFile = (): string => path.join(temporaryFolder(), 'state.db');

/** A part that is told from others. */
const part = (n: number, size = 1): SnapshotPart => ({
  kind: 'histories',
  histories: Array.from({length: size}, () => ({
    place: {key: n, arrival: n},
    history: {overtakenBy: [], announced: 'ünï', isPassed: false},
  })),
});

async function* given(parts: readonly SnapshotPart[], failsAt = Infinity): AsyncGenerator<SnapshotPart> {
  for (const [i, one] of parts.entries()) {
    if (i === failsAt) throw new Error('no more');
    yield await Promise.resolve(one);
  }
}

const change = (file: string, statement: string): void => {
  const sql = openDatabase(file);
  sql.script(statement);
  sql.close();
};

/** What a closed journal has of the run that began with this event. */
const found = async (file: string, since = 1): Promise<unknown> => {
  const store = SqliteStore.open(file);
  const snapshot = store.findSnapshot(since);
  await store.close();
  return snapshot;
};

const NONE = {snapshot: null, ignored: []};

describe('a snapshot in a journal', () => {
  test('is there for the next process, whatever its size', async () => {
    const file = newFile();
    const store = opened(file);
    await store.append(events(1, 5));
    const parts = [part(1), part(2, 10_000), part(3, 10_000), part(4)];
    await store.snapshots.keep(5, given(parts));
    await store.append(events(6, 7));
    await store.close();
    expect(await found(file)).toEqual({snapshot: {seq: 5, parts}, ignored: []});
    // That of another run is none.
    expect(await found(file, 2)).toEqual(NONE);
  });

  test('takes the place of the one before only once it is complete', async () => {
    const file = newFile();
    const store = opened(file);
    await store.append(events(1, 9));
    await store.snapshots.keep(3, given([part(1), part(2)]));
    await store.snapshots.keep(5, given([part(3)]));
    const cut = store.snapshots.keep(9, given([part(4, 10_000), part(5, 10_000), part(6)], 2));
    await expect(cut).rejects.toThrow('no more');
    await store.close();
    expect(await found(file)).toEqual({snapshot: {seq: 5, parts: [part(3)]}, ignored: []});
  });

  test('may be kept while events are appended', async () => {
    const file = newFile();
    const store = opened(file);
    await store.append(events(1, 2));
    async function* slowly(): AsyncGenerator<SnapshotPart> {
      yield part(1, 10_000);
      await store.append(events(3, 4));
      yield part(2, 10_000);
      await store.append(events(5, 6));
      yield part(3);
    }
    await store.snapshots.keep(2, slowly());
    await store.close();
    expect(await found(file)).toMatchObject({snapshot: {seq: 2}, ignored: []});
  });

  test('of a run that went on with others is of all of them', async () => {
    const file = newFile();
    const first = opened(file);
    await first.append(events(1, 4));
    await first.close();
    const second = opened(file);
    await second.append([{type: 'run.continued', since: 1, maxParallel: 4, seq: 5, at: 5}]);
    await second.snapshots.keep(5, given([part(1)]));
    await second.close();
    expect(await found(file, 1)).toMatchObject({snapshot: {seq: 5}});
    expect(await found(file, 5)).toEqual(NONE);
  });

  test('is not kept for whoever lost the lease', async () => {
    const file = newFile();
    const dead = opened(file);
    await dead.append(events(1, 2));
    const next = opened(file);
    await next.append([{type: 'run.continued', since: 1, maxParallel: 4, seq: 3, at: 5}]);
    await next.snapshots.keep(3, given([part(1)]));
    await expect(dead.snapshots.keep(2, given([part(2)]))).rejects.toMatchObject({reason: 'fenced'});
    await dead.close();
    await next.close();
    expect(await found(file)).toMatchObject({snapshot: {seq: 3}});
  });
});

describe('a snapshot that cannot be used is left alone, with one line, for the one before it or none', () => {
  const journal = async (): Promise<string> => {
    const file = newFile();
    const store = opened(file);
    await store.append(events(1, 9));
    await store.snapshots.keep(3, given([part(1), part(2)]));
    await store.snapshots.keep(7, given([part(3), part(4)]));
    await store.close();
    return file;
  };

  test.each([
    [
      'a part was changed',
      "UPDATE snapshot_part SET data = replace(data, 'false', 'true') WHERE seq = 7 AND part = 1",
      'the snapshot after event 7 is damaged',
    ],
    [
      'a part is missing',
      'DELETE FROM snapshot_part WHERE seq = 7 AND part = 0',
      'the snapshot after event 7 is damaged',
    ],
    ['its head was changed', 'UPDATE snapshot SET parts = 1 WHERE seq = 7', 'a snapshot is damaged'],
    ['it stands for another event', 'UPDATE snapshot SET seq = 8 WHERE seq = 7', 'a snapshot is damaged'],
  ])('%s', async (_, statement, ignored) => {
    const file = await journal();
    change(file, statement);
    expect(await found(file)).toEqual({snapshot: {seq: 3, parts: [part(1), part(2)]}, ignored: [ignored]});
    change(file, "UPDATE snapshot_part SET data = '' WHERE seq = 3");
    expect(await found(file)).toEqual({
      snapshot: null,
      ignored: [ignored, 'the snapshot after event 3 is damaged'],
    });
    // The journal is whole all the same.
    await SqliteStore.open(file).close();
  });

  test('it is of a version that this one does not know', async () => {
    const file = await journal();
    const sql = openDatabase(file);
    sql.script('DELETE FROM snapshot WHERE seq = 3');
    const {checksumOf} = await import('../../../src/store/sqlite/checksum.ts');
    const [row] = sql.rows('snapshots');
    const slot = Number(row?.['slot']);
    sql.run('write-snapshot', slot, 7, 1, 99, 2, checksumOf([slot, 7, 1, 99, 2]));
    sql.close();
    expect(await found(file)).toEqual({
      snapshot: null,
      ignored: ['the snapshot after event 7 is of another version'],
    });
  });
});
