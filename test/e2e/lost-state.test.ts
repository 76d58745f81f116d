import {existsSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {procTable} from '../../src/executors/process/process-table.ts';
import {folderWith, printed, resultOf, runCli, startCli} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';
import {letGo, STEADY_CONFIG, UNTIL_GO} from '../support/served.ts';

/** What makes a folder a repository for git. */
const GIT = {'.git/HEAD': 'ref: refs/heads/main', '.git/objects/x': '', '.git/refs/x': ''};

const isAlive = (file: string): boolean => procTable.find(Number(readFileSync(file, 'utf8'))) !== null;

/** A run with a task that works, and tells its number; another task waits for it. */
const running = async (files: Readonly<Record<string, string>>) => {
  const cwd = folderWith({'disjoint.yaml': STEADY_CONFIG, ...files});
  const run = startCli(['delegate', 'dev a.txt: echo $$ > pid; exec sleep 600', 'dev b.txt: touch b.txt'], {
    cwd,
  });
  const ended = resultOf(run);
  await printed(run, /t1 started/u);
  const pid = path.join(cwd, 'pid');
  await eventually('it works', () => existsSync(pid) && readFileSync(pid, 'utf8') !== '');
  return {cwd, run, ended, pid};
};

test.each(['.disjoint', '.disjoint/state.db', '.disjoint/api.sock'])(
  'a run whose %s is deleted stops its agents, starts nothing, and says why',
  async (name) => {
    const {cwd, ended, pid} = await running(GIT);
    rmSync(path.join(cwd, name), {recursive: true});
    const {code, stderr} = await ended;
    expect(code).toBe(74);
    expect(stderr).toBe(
      `disjoint: E_STATE_LOST: ${path.join(cwd, name)} of this run was deleted or replaced while it ran, so its agents were stopped. Hint: see what they have changed, keep agents from deleting it ("git clean -e .disjoint"), and run it again.\n`,
    );
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(path.join(cwd, 'b.txt'))).toBe(false);
    const next = await runCli(['delegate', '--fresh', 'dev b.txt: touch b.txt'], {cwd});
    expect(next.code).toBe(0);
  },
);

test('in a git repository, no other run starts beside one whose folder was deleted and that has not noticed', async () => {
  const {cwd, run, ended, pid} = await running(GIT);
  run.kill('SIGSTOP');
  rmSync(path.join(cwd, '.disjoint'), {recursive: true});
  const second = await runCli(['delegate', 'dev a.txt: touch together'], {cwd});
  expect(second.stderr).toContain('E_ALREADY_RUNNING');
  expect(second.stderr).toContain('try again. If it was stopped (Ctrl-Z), find it with "fuser ');
  expect(second.code).toBe(73);
  run.kill('SIGCONT');
  expect((await ended).code).toBe(74);
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(path.join(cwd, 'together'))).toBe(false);
  expect((await runCli(['delegate', 'dev b.txt: touch b.txt'], {cwd})).code).toBe(0);
});

test('outside of git, one that finds another in its place leaves it its socket', async () => {
  const {cwd, run, ended, pid} = await running({});
  run.kill('SIGSTOP');
  rmSync(path.join(cwd, '.disjoint'), {recursive: true});
  const second = startCli(['delegate', `ops c.txt: ${UNTIL_GO}`], {cwd});
  const secondEnded = resultOf(second);
  await printed(second, /t1 started/u);
  // The second has killed what the first had started.
  expect(isAlive(pid)).toBe(false);
  run.kill('SIGCONT');
  expect((await ended).code).toBe(74);
  const asked = await runCli(['status'], {cwd});
  expect(asked).toMatchObject({code: 0, stdout: expect.stringContaining('t1') as string, stderr: ''});
  letGo(cwd);
  expect((await secondEnded).code).toBe(0);
});
