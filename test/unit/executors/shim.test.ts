import {type ChildProcess, execFile as execFileLater, spawn} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {afterEach, describe, expect, test} from 'vitest';
import type {ExitReason} from '../../../src/core/failures.ts';
import {procTable} from '../../../src/executors/process/process-table.ts';
import {readResult, runUnder} from '../../../src/executors/process/shim.ts';
import {Shims} from '../../../src/executors/process/shims.ts';
import {eventually} from '../../support/eventually.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const SHIM = fileURLToPath(new URL('../../../src/executors/process/shim.mjs', import.meta.url));

const SHIMS = new URL('../../../src/executors/process/shims.ts', import.meta.url).href;
const execFile = promisify(execFileLater);

const started: ChildProcess[] = [];

afterEach(() => {
  for (const {pid} of started.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  }
});

const shims = new Shims({DISJOINT_MARK: 'shim-test.', LEAK_TEST_WORKER: `${process.pid}.`});

/** Runs a shell script under a shim and tells how that ended. */
const run = async (script: string, env: Readonly<Record<string, string>> = {}, file = '/bin/sh') => {
  const folder = temporaryFolder();
  const resultFile = path.join(folder, 'result.json');
  let pid = 0;
  let output = '';
  const shim = await shims.take();
  started.push(shim.process);
  shim.process.stdout?.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  const call = {
    file,
    args: ['-c', script],
    env: {PATH: process.env['PATH'] ?? '', ...env},
    cwd: folder,
    hasStdin: false,
    resultFile,
  };
  const end = new Promise<ExitReason | NodeJS.ErrnoException>((resolve) => {
    runUnder(shim, call, {
      started: (of) => {
        pid = of;
      },
      refused: resolve,
      ended: resolve,
    });
  });
  return {folder, resultFile, end, group: shim.pid, pid: () => pid, output: () => output};
};

describe('a program under a shim', () => {
  test.each([
    ['a success', 'exit 0', {kind: 'exited', code: 0}, {code: 0, signal: null}],
    ['a failure', 'exit 7', {kind: 'exited', code: 7}, {code: 7, signal: null}],
    ['a signal', 'kill -SEGV $$', {kind: 'signalled', signal: 'SIGSEGV'}, {code: null, signal: 'SIGSEGV'}],
    ['its own kill', 'kill -9 $$', {kind: 'signalled', signal: 'SIGKILL'}, {code: null, signal: 'SIGKILL'}],
  ])('ends as it ended by itself, and so it is written down: %s', async (_, script, how, kept) => {
    const {end, resultFile, folder} = await run(script);
    expect(await end).toMatchObject(how);
    expect(readResult(resultFile)).toEqual({...kept, durationMs: expect.any(Number)});
    expect(statSync(resultFile).mode & 0o777).toBe(0o600);
    // No draft is left.
    expect(readdirSync(folder)).toEqual(['result.json']);
  });

  test('has its own variables and arguments, no descriptor of ours, and its folder', async () => {
    const {end, output, folder} = await run('echo "$GREETING|$DISJOINT_MARK|$(pwd -P)"; ls -l /proc/$$/fd', {
      GREETING: 'héllo\nworld',
    });
    await end;
    const lines = output().split('\n');
    expect(lines.slice(0, 2).join('\n')).toBe(`héllo\nworld||${folder}`);
    // Who runs the tests may have left others open, but none of ours.
    expect(output()).not.toMatch(/ (?:[3-9]|\d\d) -> socket:/u);
  });

  test('is refused as if it were started directly', async () => {
    const {end, resultFile} = await run('', {}, '/no/such/program');
    expect(await end).toMatchObject({code: 'ENOENT'});
    expect(readResult(resultFile)).toBeNull();
    expect(await (await run('', {NUL: '\0'})).end).toMatchObject({code: 'ERR_INVALID_ARG_VALUE'});
    expect(await (await run('x'.repeat(3_000_000))).end).toMatchObject({code: 'E2BIG'});
  });

  test('hears polite signals to the group, which the shim does not mind', async () => {
    const {end, pid, group, output} = await run(
      'trap "echo heard; exit 3" INT; echo up; while true; do sleep 0.05; done',
    );
    await eventually('it is up', () => output().includes('up'));
    process.kill(-group, 'SIGINT');
    expect(await end).toMatchObject({kind: 'exited', code: 3});
    expect(output()).toContain('heard');
    expect(pid()).not.toBe(group);
  });

  test('whose shim is killed counts as killed', async () => {
    const {end, group, output, resultFile} = await run('echo up; exec sleep 600');
    await eventually('it is up', () => output().includes('up'));
    process.kill(group, 'SIGKILL');
    expect(await end).toMatchObject({kind: 'signalled', signal: 'SIGKILL'});
    expect(readResult(resultFile)).toBeNull();
  });
});

