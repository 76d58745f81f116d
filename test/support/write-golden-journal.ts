import {copyFileSync, existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {DisjointEvent} from '../../src/core/events.ts';
import {replay} from '../../src/core/replay.ts';
import {snapshotParts} from '../../src/core/snapshot-parts.ts';
import {initialState} from '../../src/core/state.ts';
import {FORMAT} from '../../src/store/sqlite/migrate.ts';
import {SqliteStore} from '../../src/store/sqlite/sqlite-store.ts';
import {beginning} from './random-play.ts';

/**
 * Writes the journal that stays in the tests for ever, of the format of this version (`npm run golden`). To be run once for
 * each format; what is there is never overwritten.
 */
const FOLDER = path.join(import.meta.dirname, '../golden');
const nameOf = (format: number, suffix: string): string => path.join(FOLDER, `format-${format}.${suffix}`);

async function* oneByOne<T>(things: Iterable<T>): AsyncGenerator<T> {
  for (const thing of things) yield await Promise.resolve(thing);
}

const write = async (): Promise<void> => {
  const file = nameOf(FORMAT, 'db');
  if (existsSync(file)) throw new Error(`${file} is there`);
  const golden = JSON.parse(await readFile(nameOf(1, 'json'), 'utf8')) as {events: readonly DisjointEvent[]};
  const store = SqliteStore.open(file);
  store.take({
    holder: {pid: 1, startedAt: 1, bootId: 'boot', since: 0},
    isAlive: () => false,
    runId: 'golden',
    at: 1_000,
  });
  for (let i = 0; i < golden.events.length; i += 7) await store.append(golden.events.slice(i, i + 7));
  const half = golden.events.slice(0, golden.events.length >> 1);
  const state = replay(initialState(beginning({overtakesMax: 3}).settings, 3), half);
  await store.snapshots.keep(state.seq, oneByOne(snapshotParts(state)));
  await store.close();
  // What was written does not depend on the format: all of them have the same events.
  copyFileSync(nameOf(1, 'json'), nameOf(FORMAT, 'json'));
};

await write();
