import {existsSync, mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type CleanRules, cleanRuns} from '../../../src/api/clean.ts';
import type {DisjointEvent} from '../../../src/core/events.ts';
import {ownIdentity} from '../../../src/executors/process/identity.ts';
import {SqliteStore} from '../../../src/store/sqlite/sqlite-store.ts';
import {runs} from '../../support/seed.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const DAY_MS = 86_400_000;
const NOTHING: CleanRules = {olderThanMs: null, keepRuns: null, maxBytes: null};
const ALL: CleanRules = {...NOTHING, keepRuns: 1};

/** A run of the past. */
interface Past {
  readonly daysAgo: number;
  readonly events: number;
  /** It went on with the run before it. */
  readonly goesOn?: boolean;
  readonly open?: boolean;
  readonly logBytes?: number;
}

const fileIn = (root: string): string => path.join(root, '.disjoint', 'state.db');

/** A repository in which these were run, the first one first. */
const repository = async (past: readonly Past[]): Promise<string> => {
  const root = temporaryFolder();
  mkdirSync(path.join(root, '.disjoint'));
  const now = Date.now();
  let [seq, since] = [0, 1];
  for (const [i, {daysAgo, events, goesOn, open, logBytes = 1_000}] of past.entries()) {
    const store = SqliteStore.open(fileIn(root));
    const holder = {pid: 1, startedAt: 1, bootId: 'boot', since: 0};
    const at = now - daysAgo * DAY_MS;
    store.take({holder, isAlive: () => false, runId: `run-${i + 1}`, at});
    if (goesOn !== true) since = seq + 1;
    const told = Array.from({length: events}, (_, n): DisjointEvent => {
      seq++;
      return goesOn === true && n === 0
        ? {type: 'run.continued', since, maxParallel: 4, seq, at}
        : {type: 'limit.changed', from: 1, to: 2, seq, at};
    });
    await store.append(told);
    if (open !== true) store.endRun(i + 1, at, null);
    await store.close();
    const logs = path.join(root, '.disjoint', 'runs', `run-${i + 1}`);
    mkdirSync(logs, {recursive: true});
    writeFileSync(path.join(logs, '1.log'), 'x'.repeat(logBytes));
  }
  return root;
};

interface Kept {
  readonly runs: readonly string[];
  readonly logs: readonly string[];
  readonly seqs: readonly number[];
}

const keptIn = async (root: string): Promise<Kept> => {
  const store = SqliteStore.open(fileIn(root));
  const names = store.runs().map(({runId}) => runId);
  const seqs = (await store.read(0)).map(({seq}) => seq);
  await store.close();
  return {runs: names, seqs, logs: readdirSync(path.join(root, '.disjoint', 'runs')).toSorted()};
};

const FOUR: readonly Past[] = [
  {daysAgo: 50, events: 3},
  {daysAgo: 40, events: 2},
  {daysAgo: 20, events: 2, logBytes: 5_000},
  {daysAgo: 10, events: 4},
];

