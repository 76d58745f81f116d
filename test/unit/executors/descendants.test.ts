import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {describe, expect, test} from 'vitest';
import {Descendants} from '../../../src/executors/process/descendants.ts';
import {
  type ProcessEntry,
  type ProcessTable,
  parsePsLine,
  procTable,
  psTable,
} from '../../../src/executors/process/process-table.ts';

const LEADER = 500;
const MARK = 'run.1.';

const entry = (pid: number, changes: Partial<ProcessEntry> = {}): ProcessEntry => ({
  pid,
  group: pid,
  session: pid,
  startedAt: 100,
  ...changes,
});

/** A process table that shows one look after the other; each look is the living processes and those with the mark. */
const tableOf = (
  ...looks: readonly {
    readonly entries: readonly ProcessEntry[];
    readonly marked: readonly number[];
    /** Some process had ended before it was read. */
    readonly isComplete?: boolean;
    /** Those that show no environment at all. */
    readonly bare?: readonly number[];
  }[]
): ProcessTable => {
  let now = -1;
  const look = () => looks[Math.min(Math.max(now, 0), looks.length - 1)];
  return {
    look: () => {
      now++;
      return {entries: look()?.entries ?? [], isComplete: look()?.isComplete ?? true};
    },
    list: () => look()?.entries ?? [],
    find: (pid) => (pid === LEADER ? entry(LEADER) : null),
    signal: (target) => (look()?.entries ?? []).some(({pid, group}) => pid === target || group === -target),
    isWithoutEnvironment: () => false,
    hasInEnvironment: (pid) =>
      look()?.bare?.includes(pid) === true ? null : (look()?.marked.includes(pid) ?? false),
  };
};

describe('the descendants of an attempt', () => {
  test('are its group, its session, and what carries its mark', () => {
    const entries = [
      entry(501, {group: LEADER}),
      entry(502, {session: LEADER}),
      entry(503),
      entry(504),
      entry(505, {group: 504}),
    ];
    const descendants = new Descendants(LEADER, MARK, tableOf({entries, marked: [504]}));
    expect(descendants.list()).toEqual([501, 502, 504]);
  });

  test('are not what started before the leader, nor we ourselves, whatever marks these carry', () => {
    const entries = [entry(400, {startedAt: 99}), entry(process.pid, {startedAt: 101})];
    const descendants = new Descendants(LEADER, MARK, tableOf({entries, marked: [400, process.pid]}));
    expect(descendants.list()).toEqual([]);
  });

  test('may start before the leader, where the attempt began with another program', () => {
    const entries = [entry(300, {startedAt: 97}), entry(400, {startedAt: 98})];
    const table = tableOf({entries, marked: [300, 400]});
    expect(new Descendants(LEADER, MARK, table, 98).list()).toEqual([400]);
  });

  test('are not missed when one starts another and ends while we look', () => {
    const descendants = new Descendants(
      LEADER,
      MARK,
      // 501 was there when the numbers were read and gone when its environment was.
      tableOf({entries: [entry(501)], marked: []}, {entries: [entry(502)], marked: [502]}),
    );
    expect(descendants.list()).toEqual([502]);
  });

  test('are not missed while one becomes another program and shows no environment', () => {
    const descendants = new Descendants(
      LEADER,
      MARK,
      tableOf(
        {entries: [entry(501)], marked: [], bare: [501]},
        {entries: [entry(501)], marked: [], bare: [501]},
        {entries: [entry(501)], marked: [501]},
      ),
    );
    expect(descendants.list()).toEqual([501]);
  });

  test('are alive until they are gone, although one that is ending shows no environment', () => {
    const descendants = new Descendants(
      LEADER,
      MARK,
      tableOf(
        {entries: [entry(501)], marked: [501]},
        {entries: [entry(501)], marked: [], bare: [501]},
        {entries: [entry(501, {startedAt: 200})], marked: []},
      ),
    );
    expect(descendants.list()).toEqual([501]);
    expect(descendants.list()).toEqual([501]);
    // Another process has got its number meanwhile.
    expect(descendants.list()).toEqual([]);
  });

  test('are not waited for where some program runs without any environment', () => {
    const daemon = entry(700, {startedAt: 300});
    const descendants = new Descendants(LEADER, MARK, tableOf({entries: [daemon], marked: [], bare: [700]}));
    expect(descendants.list()).toEqual([]);
  });

  test('are looked for again while processes were started that nobody could read', () => {
    const descendants = new Descendants(
      LEADER,
      MARK,
      tableOf(
        {entries: [], marked: [], isComplete: false},
        {entries: [], marked: [], isComplete: false},
        {entries: [], marked: [], isComplete: false},
        {entries: [entry(501)], marked: [501]},
      ),
    );
    expect(descendants.list()).toEqual([501]);
  });

  test('are killed with their whole group, whoever of it was seen', () => {
    const signals: [number, unknown][] = [];
    const table = tableOf({entries: [entry(501, {group: 700}), entry(502)], marked: [501, 502]});
    const descendants = new Descendants(LEADER, MARK, {
      ...table,
      signal: (target, signal) => {
        if (signal !== 0) signals.push([target, signal]);
        return target !== -LEADER;
      },
    });
    descendants.signalAll('SIGKILL');
    expect(signals).toContainEqual([-700, 'SIGKILL']);
    expect(signals).toContainEqual([-502, 'SIGKILL']);
  });

  test('never bring our own group into danger, whoever is in it', () => {
    const signals: number[] = [];
    const ours = entry(process.pid, {group: 40});
    const table = tableOf({entries: [ours, entry(501, {group: 40})], marked: [501]});
    const descendants = new Descendants(LEADER, MARK, {
      ...table,
      find: (pid) => (pid === process.pid ? ours : entry(pid)),
      signal: (target, signal) => {
        if (signal !== 0) signals.push(target);
        return true;
      },
    });
    descendants.signalAll('SIGKILL');
    expect(signals).toContain(501);
    expect(signals).not.toContain(-40);
  });

  test('are not a stranger who was given the number of the leader after its group had ended', () => {
    const stranger = entry(600, {group: LEADER, session: LEADER, startedAt: 900});
    const descendants = new Descendants(
      LEADER,
      MARK,
      tableOf({entries: [], marked: []}, {entries: [], marked: []}, {entries: [stranger], marked: []}),
    );
    expect(descendants.list()).toEqual([]);
    expect(descendants.list()).toEqual([]);
  });
});

