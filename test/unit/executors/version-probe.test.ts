import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, describe, expect, test} from 'vitest';
import {programVersion} from '../../../src/executors/process/find-program.ts';
import type {ProcessExecutor} from '../../../src/executors/process/process-executor.ts';
import {procTable} from '../../../src/executors/process/process-table.ts';
import type {Clock} from '../../../src/ports/clock.ts';
import type {RunningAttempt} from '../../../src/ports/executor.ts';
import {systemClock} from '../../../src/runtime/system-clock.ts';
import {SimulatedClock} from '../../../src/testing/index.ts';
import {AttemptRecord, attemptRequest, processExecutor, RUN_ID} from '../../support/attempts.ts';
import {eventually} from '../../support/eventually.ts';
import {alive, textOf} from '../../support/shell-tasks.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const RESULT = '{"type":"result","subtype":"success","is_error":false,"result":"ok"}';

/** What the fake does for `--version`: never answers, whatever it is told, or becomes a program that never does. */
const DEAF = `trap '' INT TERM HUP; echo $$ > "$DIR/probe.pid"; while :; do sleep 600; done`;
const HANGS = `echo $$ > "$DIR/probe.pid"; exec sleep 600`;
/**
 * It leaves something outside its group and session, and goes on when that runs. Start times are told in hundredths of
 * a second: what comes next starts later.
 */
const LEAVES = `setsid sh -c 'echo $$ > "$DIR/left.pid"; exec sleep 600' >/dev/null 2>&1 &
  while [ ! -s "$DIR/left.pid" ]; do sleep 0.01; done; sleep 0.1`;

/** The time goes on, but waits of 5 s and more never end: what happens has another reason. */
const PATIENT: Clock = {
  now: () => systemClock.now(),
  setTimer: (callback, ms) => (ms < 5_000 ? systemClock.setTimer(callback, ms) : {cancel: () => {}}),
};

interface Started {
  readonly running: RunningAttempt;
  readonly record: AttemptRecord;
}

const started: Started[] = [];

// A test that failed half-way must not leave its processes to the next one.
afterEach(() => {
  for (const {running} of started.splice(0)) running.abandon();
  for (const {pid} of procTable.list()) {
    if (procTable.hasInEnvironment(pid, `DISJOINT_MARK=${RUN_ID}.`) === true) process.kill(pid, 'SIGKILL');
  }
});

/**
 * A fake claude that runs this script when it is asked for its version, and succeeds when it is given work. The work
 * takes a moment, so that its start time can be read.
 */
class FakeClaude {
  readonly root = temporaryFolder();
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly #executor: ProcessExecutor;

  constructor(version: string, clock: Clock = PATIENT) {
    const bin = path.join(this.root, 'bin');
    mkdirSync(bin);
    this.program = path.join(bin, 'claude');
    writeFileSync(
      this.program,
      `#!/bin/sh\nif [ "$1" = --version ]; then echo asked >> "$DIR/asked"; ${version}\nexit; fi\nsleep 0.1; echo '${RESULT}'\n`,
    );
    chmodSync(this.program, 0o755);
    this.environment = {PATH: `${bin}:${process.env['PATH']}`, DIR: this.root, ...leakMark()};
    this.#executor = processExecutor(this.root, {environment: this.environment, clock});
  }