describe('cleaning', () => {
  test.each([
    ['by age', {...NOTHING, olderThanMs: 30 * DAY_MS}, ['run-3', 'run-4']],
    ['by number', {...NOTHING, keepRuns: 3}, ['run-2', 'run-3', 'run-4']],
    ['by size', {...NOTHING, maxBytes: 3_000}, ['run-4']],
    ['by whatever removes more', {olderThanMs: 45 * DAY_MS, keepRuns: 2, maxBytes: 1e9}, ['run-3', 'run-4']],
    ['never the latest run', {olderThanMs: 1, keepRuns: 1, maxBytes: 0}, ['run-4']],
    ['nothing that no rule names', NOTHING, ['run-1', 'run-2', 'run-3', 'run-4']],
  ])('removes old runs and their logs %s', async (_, rules, expected) => {
    const root = await repository(FOUR);
    const before = await keptIn(root);
    const dry = await cleanRuns(root, rules, true);
    expect(await keptIn(root)).toEqual(before);
    const report = await cleanRuns(root, rules, false);
    expect(report?.removed).toEqual(dry?.removed);
    const {runs: left, logs, seqs} = await keptIn(root);
    expect({left, logs}).toEqual({left: expected, logs: expected});
    const gone = FOUR.slice(0, 4 - expected.length).reduce((sum, {events}) => sum + events, 0);
    expect(seqs).toEqual(before.seqs.slice(gone));
    expect(report?.kept).toBe(expected.length);
  });

  test('lets the numbers of events go on, and the file be checked as before', async () => {
    const root = await repository(FOUR);
    await cleanRuns(root, ALL, false);
    const store = SqliteStore.open(fileIn(root));
    const holder = {pid: 1, startedAt: 1, bootId: 'boot', since: 0};
    store.take({holder, isAlive: () => false, runId: 'next', at: 1});
    await store.append([{type: 'limit.changed', from: 1, to: 2, seq: 12, at: 1}]);
    await store.close();
    expect((await keptIn(root)).seqs).toEqual([8, 9, 10, 11, 12]);
  });

  test('keeps all that a run which has not ended went on with', async () => {
    const root = await repository([
      {daysAgo: 90, events: 2},
      {daysAgo: 80, events: 2},
      {daysAgo: 70, events: 2, goesOn: true},
      {daysAgo: 60, events: 3, goesOn: true, open: true},
      {daysAgo: 50, events: 1},
      {daysAgo: 40, events: 1},
    ]);
    await cleanRuns(root, ALL, false);
    expect((await keptIn(root)).runs).toEqual(['run-2', 'run-3', 'run-4', 'run-5', 'run-6']);
  });

  test('keeps or removes runs that went on with each other together', async () => {
    const root = await repository([
      {daysAgo: 90, events: 2},
      {daysAgo: 80, events: 2},
      {daysAgo: 10, events: 2, goesOn: true},
      {daysAgo: 5, events: 1},
    ]);
    await cleanRuns(root, {...NOTHING, olderThanMs: 30 * DAY_MS}, false);
    expect((await keptIn(root)).runs).toEqual(['run-2', 'run-3', 'run-4']);
    await cleanRuns(root, ALL, false);
    expect((await keptIn(root)).runs).toEqual(['run-4']);
  });

  test('keeps the latest run that did anything, and those after it', async () => {
    const root = await repository([
      {daysAgo: 90, events: 2},
      {daysAgo: 80, events: 2},
      {daysAgo: 70, events: 0},
    ]);
    await cleanRuns(root, ALL, false);
    expect((await keptIn(root)).runs).toEqual(['run-2', 'run-3']);
  });

  test('gives the room back to the disk', async () => {
    const root = await repository([
      {daysAgo: 50, events: 8_000, logBytes: 30_000},
      {daysAgo: 1, events: 1},
    ]);
    const before = statSync(fileIn(root)).size;
    const report = await cleanRuns(root, ALL, false);
    const after = statSync(fileIn(root)).size;
    expect(after).toBeLessThan(before / 3);
    expect(report?.freedBytes).toBe(before - after + 30_000);
    expect((await keptIn(root)).seqs).toEqual([8_001]);
  });

  test('changes nothing while something runs, and says who; a dry run may look', async () => {
    const root = await repository(FOUR);
    const store = SqliteStore.open(fileIn(root));
    store.take({holder: {...ownIdentity(), since: 1}, isAlive: () => false, runId: 'run-5', at: 1});
    await expect(cleanRuns(root, ALL, false)).rejects.toMatchObject({
      code: 'E_ALREADY_RUNNING',
      message: expect.stringContaining(`pid ${process.pid}`) as string,
    });
    expect((await cleanRuns(root, ALL, true))?.removed).toHaveLength(3);
    await store.close();
    expect((await keptIn(root)).logs).toHaveLength(4);
  });

  test('of a repository in which nothing was run makes no file', async () => {
    const root = temporaryFolder();
    expect(await cleanRuns(root, ALL, false)).toBeNull();
    expect(existsSync(path.join(root, '.disjoint'))).toBe(false);
  });

  test('never removes what is unfinished, what it went on with, or the latest run, whatever the rules and the runs', async () => {
    const past = fc.record({
      daysAgo: fc.constant(1),
      events: fc.nat({max: 3}),
      goesOn: fc.boolean(),
      open: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(past, {minLength: 1, maxLength: 8}),
        fc.integer({min: 1, max: 3}),
        async (all, keep) => {
          const root = await repository(all);
          const before = await keptIn(root);
          await cleanRuns(root, {...NOTHING, keepRuns: keep}, false);
          const after = await keptIn(root);
          const gone = before.runs.length - after.runs.length;
          expect(after.runs).toEqual(before.runs.slice(gone));
          expect(after.logs).toEqual(after.runs.toSorted());
          expect(after.runs.length).toBeGreaterThanOrEqual(Math.min(keep, all.length));
          expect(all.slice(0, gone).some(({open}) => open)).toBe(false);
          // What is left begins with a run of its own, or with nothing.
          const store = SqliteStore.open(fileIn(root));
          const [first] = await store.read(0);
          const [firstRun] = store.runs().filter(({firstSeq}) => firstSeq !== null);
          await store.close();
          expect([undefined, first?.seq]).toContain(firstRun?.since ?? undefined);
          expect(before.seqs.length === 0 || after.seqs.length > 0).toBe(true);
        },
      ),
      {numRuns: runs(30)},
    );
  });
});
