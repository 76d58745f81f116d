import {existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {procTable} from '../../src/executors/process/process-table.ts';
import {openDatabase} from '../../src/store/sqlite/database.ts';
import {SqliteStore} from '../../src/store/sqlite/sqlite-store.ts';
import {folderWith, printed, resultOf, runCli, SHELL_CONFIG, startCli} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';
import {patienceMs} from '../support/seed.ts';

const QUICK = ['delegate', 'dev a.txt: echo a > a.txt', 'ops b.txt: echo b > b.txt'];

const folder = (): string => folderWith({'disjoint.yaml': SHELL_CONFIG});
const journalIn = (cwd: string): string => path.join(cwd, '.disjoint', 'state.db');
const isAlive = (file: string): boolean => procTable.find(Number(readFileSync(file, 'utf8'))) !== null;

describe('the journal', () => {
  test('has each event of a run, for the user alone, and goes on with the next run', async () => {
    const cwd = folder();
    const first = await runCli([...QUICK, '--json'], {cwd});
    expect(first.code).toBe(0);
    await runCli(QUICK, {cwd});
    const store = SqliteStore.open(journalIn(cwd));
    const events = await store.read(0);
    await store.close();
    expect(events.map(({seq}) => seq)).toEqual(events.map((_, i) => i + 1));
    const types = events.map(({type}) => type);
    expect(types.filter((type) => type === 'task.succeeded')).toHaveLength(4);
    const told = first.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as {seq?: number; type: string});
    for (const {seq, type} of told)
      expect([undefined, type]).toContain(seq === undefined ? undefined : events[seq - 1]?.type);
    expect(statSync(journalIn(cwd)).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(journalIn(cwd))).mode & 0o777).toBe(0o700);
    // No fence was given out twice: they name the logs of attempts.
    const fences = events.flatMap((event) => (event.type === 'attempt.dispatched' ? [event.fence] : []));
    expect(new Set(fences).size).toBe(fences.length);
  });

  test('that cannot be written is an error, and nothing starts', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, '.disjoint': ''});
    const {code, stderr} = await runCli(QUICK, {cwd});
    expect(stderr).toMatch(
      /^disjoint: E_IO: .disjoint cannot be used: it is no folder. Hint: check who may write there, and whether the disk is full\.\n$/u,
    );
    expect(code).toBe(74);
    expect(existsSync(path.join(cwd, 'a.txt'))).toBe(false);
  });

  test('is not made by commands that start nothing', async () => {
    const cwd = folder();
    await runCli([...QUICK, '--dry-run'], {cwd});
    const {stdout} = await runCli(['history'], {cwd});
    expect(stdout).toBe('nothing was run in this repository yet\n');
    expect(existsSync(journalIn(cwd))).toBe(false);
  });

  test.each([
    ['E_JOURNAL_CORRUPT', 'DELETE FROM journal WHERE seq = 4', /before record 5 one is missing/u],
    [
      'E_JOURNAL_NEWER',
      'PRAGMA user_version = 99',
      /it has format 99, and this version knows formats up to 2/u,
    ],
  ])('%s: nothing starts, and the file is left as it is', async (code, statement, says) => {
    const cwd = folder();
    await runCli(QUICK, {cwd});
    const sql = openDatabase(journalIn(cwd));
    sql.script(statement);
    sql.close();
    const before = readFileSync(journalIn(cwd));
    writeFileSync(path.join(cwd, 'a.txt'), 'mine');
    for (const args of [QUICK, ['history']]) {
      const {code: exit, stderr} = await runCli(args, {cwd});
      expect({exit, stderr}).toMatchObject({exit: 74, stderr: expect.stringContaining(code) as string});
      expect(stderr).toMatch(says);
    }
    expect(readFileSync(journalIn(cwd)).equals(before)).toBe(true);
    expect(readFileSync(path.join(cwd, 'a.txt'), 'utf8')).toBe('mine');
  });
});