describe.each([
  ['/proc', procTable],
  ['ps', psTable],
] as const)('the process table of %s', (_, table) => {
  test('shows a living process with its group, session and environment, and not an ended one', async () => {
    const child = spawn('sleep', ['600'], {
      detached: true,
      stdio: 'ignore',
      env: {...process.env, LOOK_FOR: 'me.7.'},
    });
    const pid = child.pid ?? 0;
    const exited = once(child, 'exit');
    expect(table.find(pid)).toMatchObject({pid, group: pid, session: pid});
    expect(table.list().some((one) => one.pid === pid && one.group === pid)).toBe(true);
    // The ps of Linux does not show environments; the one of macOS does, and only there it is used.
    expect(table.hasInEnvironment(pid, 'me.7.')).toBe(table === procTable);
    expect(table.hasInEnvironment(pid, 'me.8.')).toBe(false);
    child.kill('SIGKILL');
    await exited;
    expect(table.find(pid)).toBeNull();
    expect(table.list().some((one) => one.pid === pid)).toBe(false);
    expect(table.hasInEnvironment(pid, 'me.7.')).not.toBe(true);
  });

  test('does not count a zombie, which holds nothing and writes nothing', async () => {
    // The shell becomes a program that never waits for the child it inherited.
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 600'], {detached: true});
    const zombie = Number(String((await once(parent.stdout, 'data'))[0]));
    while (table.find(zombie) !== null) await new Promise((resolve) => setTimeout(resolve, 10));
    // It is still in the table of the system, or its number would be free: the signal 0 proves it.
    expect(() => process.kill(zombie, 0)).not.toThrow();
    expect(table.list().some((one) => one.pid === zombie)).toBe(false);
    const exited = once(parent, 'exit');
    process.kill(-(parent.pid ?? 0), 'SIGKILL');
    await exited;
  });
});

describe('a line of ps', () => {
  test('that is empty, broken or of a zombie is no process', () => {
    for (const line of ['', '  ', '12 12', '12 12 12 Z+', 'x']) expect(parsePsLine(line)).toBeNull();
    expect(parsePsLine('  12    7 5 Ss+ ')).toEqual({pid: 12, group: 7, session: 5, startedAt: 0});
  });
});
