import {spawn} from 'node:child_process';
import {describe, expect, test} from 'vitest';
import {isStillThere, ownIdentity} from '../../../src/executors/process/identity.ts';
import {stopLeftOvers} from '../../../src/executors/process/left-overs.ts';
import {
  type ProcessEntry,
  type ProcessTable,
  procTable,
} from '../../../src/executors/process/process-table.ts';
import {eventually} from '../../support/eventually.ts';

const entry = (pid: number, startedAt = 1): ProcessEntry => ({pid, group: pid, session: pid, startedAt});

interface Oddities {
  readonly stubborn?: readonly number[];
  /** These were started with no variable at all. */
  readonly bare?: readonly number[];
  /** Was everybody seen in this look? */
  readonly complete?: (look: number) => boolean;
}

/** Processes that are only told of: some with a mark, some that do not go. */
const table = (
  marked: Map<number, boolean | null>,
  {stubborn = [], bare = [], complete = () => true}: Oddities = {},
): ProcessTable & {readonly killed: number[]} => {
  const killed: number[] = [];
  let looks = 0;
  const list = (): readonly ProcessEntry[] => [...marked.keys()].map((pid) => entry(pid));
  return {
    killed,
    look: () => ({entries: list(), isComplete: complete(looks++)}),
    list,
    find: (pid) => (marked.has(pid) ? entry(pid) : null),
    hasInEnvironment: (pid) => marked.get(pid) ?? null,
    isWithoutEnvironment: (pid) => bare.includes(pid),
    signal: (pid) => {
      killed.push(pid);
      if (!stubborn.includes(pid)) marked.delete(pid);
      return true;
    },
  };
};

describe('what is left of a run', () => {
  test('is stopped, and nothing else is', async () => {
    const processes = table(
      new Map([
        [10, true],
        [11, false],
        [12, true],
      ]),
    );
    expect(await stopLeftOvers(['mark'], processes)).toEqual({stopped: [10, 12], alive: []});
    expect(processes.killed).toEqual([10, 12]);
  });

  test('is looked for again while a process could not be told, or was started meanwhile', async () => {
    const marked = new Map<number, boolean | null>([[10, null]]);
    const becoming = table(marked);
    const found = stopLeftOvers(['mark'], becoming);
    setTimeout(() => marked.set(10, true), 100);
    expect(await found).toEqual({stopped: [10], alive: []});
    let looks = 0;
    const busy = table(new Map(), {complete: (look) => (looks = look) > 4});
    await stopLeftOvers(['mark'], busy);
    expect(looks).toBeGreaterThanOrEqual(7);
  });

  test('is told of if it does not go', async () => {
    const processes = table(new Map([[10, true]]), {stubborn: [10]});
    expect(await stopLeftOvers(['mark'], processes, 200)).toEqual({stopped: [10], alive: [10]});
  });

  test('is found by the first look, also where nothing is expected; if nothing is, that look is enough', async () => {
    const stopped = await stopLeftOvers(['mark'], table(new Map([[10, true]])), 1_000, false);
    expect(stopped).toEqual({stopped: [10], alive: []});
    let looks = 0;
    const nobody = table(new Map([[11, false]]), {complete: (look) => (looks = look + 1) > 99});
    await stopLeftOvers(['mark'], nobody, 1_000, false);
    expect(looks).toBe(1);
  });

  test('is not waited for where a process has no variable at all', async () => {
    const processes = table(new Map([[10, null]]), {bare: [10]});
    // With this patience it could not end otherwise.
    expect(await stopLeftOvers(['mark'], processes, Number.POSITIVE_INFINITY)).toEqual({
      stopped: [],
      alive: [],
    });
    const child = spawn('sleep', ['600'], {detached: true, stdio: 'ignore', env: {}});
    const pid = child.pid ?? 0;
    await eventually('it is that program', () => procTable.isWithoutEnvironment(pid));
    expect(procTable.hasInEnvironment(pid, 'mark')).toBe(null);
    expect(procTable.isWithoutEnvironment(process.pid)).toBe(false);
    child.kill('SIGKILL');
  });

  test('is found by the mark in its environment, also outside of any group of ours', async () => {
    const mark = `left-over-${process.pid}-${Date.now()}`;
    const child = spawn('sleep', ['600'], {
      detached: true,
      stdio: 'ignore',
      env: {...process.env, DISJOINT_MARK: mark},
    });
    const other = spawn('sleep', ['600'], {detached: true, stdio: 'ignore'});
    const exited = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    await eventually(
      'it shows its environment',
      () => procTable.hasInEnvironment(child.pid ?? 0, mark) === true,
    );
    expect(await stopLeftOvers([mark])).toEqual({stopped: [child.pid], alive: []});
    expect(await exited).toBe('SIGKILL');
    expect(procTable.find(other.pid ?? 0)).not.toBeNull();
    other.kill('SIGKILL');
  });
});

describe('a process', () => {
  test('is told from one that got its number later, and from those before a restart of the machine', () => {
    const own = ownIdentity();
    expect(own.pid).toBe(process.pid);
    expect(isStillThere(own)).toBe(true);
    expect(isStillThere({...own, startedAt: own.startedAt + 1})).toBe(false);
    expect(isStillThere({...own, bootId: 'another'})).toBe(false);
    expect(isStillThere(own, table(new Map()))).toBe(false);
  });
});