describe('disjoint doctor --salvage', () => {
  test('writes what can be read into a new file, with which one can go on', {
    timeout: 4 * patienceMs,
  }, async () => {
    const cwd = folder();
    await runCli(QUICK, {cwd});
    const file = '.disjoint/state.db';
    const whole = await runCli(['doctor', '--salvage', file], {cwd});
    expect(whole.stdout).toBe('.disjoint/state.db is whole, nothing was written\n');
    const sql = openDatabase(journalIn(cwd));
    sql.script('UPDATE journal SET at = 1 WHERE seq = 9');
    sql.close();
    const before = readFileSync(journalIn(cwd));
    const {stdout, code} = await runCli(['doctor', '--salvage', file], {cwd});
    expect(stdout).toMatch(
      /^.disjoint\/state.db is damaged: record 9 is not what was written\nwrote 8 records of 1 run into .disjoint\/state.db.salvaged, lost \d+ records\nto go on with it, move .disjoint\/state.db and what begins like it \(-wal, -shm, -kept\) away, and put it in its place; nothing in them was changed\n$/u,
    );
    expect(code).toBe(0);
    expect(readFileSync(journalIn(cwd)).equals(before)).toBe(true);
    const again = await runCli(['doctor', '--salvage', file], {cwd});
    expect(again.stderr).toContain('E_FILE_EXISTS');
    expect(again.code).toBe(73);
    for (const suffix of ['', '-kept'])
      renameSync(journalIn(cwd) + suffix, path.join(cwd, `damaged${suffix}`));
    renameSync(`${journalIn(cwd)}.salvaged`, journalIn(cwd));
    expect((await runCli(QUICK, {cwd})).code).toBe(0);
  });
});

describe('one repository', () => {
  test('has one run at a time: the second is told who runs, and changes nothing', async () => {
    const cwd = folder();
    const first = startCli(['delegate', 'dev a.txt: until [ -e go ]; do sleep 0.05; done'], {cwd});
    const ended = resultOf(first);
    await printed(first, /t1 started/u);
    const second = await runCli(['delegate', 'ops b.txt: echo b > b.txt'], {cwd});
    expect(second.code).toBe(73);
    expect(second.stderr).toContain(
      `E_ALREADY_RUNNING: Disjoint runs in this repository already: pid ${first.pid}, since `,
    );
    expect(existsSync(path.join(cwd, 'b.txt'))).toBe(false);
    const {stdout} = await runCli(['history'], {cwd});
    expect(stdout).toMatch(/has not ended\n$/u);
    writeFileSync(path.join(cwd, 'go'), '');
    expect((await ended).code).toBe(0);
    expect((await runCli(QUICK, {cwd})).code).toBe(0);
  });

  test('of twenty that start at once, one runs at any moment', async () => {
    const cwd = folder();
    // A folder can be made once: whoever finds it there runs beside another run.
    const alone = 'dev a.txt: mkdir busy || echo x >> together; sleep 0.3; rmdir busy';
    const results = await Promise.all(Array.from({length: 20}, () => runCli(['delegate', alone], {cwd})));
    expect(existsSync(path.join(cwd, 'together'))).toBe(false);
    const codes = results.map(({code}) => code);
    expect(codes).toContain(0);
    expect(codes.filter((code) => code !== 0 && code !== 73)).toEqual([]);
  }, 120_000);

  test('is free after kill -9 once nothing of that run is alive: the next run sees to it, and says so', async () => {
    const cwd = folder();
    // A zombie is dead: nobody took leave of it yet.
    const asSeenFromWithin =
      'for f in near far; do grep -qs "State:.[RSD]" /proc/$(cat $f)/status && exit 0; done; echo alone > a.txt';
    // One that leaves its session as well.
    const script = 'setsid sh -c "echo \\$\\$ > far; exec sleep 600" & echo $$ > near; sleep 600';
    const killed = startCli(['delegate', `dev a.txt: ${script}`, 'ops b.txt: sleep 600'], {cwd});
    const ended = resultOf(killed);
    const files = ['near', 'far'].map((name) => path.join(cwd, name));
    await eventually('both run', () => files.every((file) => existsSync(file) && isAlive(file)));
    killed.kill('SIGKILL');
    await ended;
    // Its shim has seen to the first.
    await eventually('what stayed in its group is dead', () => !isAlive(path.join(cwd, 'near')));
    expect(isAlive(path.join(cwd, 'far'))).toBe(true);
    const next = await runCli(['delegate', '--fresh', `dev a.txt: ${asSeenFromWithin}`], {cwd});
    expect(next.stderr).toMatch(
      /the run of [-\d: ]+ was cut short: t1, t2 had not ended, and are cancelled; what still ran of it was stopped \(pid [\d, ]+\)\n/u,
    );
    expect(next.code).toBe(0);
    expect(readFileSync(path.join(cwd, 'a.txt'), 'utf8')).toBe('alone\n');
    expect(files.map(isAlive)).toEqual([false, false]);
    const {stdout} = await runCli(['history'], {cwd});
    expect(stdout).toMatch(/was cut short\n.*2 tasks: 2 cancelled\n.*1 task: 1 succeeded\n$/u);
    // It is told once.
    expect((await runCli(QUICK, {cwd})).stderr).toBe('');
  });
});

