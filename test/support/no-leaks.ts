import {mkdtempSync, readdirSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeEach, expect} from 'vitest';
import {procTable} from '../../src/executors/process/process-table.ts';
import {forgetTimers, timersSet, watchTimers} from './watched-timers.ts';

/** How long a process may take to go, and a handle to be let go of, once its end was told. */
const PATIENCE_MS = 2_000;

watchTimers();

/** Processes started by this test process, or carrying the mark of an attempt, that are alive. */
const childProcesses = (): readonly number[] =>
  procTable
    .list()
    .map(({pid}) => pid)
    .filter(
      (pid) =>
        pid !== process.pid && procTable.hasInEnvironment(pid, `LEAK_TEST_WORKER=${process.pid}.`) === true,
    );

const WATCHED = /TCP|UDP|Pipe|Process|FSEvent|StatWatcher/u;

/** What keeps a program from ending, apart from timers: sockets (those with a path are pipes), processes, watchers. */
const handles = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((kind) => WATCHED.test(kind));

/** Those that came since, kind by kind: one that goes does not make up for another that stays. */
const newHandles = (before: readonly string[]): readonly string[] => {
  const known = [...before];
  return handles().filter((kind) => {
    const at = known.indexOf(kind);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// Inherited by everything a test starts, so that a leaked process is found whoever started it.
process.env['LEAK_TEST_WORKER'] = `${process.pid}.`;

// So is this folder: whatever a test makes in it, and whatever that starts does, has to be gone when it has ended.
// The name is short, as the path of a Unix socket may have a hundred characters and no more.
const temporary = realpathSync(mkdtempSync(path.join(tmpdir(), 'dj-')));
process.env['TMPDIR'] = temporary;
// It would keep its cache there.
process.env['TSX_DISABLE_CACHE'] = '1';

// Both are made when first used, and are handles: not the first test that prints has left them behind.
void process.stdout;
void process.stderr;

let handlesBefore: readonly string[] = [];

beforeEach(async () => {
  forgetTimers();
  // What was closed just now goes with the turn.
  await nextTurn();
  handlesBefore = handles();
});

afterEach(async () => {
  const deadline = performance.now() + PATIENCE_MS;
  const isGone = (): boolean => newHandles(handlesBefore).length === 0 && childProcesses().length === 0;
  while (!isGone() && performance.now() < deadline) await nextTurn();
  expect(timersSet(), 'timers left behind').toEqual([]);
  expect(childProcesses(), 'processes left behind').toEqual([]);
  expect(readdirSync(temporary), 'temporary files left behind').toEqual([]);
  expect(newHandles(handlesBefore), 'handles left behind').toEqual([]);
});

afterAll(() => {
  rmSync(temporary, {recursive: true, force: true});
});
