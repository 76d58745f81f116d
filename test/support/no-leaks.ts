import {readdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {afterEach, beforeEach, expect} from 'vitest';
import {procTable} from '../../src/executors/process/process-table.ts';

/** Timers set by our own code and not yet run or cancelled, with the place that set them. */
const timers = new Map<unknown, string>();

const isOurs = (stack: string): boolean =>
  /[/](src|machines|test)[/]/u.test(stack.replaceAll('node_modules', ''));

const watchTimers = (): void => {
  const original = {setTimeout, setInterval, clearTimeout, clearInterval};
  const watch = (set: typeof setTimeout, once: boolean) =>
    ((callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
      const stack = new Error().stack?.split('\n').slice(2).join('\n') ?? '';
      const handle = set(
        (...given: unknown[]) => {
          if (once) timers.delete(handle);
          callback(...given);
        },
        ms,
        ...args,
      );
      if (isOurs(stack) && !stack.includes('node_modules/vitest')) timers.set(handle, stack);
      return handle;
    }) as unknown as typeof setTimeout;
  const unwatch = (clear: typeof clearTimeout) =>
    ((handle: unknown) => {
      timers.delete(handle);
      clear(handle as NodeJS.Timeout);
    }) as typeof clearTimeout;
  globalThis.setTimeout = watch(original.setTimeout, true);
  globalThis.setInterval = watch(original.setInterval as typeof setTimeout, false);
  globalThis.clearTimeout = unwatch(original.clearTimeout);
  globalThis.clearInterval = unwatch(original.clearInterval);
};

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

const sockets = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /TCP|UDP|ProcessWrap/u.test(kind)).length;

const temporaryFolders = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`disjoint-test-${process.pid}-`));

// Inherited by everything a test starts, so that a leaked process is found whoever started it.
process.env['LEAK_TEST_WORKER'] = `${process.pid}.`;

let socketsBefore = 0;

beforeEach(() => {
  timers.clear();
  socketsBefore = sockets();
});

afterEach(async () => {
  // Handles of ended processes are let go of a moment after their exit was told.
  for (let i = 0; i < 50 && (sockets() > socketsBefore || childProcesses().length > 0); i++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([...timers.values()], 'timers left behind').toEqual([]);
  expect(childProcesses(), 'processes left behind').toEqual([]);
  expect(sockets(), 'sockets or process handles left behind').toBeLessThanOrEqual(socketsBefore);
  expect(temporaryFolders(), 'temporary folders left behind').toEqual([]);
});
