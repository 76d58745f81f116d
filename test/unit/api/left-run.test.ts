import {copyFileSync, mkdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {InterruptedRun} from '../../../src/api/clear-away.ts';
import {stateOf} from '../../../src/api/left-run.ts';
import {repositoryMark} from '../../../src/api/repository-mark.ts';
import {RunJournal} from '../../../src/api/run-journal.ts';
import type {DisjointEvent} from '../../../src/core/events.ts';
import type {TaskCounts} from '../../../src/core/state.ts';
import {openDatabase} from '../../../src/store/sqlite/database.ts';
import {beginning} from '../../support/random-play.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const GOLDEN = path.join(import.meta.dirname, '../../golden');
const {counts, events} = JSON.parse(readFileSync(path.join(GOLDEN, 'format-2.json'), 'utf8')) as {
  counts: TaskCounts;
  events: readonly DisjointEvent[];
};

/** What a run finds of one that was cut short after these statements. */
const interruptedAfter = async (statement: string): Promise<InterruptedRun | null> => {
  const root = temporaryFolder();
  mkdirSync(path.join(root, '.disjoint'));
  const file = path.join(root, '.disjoint', 'state.db');
  copyFileSync(path.join(GOLDEN, 'format-2.db'), file);
  const sql = openDatabase(file);
  sql.script(statement);
  sql.close();
  const journal = await RunJournal.take(root, {mark: repositoryMark(root), isInherited: false});
  await journal.end(null);
  return journal.interrupted;
};

const {settings} = beginning({overtakesMax: 3});

describe('a run that was cut short is found', () => {
  test('by its snapshot and the events after it', async () => {
    const interrupted = await interruptedAfter('');
    const left = interrupted?.left;
    expect(left?.events.length).toBeLessThan(events.length);
    expect(left?.snapshot?.[0]).toMatchObject({kind: 'head'});
    expect(left && stateOf(left, settings).counts).toEqual(counts);
    expect(interrupted?.ignored).toEqual([]);
  });

  test('by all of its events, with one line to tell, if the snapshot is damaged; the same is left of it', async () => {
    const interrupted = await interruptedAfter("UPDATE snapshot_part SET data = '{}' WHERE part = 1");
    const left = interrupted?.left;
    expect(left).toMatchObject({since: 1, snapshot: null});
    expect(left?.events).toEqual(events);
    expect(left && stateOf(left, settings).counts).toEqual(counts);
    expect(interrupted?.ignored).toEqual([
      expect.stringMatching(/^the snapshot after event \d+ is damaged$/u),
    ]);
    expect(interrupted?.tasks).toEqual((await interruptedAfter(''))?.tasks);
  });
});
