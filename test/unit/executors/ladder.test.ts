import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {procTable} from '../../../src/executors/process/process-table.ts';
import {nodeProgram, script, startProcess} from '../../support/attempts.ts';
import {eventually} from '../../support/eventually.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const isAlive = (pid: number): boolean => procTable.find(pid) !== null;

/** The number a process wrote into this file about itself. */
const pidFrom = async (folder: string, name = 'pid'): Promise<number> => {
  const file = path.join(folder, name);
  await eventually(
    `${name} is written`,
    () => existsSync(file) && /^\d+\n/u.test(readFileSync(file, 'utf8')),
  );
  return Number(readFileSync(file, 'utf8'));
};

/** Writes down its own number and then lives until it is killed, deaf to everything else. */
const DEAF = `trap "" INT TERM HUP; echo $$ > pid; while :; do sleep 600; done`;

describe('the stop ladder', () => {
  test('asks with SIGINT, then with SIGTERM, and SIGKILL ends what heard both and went on', async () => {
    const {running, record} = startProcess({
      spec: nodeProgram(`
        for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => console.log('heard ' + signal));
        setInterval(() => {}, 1000);
        console.log('up');
      `),
    });
    await record.printed('up');
    running.ask();
    await record.printed('heard SIGINT');
    running.terminate();
    await record.printed('heard SIGTERM');
    running.kill();
    expect((await record.death).how).toEqual({kind: 'signalled', signal: 'SIGKILL'});
  });

  test('reaches every process of the group, and dead is told when none of them is alive', async () => {
    const {running, record, root} = startProcess({spec: script(`(${DEAF}) & echo $! > child; wait`)});
    const child = await pidFrom(root, 'child');
    await pidFrom(root);
    running.kill();
    await record.death;
    expect(isAlive(child)).toBe(false);
  });

  test('a program that ends by itself when asked keeps the exit code it chose', async () => {
    const {running, record} = startProcess({spec: script('trap "exit 42" INT; echo up; sleep 600 & wait')});
    await record.printed('up');
    running.ask();
    await record.until(() => record.exit !== null || record.told.includes('left-behind'));
    running.kill();
    expect((await record.death).how).toMatchObject({kind: 'exited', code: 42});
  });

  test('finds a descendant that left the group and the session by its mark', async () => {
    const {running, record, root} = startProcess({spec: script(`setsid sh -c '${DEAF}' & exec sleep 600`)});
    const pid = await pidFrom(root);
    expect(procTable.find(pid)?.session).not.toBe(record.program?.pid);
    running.kill();
    await record.death;
    expect(isAlive(pid)).toBe(false);
  });

  test('finds a descendant that forked twice and has no living ancestor', async () => {
    const {running, record, root} = startProcess({
      spec: {...script(`(setsid sh -c '(${DEAF}) & exit 0' &); exec sleep 600`), id: 'forks-twice'},
    });
    // $$ of a subshell is its parent's number, so the survivor is looked up by its parent instead.
    await pidFrom(root);
    const marked = procTable
      .list()
      .filter(({pid}) => procTable.hasInEnvironment(pid, 'DISJOINT_TASK=forks-twice') === true);
    expect(marked.length).toBeGreaterThanOrEqual(2);
    running.kill();
    await record.death;
    for (const {pid} of marked) expect(isAlive(pid)).toBe(false);
  });

  test.each([
    ['in the group of the program', ''],
    ['in a session of their own', 'setsid '],
  ])('finds processes that each start the next and end within a moment, %s', async (_, session) => {
    const hop = `hop() { [ -e stop ] || { echo >> hops; hop & }; }; hop`;
    const {running, record, root} = startProcess({spec: script(`${session}sh -c '${hop}' & exec sleep 600`)});
    const hops = (): number =>
      existsSync(path.join(root, 'hops')) ? readFileSync(path.join(root, 'hops')).length : 0;
    await eventually('the chain goes on', () => hops() > 100);
    running.kill();
    await record.death;
    const atDeath = hops();
    // Another whole process takes longer than many of theirs.
    await startProcess({spec: script('true')}).record.death;
    expect(hops()).toBe(atDeath);
    writeFileSync(path.join(root, 'stop'), '');
  });

  test('kills what descendants start while they are being killed', async () => {
    const {running, record, root} = startProcess({
      // Each generation leaves the session, starts the next one, and lives on for a moment.
      spec: script(`
        cat > breed.sh <<'END'
        echo $$ >> pids
        [ "$(wc -l < pids)" -gt 200 ] && exit 0
        setsid sh breed.sh &
        exec sleep 0.3
END
        setsid sh breed.sh & exec sleep 600
      `),
    });
    await eventually('the third generation lives', () => {
      const file = path.join(root, 'pids');
      return existsSync(file) && readFileSync(file, 'utf8').split('\n').length > 3;
    });
    running.kill();
    await record.death;
    for (const pid of readFileSync(path.join(root, 'pids'), 'utf8').trim().split('\n').map(Number)) {
      expect(isAlive(pid)).toBe(false);
    }
  });

  test('rungs that come twice, out of order or after the end do nothing', async () => {
    const {running, record} = startProcess({spec: script('echo up; exec sleep 600')});
    await record.printed('up');
    running.kill();
    running.ask();
    running.kill();
    running.terminate();
    const exit = await record.death;
    for (const rung of ['ask', 'terminate', 'kill', 'abandon'] as const) running[rung]();
    expect(exit.how).toEqual({kind: 'signalled', signal: 'SIGKILL'});
    expect(record.told.filter((what) => what === 'dead')).toHaveLength(1);
    expect(record.told.at(-1)).toBe('dead');
  });

  test('a rung taken in the very moment of the start is not lost', async () => {
    const {running, record} = startProcess({spec: script('exec sleep 600')});
    record.started = () => running.kill();
    expect((await record.death).how).toEqual({kind: 'signalled', signal: 'SIGKILL'});
  });
});