describe('a repository with two projects', () => {
  test('has nothing alive of a run of the one when a run of the other starts, whichever was killed', async () => {
    const cwd = folderWith({
      'disjoint.yaml': SHELL_CONFIG,
      'pkg/disjoint.yaml': SHELL_CONFIG,
      '.git/HEAD': 'ref: refs/heads/main',
      '.git/objects/x': '',
      '.git/refs/x': '',
    });
    const escaped = `setsid sh -c 'echo $$ > far; exec sleep 600' & until [ -s far ]; do sleep 0.02; done; sleep 600`;
    const killed = startCli(['delegate', `dev y.txt: ${escaped}`], {cwd});
    const ended = resultOf(killed);
    const far = path.join(cwd, 'far');
    await eventually('it runs', () => existsSync(far) && isAlive(far));
    killed.kill('SIGKILL');
    await ended;
    expect(isAlive(far)).toBe(true);
    const pid = readFileSync(far, 'utf8').trim();
    // A zombie is dead: nobody took leave of it yet.
    const asSeenFromWithin = `grep -qs 'State:.[RSD]' /proc/${pid}/status || echo alone > y.txt`;
    const next = await runCli(['delegate', `dev y.txt: ${asSeenFromWithin}`], {cwd: path.join(cwd, 'pkg')});
    expect(next.stderr).toMatch(
      /^what still ran of an earlier run in this repository was stopped \(pid [\d, ]+\)\n$/u,
    );
    expect(next.stderr).toContain(pid);
    expect(next.code).toBe(0);
    expect(readFileSync(path.join(cwd, 'pkg/y.txt'), 'utf8')).toBe('alone\n');
  });
});

const PLAN = `# plan.yaml
tasks:
  - {id: done, agent: dev, files: [done.txt], description: "echo done >> done.txt"}
  - {id: cut, agent: ops, files: [cut.txt], description: "echo cut >> cut.txt; until [ -e go ]; do sleep 0.05; done"}
  - {id: later, agent: dev, files: [later.txt], dependsOn: [cut], description: "echo later >> later.txt"}
`;