  start(): Started {
    const record = new AttemptRecord();
    const request = attemptRequest({work: {kind: 'preset', preset: 'claude', args: []}});
    const one = {record, running: this.#executor.start(request, record)};
    started.push(one);
    return one;
  }

  /** Resolves when the process that wrote its number into this file runs. */
  async runs(name: 'probe.pid' | 'left.pid'): Promise<void> {
    await eventually(`${name} runs`, () => textOf(this.#file(name)).endsWith('\n') && this.isAlive(name));
  }

  isAlive(name: 'probe.pid' | 'left.pid'): boolean {
    return alive([this.#file(name)]).length > 0;
  }

  /** How often it was asked for its version. */
  get asked(): number {
    return textOf(this.#file('asked')).split('\n').length - 1;
  }

  #file(name: string): string {
    return path.join(this.root, name);
  }
}

const leakMark = (): Record<string, string> => ({LEAK_TEST_WORKER: process.env['LEAK_TEST_WORKER'] ?? ''});

const STOPPED_FIRST = {kind: 'not-started', message: 'it was stopped first', hint: 'nothing to do'};

describe.each([
  ['is deaf to all but SIGKILL', DEAF],
  ['never answers', HANGS],
  ['has answered but does not end', `echo 1.0; ${HANGS}`],
])('a program that %s when asked for its version', (_, version) => {
  test.each(['ask', 'terminate', 'kill'] as const)(
    'is dead after "%s", and then dead is told',
    async (rung) => {
      const claude = new FakeClaude(version);
      const {running, record} = claude.start();
      await claude.runs('probe.pid');
      running[rung]();
      expect((await record.death).how).toEqual(STOPPED_FIRST);
      expect(claude.isAlive('probe.pid')).toBe(false);
      expect(record.told).toEqual(['dead']);
    },
  );

  test('is killed when nobody watches its attempt any more, and nothing is told', async () => {
    const claude = new FakeClaude(version);
    const {running, record} = claude.start();
    await claude.runs('probe.pid');
    running.abandon();
    await eventually('it is dead', () => !claude.isAlive('probe.pid'));
    expect(record.told).toEqual([]);
  });

  test('is killed after 5 s, the work begins without a version, and the next attempt does not ask', async () => {
    const clock = new SimulatedClock();
    const claude = new FakeClaude(version, clock);
    const first = claude.start().record;
    await claude.runs('probe.pid');
    clock.advance(4_999);
    expect(claude.isAlive('probe.pid')).toBe(true);
    clock.advance(1);
    await first.death;
    expect(first.told).toEqual(['started', 'output', 'dead']);
    expect(first.program?.version).toBeNull();
    expect(first.exit).toMatchObject({how: {kind: 'exited', code: 0}, durationMs: 5_000});
    expect(claude.isAlive('probe.pid')).toBe(false);
    const second = claude.start().record;
    await second.death;
    expect(second.program?.version).toBeNull();
    expect(claude.asked).toBe(1);
  });
});

describe('what a program leaves behind when asked for its version', () => {
  test('is left behind by the attempt, and is swept with the rest of it', async () => {
    const claude = new FakeClaude(`${LEAVES}; echo 1.0`);
    const {running, record} = claude.start();
    await record.until(() => record.told.includes('left-behind'));
    expect(record.program?.version).toBe('1.0');
    expect(claude.isAlive('left.pid')).toBe(true);
    running.kill();
    expect((await record.death).how).toMatchObject({kind: 'exited', code: 0});
    expect(claude.isAlive('left.pid')).toBe(false);
  });

  test('is dead when an attempt that was stopped meanwhile is told dead', async () => {
    const claude = new FakeClaude(`${LEAVES}; ${DEAF}`);
    const {running, record} = claude.start();
    await claude.runs('probe.pid');
    running.ask();
    expect((await record.death).how).toEqual(STOPPED_FIRST);
    expect(claude.isAlive('left.pid')).toBe(false);
  });

  test('is dead when the work could not begin after it', async () => {
    const claude = new FakeClaude(`${LEAVES}; rm "$0"; echo 1.0`);
    const {record} = claude.start();
    await record.death;
    expect(record.told).toEqual(['dead']);
    expect(record.exit?.how).toMatchObject({message: `${claude.program} is not there any more`});
    expect(claude.isAlive('left.pid')).toBe(false);
  });

  test('does not hold up the work by holding the output open', async () => {
    const clock = new SimulatedClock();
    const claude = new FakeClaude(`sleep 600 & echo 1.0`, clock);
    const {running, record} = claude.start();
    await record.until(() => record.told.includes('left-behind'));
    expect(record.program?.version).toBe('1.0');
    expect(clock.now()).toBe(0);
    running.kill();
    clock.advance(1_000);
    await eventually('it is dead', () => {
      clock.runNext();
      return record.exit !== null;
    });
  });
});

describe('the version of a program', () => {
  test('is asked for once, also where the first attempt was stopped before the answer came', async () => {
    const claude = new FakeClaude(`[ -e "$DIR/probe.pid" ] || { ${DEAF}; }; echo 1.0`);
    const stopped = claude.start();
    await claude.runs('probe.pid');
    stopped.running.ask();
    await stopped.record.death;
    for (const _ of [1, 2]) {
      const {record} = claude.start();
      await record.death;
      expect(record.program?.version).toBe('1.0');
    }
    expect(claude.asked).toBe(2);
  });

  test.each([
    ['the first line that is not empty', `printf '\\n 2.0 (build 7) \\r\\nmore\\n'`, '2.0 (build 7)'],
    ['the whole of it where no line ends', 'printf 2.0', '2.0'],
    ['nothing where it says nothing', ':', null],
    ['nothing where it failed', 'echo 2.0; exit 3', null],
    ['nothing where it was killed', 'echo 2.0; kill -KILL $$', null],
    ['what stands first in a flood', 'echo 2.0; head -c 5000000 /dev/zero', '2.0'],
    ['what it says when it finds the end of its stdin', 'cat; echo 2.0', '2.0'],
  ])('is %s', async (_, script, version) => {
    const claude = new FakeClaude(script);
    const {record} = claude.start();
    await record.death;
    expect(record.program?.version).toBe(version);
    expect(await programVersion(claude.program, claude.environment)).toBe(version);
  });

  test('is not waited for longer than the limit, and then all that was started for it is dead', async () => {
    const claude = new FakeClaude(`${LEAVES}; ${DEAF}`);
    const limit = new AbortController();
    const asked = programVersion(claude.program, claude.environment, limit.signal);
    await claude.runs('probe.pid');
    limit.abort();
    expect(await asked).toBeNull();
    for (const name of ['probe.pid', 'left.pid'] as const) {
      await eventually(`${name} is dead`, () => !claude.isAlive(name));
    }
  });

  test('is not known of a file that is no program', async () => {
    expect(await programVersion('/no/such/file', {})).toBeNull();
    expect(await programVersion('/bin/true', {A: '\0'})).toBeNull();
  });
});