/** A program that runs a script under a shim as we do, and is killed. */
const OWNER = `
  import {spawn} from 'node:child_process';
  const [shim, resultFile, script] = process.argv.slice(1);
  const child = spawn(process.execPath, [shim], {detached: true, env: {}, stdio: ['pipe', 'pipe', 'pipe', 'pipe']});
  const env = {PATH: process.env.PATH};
  const call = {file: '/bin/sh', args: ['-c', script], env, cwd: process.cwd(), hasStdin: false, resultFile};
  child.stdio[3].write(JSON.stringify(call) + '\\n');
  child.stdout.on('data', (bytes) => process.stdout.write(bytes));
  console.log('shim ' + child.pid);
`;

/** Starts such an owner, kills it when its script has said "up", and waits for the end of the shim. */
const killOwner = async (script: string, before: (folder: string) => void = () => {}) => {
  const folder = temporaryFolder();
  const resultFile = path.join(folder, 'result.json');
  const owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER, SHIM, resultFile, script], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(owner);
  let output = '';
  owner.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  await eventually('the program is up', () => /^up$/mu.test(output));
  const shim = Number(/^shim (\d+)$/mu.exec(output)?.[1]);
  before(folder);
  owner.kill('SIGKILL');
  const isAlive = (): boolean => procTable.list().some(({group}) => group === shim);
  await eventually('nothing of it is alive', () => !isAlive());
  return {folder, resultFile};
};

describe('when the orchestrator is gone', () => {
  test('the program is asked to end, and no result of that is kept', async () => {
    const {folder, resultFile} = await killOwner(
      // Nobody takes its output any more, and a shell dies of that.
      'exec 2>/dev/null; trap "echo tidied > tidied; exit 0" TERM; echo up; while true; do sleep 0.05; done',
    );
    expect(readFileSync(path.join(folder, 'tidied'), 'utf8')).toBe('tidied\n');
    expect(readResult(resultFile)).toBeNull();
  });

  test('one that does not is killed, with all that it started', async () => {
    const {resultFile} = await killOwner('trap "" TERM; sleep 600 & echo up; sleep 600; sleep 600');
    expect(readResult(resultFile)).toBeNull();
  });

  test('a program that fails because nobody takes its output has no result', async () => {
    const {resultFile, folder} = await killOwner(
      'trap "" TERM PIPE; echo up; while echo more; do sleep 0.01; done; echo over > over; exit 9',
    );
    expect(existsSync(path.join(folder, 'over'))).toBe(true);
    expect(readResult(resultFile)).toBeNull();
  });

  test('a result that was reached before it is found', async () => {
    // It has ended for long when its owner, who was stopped meanwhile, is killed.
    const {resultFile} = await killOwner('echo up; sleep 0.2; echo done > done; exit 0', (folder) => {
      const owner = started.at(-1)?.pid ?? 0;
      process.kill(owner, 'SIGSTOP');
      const until = performance.now() + 10_000;
      while (!existsSync(path.join(folder, 'result.json')) && performance.now() < until);
    });
    expect(readResult(resultFile)).toEqual({code: 0, signal: null, durationMs: expect.any(Number)});
  });
});

describe('a shim that is kept ready', () => {
  test('is the next that is taken, holds up no end of ours, and goes when it is not needed', async () => {
    const own = new Shims({});
    await own.prepare();
    await own.prepare();
    const one = await own.take();
    started.push(one.process);
    const other = await own.take();
    started.push(other.process);
    expect(other.pid).not.toBe(one.pid);
    await own.prepare();
    own.close();
    for (const {wire, pid} of [one, other]) {
      wire.destroy();
      await eventually('it ends by itself', () => procTable.find(pid) === null);
    }
  });

  test('is ended with the program that it waits for', async () => {
    const {stdout} = await execFile(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      `const {Shims} = await import(${JSON.stringify(SHIMS)});
       const shims = new Shims({});
       await shims.prepare();
       process.once('exit', () => console.log(process.getActiveResourcesInfo().join()));
       const {readdirSync, readFileSync} = await import('node:fs');
       const mine = readdirSync('/proc').filter((pid) => {
         try { return readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1].split(' ')[1] === String(process.pid)
           && readFileSync('/proc/' + pid + '/cmdline', 'utf8').includes('shim.mjs'); } catch { return false; }
       });
       console.log(mine.join());`,
    ]);
    const [pids = ''] = stdout.split('\n');
    expect(pids).toMatch(/^\d+$/u);
    await eventually('it is gone', () => procTable.find(Number(pids)) === null);
  });
});

test('a file that no shim has written is no result', () => {
  const file = path.join(temporaryFolder(), 'result.json');
  for (const text of ['', '{', 'null', '[]', '{"code":0}', '{"code":"0","signal":null,"durationMs":1}']) {
    writeFileSync(file, text);
    expect([text, readResult(file)]).toEqual([text, null]);
  }
  mkdirSync(`${file}2`);
  expect(readResult(`${file}2`)).toBeNull();
});