describe('what a program leaves behind when it ends', () => {
  test('is reported, and dead is told only after it is gone', async () => {
    const {running, record, root} = startProcess({spec: script(`(${DEAF}) & echo $! > child; exit 0`)});
    await record.until(() => record.told.includes('left-behind'));
    const child = await pidFrom(root, 'child');
    expect(isAlive(child)).toBe(true);
    expect(record.exit).toBeNull();
    running.kill();
    expect((await record.death).how).toMatchObject({kind: 'exited', code: 0});
    expect(isAlive(child)).toBe(false);
  });

  test('may end by itself, and then nobody has to kill it', async () => {
    const {record, root} = startProcess({spec: script('sh -c "echo \\$\\$ > pid; sleep 0.3" & exit 0')});
    expect((await record.death).how).toMatchObject({kind: 'exited', code: 0});
    expect(record.told).toContain('left-behind');
    expect(isAlive(await pidFrom(root))).toBe(false);
  });

  test('does not hold up the end by holding the output open, once it is gone', async () => {
    const {running, record} = startProcess({spec: script('sleep 600 & echo done; exit 5')});
    await record.until(() => record.told.includes('left-behind'));
    running.terminate();
    expect(await record.death).toMatchObject({how: {kind: 'exited', code: 5}, tail: ['done']});
  });

  test('is not found if it cleared its environment and left the session, but does not hold up the end', async () => {
    const {record, root} = startProcess({
      spec: script(`env -i setsid sh -c 'echo $$ > pid; exec sleep 600' & while [ ! -s pid ]; do sleep 0.01; done
        printf 'the last words'; exit 0`),
    });
    const pid = await pidFrom(root);
    try {
      expect(await record.death).toMatchObject({how: {kind: 'exited', code: 0}, tail: ['the last words']});
      expect(isAlive(pid)).toBe(true);
    } finally {
      process.kill(pid, 'SIGKILL');
      await eventually('it is dead', () => !isAlive(pid));
    }
  });
});

describe('an attempt that nobody watches any more', () => {
  test('tells nothing more, and does not go on, however deaf it is', async () => {
    const root = temporaryFolder();
    const {running, record} = startProcess({spec: script(DEAF), root});
    const pid = await pidFrom(root);
    running.abandon();
    const told = record.told.length;
    // Nobody listens to this any more.
    running.kill();
    expect(isAlive(pid)).toBe(true);
    await eventually('it is dead', () => !isAlive(pid));
    expect(record.told).toHaveLength(told);
    record.dead({
      how: {kind: 'signalled', signal: 'SIGKILL'},
      durationMs: 0,
      logPath: null,
      tail: [],
      changed: null,
    });
  });
});
