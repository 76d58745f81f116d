import {copyFileSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {continueRun} from '../../../src/core/continue-run.ts';
import type {DisjointEvent} from '../../../src/core/events.ts';
import {brokenInvariants} from '../../../src/core/invariants.ts';
import {replay} from '../../../src/core/replay.ts';
import {restoreState} from '../../../src/core/restore-state.ts';
import {initialState, type TaskCounts} from '../../../src/core/state.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {beginning} from '../../support/random-play.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const FOLDER = path.join(import.meta.dirname, '../../golden');

interface Golden {
  readonly counts: TaskCounts;
  readonly holds: readonly string[];
  readonly events: readonly DisjointEvent[];
}

/** One journal of each format that was ever released, as that version wrote it. They stay for ever. */
describe.each(readdirSync(FOLDER).filter((name) => name.endsWith('.db')))('the journal %s', (name) => {
  const {counts, holds, events} = JSON.parse(
    readFileSync(path.join(FOLDER, name.replace('.db', '.json')), 'utf8'),
  ) as Golden;

  const opened = (): SqliteStore => {
    const file = path.join(temporaryFolder(), 'state.db');
    copyFileSync(path.join(FOLDER, name), file);
    return SqliteStore.open(file);
  };

  test('is read as it was written', async () => {
    const store = opened();
    await expect(store.read(0)).resolves.toEqual(events);
    expect(store.runs()).toMatchObject([{epoch: 1, runId: 'golden', startedAt: 1_000, endedAt: null}]);
    await store.close();
  });

  test('leads to the state that its run had, which goes on', async () => {
    const store = opened();
    const initial = initialState(beginning({overtakesMax: 3}).settings, 3);
    const state = replay(initial, await store.read(0));
    await store.close();
    expect(state.counts).toEqual(counts);
    expect(state.lockTable.holds().map(({taskId}) => taskId)).toEqual(holds);
    expect(brokenInvariants(state)).toEqual([]);
    const goesOn = continueRun(state, {at: 1_000_000, since: 1, maxParallel: 3});
    expect(brokenInvariants(goesOn.state)).toEqual([]);
    expect(goesOn.events.filter(({type}) => type === 'attempt.interrupted')).toHaveLength(holds.length);
  });

  test('has no snapshot, or one of a moment from which its events lead to the same', async () => {
    const store = opened();
    const {snapshot, ignored} = store.findSnapshot(1);
    const {settings} = beginning({overtakesMax: 3});
    const state =
      snapshot === null
        ? replay(initialState(settings, 3), await store.read(0))
        : replay(restoreState(snapshot.parts, settings), await store.read(snapshot.seq));
    await store.close();
    expect(ignored).toEqual([]);
    expect(state.counts).toEqual(counts);
    expect(state.lockTable.holds().map(({taskId}) => taskId)).toEqual(holds);
  });
});