describe('a run that was cut short', () => {
  const linesOf = (cwd: string, name: string): number =>
    readFileSync(path.join(cwd, name), 'utf8').trim().split('\n').length;

  /** The plan is killed once the first task has succeeded and the second runs. */
  const killedIn = async (cwd: string): Promise<void> => {
    const killed = startCli(['run', 'plan.yaml'], {cwd});
    const ended = resultOf(killed);
    await printed(killed, /done succeeded/u);
    await eventually('the second runs', () => existsSync(path.join(cwd, 'cut.txt')));
    killed.kill('SIGKILL');
    await ended;
  };

  const killedRun = async (): Promise<string> => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': PLAN});
    await killedIn(cwd);
    return cwd;
  };

  test('is told what came to its end before that and was told to nobody, and does not do it again', async () => {
    const cwd = folderWith({'disjoint.yaml': SHELL_CONFIG, 'plan.yaml': PLAN});
    const killed = startCli(['run', 'plan.yaml'], {cwd});
    const ended = resultOf(killed);
    await eventually('the second runs', () => existsSync(path.join(cwd, 'cut.txt')));
    killed.kill('SIGSTOP');
    writeFileSync(path.join(cwd, 'go'), '');
    const runs = path.join(cwd, '.disjoint/runs');
    const hasResult = (): boolean =>
      readdirSync(runs, {recursive: true, encoding: 'utf8'}).some((file) =>
        file.endsWith('cut-1.result.json'),
      );
    await eventually('the second has come to its end', hasResult);
    killed.kill('SIGKILL');
    await ended;
    const next = await runCli(['run', 'plan.yaml'], {cwd});
    expect(next.stdout).toContain('3 tasks: 3 succeeded');
    expect(next.code).toBe(0);
    expect(['done.txt', 'cut.txt', 'later.txt'].map((name) => linesOf(cwd, name))).toEqual([1, 1, 1]);
  });

  test('goes on after a second kill as well', async () => {
    const cwd = await killedRun();
    const killed = startCli(['run', 'plan.yaml'], {cwd});
    const ended = resultOf(killed);
    await eventually('it runs again', () => linesOf(cwd, 'cut.txt') === 2);
    killed.kill('SIGKILL');
    await ended;
    writeFileSync(path.join(cwd, 'go'), '');
    const next = await runCli(['run', 'plan.yaml'], {cwd});
    expect(next.code).toBe(0);
    expect(['done.txt', 'cut.txt', 'later.txt'].map((name) => linesOf(cwd, name))).toEqual([1, 3, 1]);
    expect(next.stdout).toContain('cut started by ops (attempt 3)');
    const {stdout} = await runCli(['history'], {cwd});
    expect(stdout).toMatch(/was cut short\n.*was cut short\n.*3 tasks: 3 succeeded.*\n$/u);
  });

  test('goes on with the next run, whatever that is, and what is new is added', async () => {
    const cwd = await killedRun();
    writeFileSync(path.join(cwd, 'go'), '');
    const next = await runCli(['delegate', 'dev new.txt: echo new >> new.txt'], {cwd});
    expect(next.stderr).toMatch(/^the run of [-\d: ]+ was cut short: cut, later had not ended, and go on/u);
    expect(next.code).toBe(0);
    expect(['done.txt', 'cut.txt', 'later.txt', 'new.txt'].map((name) => linesOf(cwd, name))).toEqual([
      1, 2, 1, 1,
    ]);
    expect(next.stdout).toContain('4 tasks: 4 succeeded');
  });

  test('keeps a task of the plan from being another one under the same id, and loses nothing by that', async () => {
    const cwd = await killedRun();
    const plan = path.join(cwd, 'plan.yaml');
    writeFileSync(plan, PLAN.replace('echo later', 'echo other'));
    const refused = await runCli(['run', 'plan.yaml'], {cwd});
    expect(refused.stderr).toBe(
      'disjoint: E_TASK_CHANGED: task later is not what it was in the run that was cut short: another description. Hint: give it another id, or use --fresh to cancel what is left of that run.\n',
    );
    expect(refused.code).toBe(65);
    writeFileSync(plan, PLAN);
    writeFileSync(path.join(cwd, 'go'), '');
    const next = await runCli(['run', 'plan.yaml'], {cwd});
    expect(next.stderr).toMatch(
      /cut, later had not ended, and go on.*; 1 of these tasks had ended in it, and is not repeated\n$/u,
    );
    expect(next.code).toBe(0);
    expect(['done.txt', 'cut.txt', 'later.txt'].map((name) => linesOf(cwd, name))).toEqual([1, 2, 1]);
  });

  test('says as data that it goes on', async () => {
    const cwd = await killedRun();
    writeFileSync(path.join(cwd, 'go'), '');
    const {stdout} = await runCli(['run', 'plan.yaml', '--json'], {cwd});
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as {seq: number; type: string});
    expect(told.slice(0, 4).map(({type}) => type)).toEqual([
      'run.continued',
      'attempt.interrupted',
      'task.queued',
      'mode.changed',
    ]);
    const seqs = told.slice(0, -1).map(({seq}) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
  });

  test('is cancelled with --fresh, and the plan begins anew', async () => {
    const cwd = await killedRun();
    writeFileSync(path.join(cwd, 'go'), '');
    const next = await runCli(['run', '--fresh', 'plan.yaml'], {cwd});
    expect(next.stderr).toMatch(/cut, later had not ended, and are cancelled/u);
    expect(next.code).toBe(0);
    expect(['done.txt', 'cut.txt', 'later.txt'].map((name) => linesOf(cwd, name))).toEqual([2, 2, 1]);
    expect((await runCli(['run', 'plan.yaml'], {cwd})).stderr).toBe('');
    expect(linesOf(cwd, 'done.txt')).toBe(3);
  });
});

describe('disjoint history', () => {
  test('has one line for each run, as text and as data', async () => {
    const cwd = folder();
    await runCli(QUICK, {cwd});
    await runCli(['delegate', 'dev a.txt: false'], {cwd});
    const text = await runCli(['history'], {cwd});
    expect(text.stdout).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +[\d.]+s {2}2 tasks: 2 succeeded.*\n.* 1 task: 1 failed\n$/u,
    );
    const {stdout} = await runCli(['history', '--json'], {cwd});
    const runs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as {run: number; summary: {tasks: object}});
    expect(runs).toMatchObject([
      {run: 1, summary: {type: 'run.summary', tasks: {total: 2, succeeded: 2}}},
      {run: 2, summary: {type: 'run.summary', tasks: {total: 1, failed: 1}}},
    ]);
  });
});
