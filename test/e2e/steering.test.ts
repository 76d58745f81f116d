import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {SqliteStore} from '../../src/store/sqlite/sqlite-store.ts';
import {type CliResult, folderWith, resultOf, runCli, startCli} from '../support/cli.ts';
import {eventually} from '../support/eventually.ts';
import {letGo, type Served, STEADY_CONFIG, serving, startRun, UNTIL_GO} from '../support/served.ts';

const linesOf = ({stdout}: CliResult): readonly string[] => stdout.trimEnd().split('\n');
// oxlint-disable-next-line typescript/no-explicit-any -- what was printed, looked into by each test
const jsonOf = (result: CliResult): readonly any[] => linesOf(result).map((line) => JSON.parse(line));

/** Hands in a task and returns its id. */
const submit = async ({other}: Served, ...args: readonly string[]): Promise<string> => {
  const {code, stdout, stderr} = await other('submit', ...args);
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  return stdout.trim();
};

const stateOf = async ({other}: Served, id: string): Promise<string> =>
  jsonOf(await other('show', id, '--json', '-q'))[0].state;

const reaches = (run: Served, id: string, state: string): Promise<void> =>
  eventually(`${id} is ${state}`, async () => (await stateOf(run, id)) === state);

const STEERING: readonly (readonly string[])[] = [
  ['submit', '--agent', 'dev', '--file', 'a', 'x'],
  ['cancel', 't1'],
  ['retry', 't1'],
  ['pause'],
  ['resume'],
  ['limit', '2'],
  ['stop'],
];
const READING: readonly (readonly string[])[] = [
  ['status'],
  ['list'],
  ['show', 't1'],
  ['why', 't1'],
  ['logs', 't1'],
  ['events'],
];

describe('where nothing runs', () => {
  test('what steers says so and how to start something, also what reads if nothing ever ran', async () => {
    const cwd = folderWith({'disjoint.yaml': STEADY_CONFIG});
    for (const args of [...STEERING, ...READING, ['status', '--watch']]) {
      const {code, stdout, stderr} = await runCli(args, {cwd});
      expect([args, code, stdout, stderr]).toEqual([
        args,
        69,
        '',
        'disjoint: E_NOT_RUNNING: nothing runs in this repository. Hint: start it with "disjoint run", or with "disjoint serve", which stays and takes tasks.\n',
      ]);
    }
    expect(readdirSync(cwd)).toEqual(['disjoint.yaml']);
  }, 60_000);

  test('what reads says so, and reads what the last run left, without a change of the journal', async () => {
    const cwd = folderWith({'disjoint.yaml': STEADY_CONFIG});
    await runCli(['delegate', 'dev a.txt: echo hello', 'ops b.txt: echo oh no; exit 3'], {cwd});
    const picture = (): readonly string[] =>
      readdirSync(path.join(cwd, '.disjoint'))
        .filter((name) => name !== 'state.db-shm')
        .map((name) => {
          const file = path.join(cwd, '.disjoint', name);
          return name === 'runs'
            ? name
            : `${name} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
        });
    const before = picture();
    const read = async (...args: readonly string[]): Promise<string> => {
      const {code, stdout, stderr} = await runCli(args, {cwd});
      expect([args, code]).toEqual([args, 0]);
      expect(stderr).toMatch(/^Nothing runs here\. /u);
      return stdout;
    };
    expect(await read('status')).toContain('Done: 1 of 2 tasks, 1 failed\n');
    expect(JSON.parse(await read('status', '--json'))).toMatchObject({queuedTasks: 0, counts: {failed: 1}});
    expect(await read('list')).toBe(
      't1  succeeded  dev  echo hello\nt2  failed     ops  echo oh no; exit 3\n',
    );
    expect(await read('list', '--state', 'failed')).toMatch(/^t2 .*\n$/u);
    expect(await read('show', 't2')).toMatch(/^task +t2\nstate +failed: exited with code 3\n/u);
    expect(await read('why', 't2')).toBe('t2 is failed\n');
    expect(await read('logs', 't1')).toBe('hello\n');
    expect(await read('logs', 't1', '--json')).toBe('{"attempt":1,"text":"hello"}\n');
    const events = (await read('events', '--json'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({seq}) => seq)).toEqual(events.map((_, i) => i + 1));
    const wrong = await runCli(['show', 't22'], {cwd});
    expect(wrong.stderr).toMatch(/E_TASK_UNKNOWN: there is no task t22\. Hint: did you mean "t2"\.\n$/u);
    expect(wrong.code).toBe(65);
    expect(picture()).toEqual(before);
  }, 60_000);

  test('after kill -9 what reads says that the run was cut short, and the next run goes on with it', async () => {
    const run = await serving();
    const id = await submit(run, '--agent', 'dev', '--file', 'a.txt', UNTIL_GO);
    run.child.kill('SIGKILL');
    await run.ended;
    const {stderr, stdout} = await run.other('status');
    expect(stderr).toMatch(/which was cut short: "disjoint run" goes on with what is left of it\.\n$/u);
    expect(stdout).toMatch(/^Agents that were running \(1\):\n {2}dev +t1 .* on a\.txt\n/u);
    letGo(run.cwd);
    const next = startCli(['serve'], {cwd: run.cwd});
    const ended = resultOf(next);
    await eventually('it is done', async () =>
      (await run.other('show', id, '-q')).stdout.includes('succeeded'),
    );
    expect((await run.other('stop')).code).toBe(0);
    expect((await ended).stderr).toMatch(/was cut short: t1 had not ended, and goes on/u);
  }, 60_000);
});

describe('a run that goes on', () => {
  test('takes tasks whose ids are printed once they are on the disk', async () => {
    const run = await serving({
      'plan.yaml': `tasks: [{id: p1, agent: dev, files: [p]}, {id: p2, agent: dev, files: [p]}]\n`,
    });
    await run.other('pause');
    const one = await submit(
      run,
      '--agent',
      'dev',
      '--file',
      'a',
      '--file',
      'b/',
      '--retries',
      '2',
      '--timeout',
      '5m',
      '--priority',
      '-3',
      'do it',
    );
    await submit(run, '--agent', 'reader', '--read-only', '--depends-on', one, '--id', 'after', 'look');
    expect(await submit(run, 'plan.yaml')).toBe('p1\np2');
    // What was told is there, whatever happens to the run.
    run.child.kill('SIGKILL');
    await run.ended;
    const store = SqliteStore.open(path.join(run.cwd, '.disjoint/state.db'));
    const events = await store.read(0);
    await store.close();
    const specs = events.flatMap((event) => (event.type === 'task.submitted' ? [event.spec] : []));
    expect(specs.map(({id}) => id)).toEqual(['t1', 'after', 'p1', 'p2']);
    expect(specs[0]).toMatchObject({
      description: 'do it',
      timeoutMs: 300_000,
      priority: -3,
      retry: {maxAttempts: 3},
    });
    expect(specs[0]?.writes.map(({raw}) => raw)).toEqual(['a', 'b/']);
    expect(specs[1]).toMatchObject({dependsOn: ['t1'], writes: []});
    await run.other('delegate', '--fresh', 'dev x: true');
  }, 60_000);

  test('takes one task per line of stdin, until a line that is none; those before it stay', async () => {
    const {cwd, other} = await serving();
    await other('pause');
    const line = (id: string): string => JSON.stringify({id, agent: 'dev', files: ['a']});
    const input = `${line('a')}\n\n${line('b')}\nnonsense\n${line('c')}\n`;
    const {code, stdout, stderr} = await runCli(['submit'], {cwd, input});
    expect({code, stdout}).toEqual({code: 65, stdout: 'a\nb\n'});
    expect(stderr).toBe(
      'disjoint: E_LINE: line 4 of stdin is no task. Hint: write one JSON object per line, such as {"agent": "dev"}.\n',
    );
    const wrong = await runCli(['submit', '-'], {cwd, input: '{"agent": "dev", "fles": []}'});
    expect(wrong.stderr).toContain(
      'E_REQUEST_KEY: line 1 of stdin: "fles" is not known here. Hint: did you mean "files".',
    );
    expect(jsonOf(await other('list', '--json')).map(({id}) => id)).toEqual(['a', 'b']);
    expect((await runCli(['submit', '--file', 'a', 'x'], {cwd})).code).toBe(64);
  }, 60_000);

  test('does not do a task twice that is handed in again with its key, also after kill -9', async () => {
    const run = await serving();
    const again = ['--agent', 'dev', '--file', 'a.txt', '--key', 'nightly', `echo x >> a.txt; ${UNTIL_GO}`];
    const id = await submit(run, ...again);
    expect(await submit(run, ...again)).toBe(id);
    run.child.kill('SIGKILL');
    await run.ended;
    const next = startCli(['serve'], {cwd: run.cwd});
    const ended = resultOf(next);
    await eventually('it goes on', async () =>
      (await run.other('status', '-q')).stdout.startsWith('Running'),
    );
    expect(jsonOf(await run.other('submit', '--json', ...again))).toEqual([{id, isNew: false}]);
    const other = await run.other('submit', '--agent', 'dev', '--file', 'b.txt', '--key', 'nightly', 'other');
    expect(other.stderr).toMatch(
      /E_TASK_KEY: the key "nightly" is that of task t1, which is another one: another description, files\./u,
    );
    letGo(run.cwd);
    await run.other('stop');
    await ended;
    expect(jsonOf(await run.other('list', '--json', '-q'))).toHaveLength(1);
  }, 60_000);

  test('is seen from any terminal: status, list, show, why and logs', async () => {
    const run = await serving();
    const {other, child} = run;
    await submit(run, '--agent', 'dev', '--file', 'a.txt', `echo hello; ${UNTIL_GO}`);
    await submit(run, '--agent', 'ops', '--file', 'a.txt', 'true');
    await eventually('it has printed', async () => (await other('logs', 't1')).stdout === 'hello\n');
    const {stdout} = await other('status');
    expect(stdout).toMatch(
      new RegExp(
        `^Running since \\d\\d:\\d\\d:\\d\\d \\([\\dms. ]+\\), at most 4 at once; disjoint serve, pid ${child.pid}\n` +
          '\nRunning agents \\(1\\):\n {2}dev +t1 +[\\d.]+s {2}on a\\.txt\n' +
          'Queued tasks \\(1\\):\n {2}t2 {2}waiting for t1 \\(a\\.txt\\)\n' +
          'Active files \\(1\\):\n {2}a\\.txt\nDone: 0 of 2 tasks\nThis machine: .*%.*\n$',
        'u',
      ),
    );
    const [status] = jsonOf(await other('status', '--json'));
    expect(status).toMatchObject({runningAgents: ['dev'], runningFiles: ['a.txt'], queuedTasks: 1});
    expect(status.tasks[1].waitsFor[0]).toMatchObject({kind: 'file', holder: 't1'});
    expect((await other('why', 't2')).stdout).toMatch(/^t2 is queued, waiting for\n {2}- t1 \(a\.txt\)\n/u);
    expect(jsonOf(await other('show', 't1', '--json'))[0].attempts[0]).toMatchObject({
      attempt: 1,
      agent: 'dev',
      endedAt: null,
    });
    expect((await other('logs', 't2')).stderr).toMatch(
      /E_NO_LOG: task t2 has not run: it is queued\. Hint: see "disjoint why t2"\./u,
    );
  }, 60_000);

  test('is followed to its end: logs -f, events and status --watch', async () => {
    const run = await serving();
    const {cwd, other} = run;
    await submit(
      run,
      '--agent',
      'dev',
      '--file',
      'a.txt',
      `echo one; ${UNTIL_GO}; printf two; sleep 0.3; echo " three"`,
    );
    const follow = (...args: readonly string[]) => resultOf(startCli(args, {cwd}));
    const log = follow('logs', 't1', '-f');
    const events = follow('events', '--json', '--since', '0');
    const watching = startCli(['status', '--watch', '--json'], {cwd});
    let text = '';
    watching.stdout!.on('data', (bytes: Buffer) => (text += bytes.toString()));
    const watchedText = (): string => text;
    const watched = resultOf(watching);
    await eventually('it runs', async () => (await other('logs', 't1')).stdout === 'one\n');
    const gone = startCli(['status', '--watch', '--json'], {cwd});
    const goneEnded = resultOf(gone);
    gone.stdout!.destroy();
    letGo(cwd);
    expect(await log).toMatchObject({code: 0, stdout: 'one\ntwo three\n'});
    // Whoever wrote for a reader that went away does not stay for it.
    await reaches(run, 't1', 'succeeded');
    await submit(run, '--agent', 'ops', '--file', 'b.txt', 'true');
    expect((await goneEnded).code).toBe(0);
    await eventually('it is seen', () => watchedText().includes('"succeeded":2'));
    await other('stop');
    const seen = jsonOf(await events);
    expect(seen.map(({seq}) => seq)).toEqual(seen.map((_, i) => i + 1));
    expect(seen.at(-1)).toMatchObject({type: 'mode.changed', to: 'stopped'});
    const statuses = await watched;
    expect(statuses.code).toBe(0);
    expect(jsonOf(statuses).map(({tasks}) => tasks.length)).toContain(1);
  }, 60_000);

  test('is steered from any terminal: pause, resume, limit, cancel and retry', async () => {
    const run = await serving();
    const {cwd, other} = run;
    expect((await other('pause', '--reason', 'lunch')).stdout).toBe(
      'paused: nothing more starts until "disjoint resume"\n',
    );
    await submit(run, '--agent', 'dev', '--file', 'a.txt', '[ -e go ]');
    await submit(run, '--agent', 'ops', '--file', 'b.txt', 'echo $$ > b.txt; sleep 600');
    expect(await stateOf(run, 't1')).toBe('queued');
    expect((await other('limit', '1')).stdout).toBe('at most 1 at once now\n');
    expect((await other('limit', '0')).code).toBe(64);
    expect((await other('resume')).stdout).toBe('resumed\n');
    await reaches(run, 't1', 'failed');
    await eventually('the other runs', () => existsSync(path.join(cwd, 'b.txt')));
    expect((await other('cancel', 't2')).stdout).toBe('t2 is being stopped\n');
    await reaches(run, 't2', 'cancelled');
    letGo(cwd);
    expect((await other('retry', 't1')).stdout).toBe('t1 is handed in again as t1.2\n');
    await reaches(run, 't1.2', 'succeeded');
    expect(await stateOf(run, 't1')).toBe('failed');
    const again = await other('retry', 't1.2');
    expect(again).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('E_TASK_NOT_RETRIABLE') as string,
    });
    await other('stop');
    const {code, stdout} = await run.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('paused: lunch\n');
  }, 60_000);

  test('has ended when stop returns, so that the next one can begin; what runs is finished first', async () => {
    const run = await serving();
    const {cwd, other} = run;
    await submit(
      run,
      '--agent',
      'dev',
      '--file',
      'a.txt',
      `echo begun > begun; ${UNTIL_GO}; echo done > a.txt`,
    );
    await submit(run, '--agent', 'dev', '--file', 'b.txt', 'echo never > b.txt');
    await eventually('it runs', () => existsSync(path.join(cwd, 'begun')));
    const stopped = resultOf(startCli(['stop'], {cwd}));
    await eventually('it ends', async () => (await other('status')).stdout.startsWith('Stopping'));
    const late = await other('submit', '--agent', 'dev', '--file', 'c', 'x');
    expect(late).toMatchObject({code: 65, stderr: expect.stringContaining('E_NOT_ACCEPTING') as string});
    letGo(cwd);
    expect(await stopped).toMatchObject({
      code: 0,
      stdout:
        'stopping: 1 running task to be finished first; "disjoint stop --now" ends what runs\nstopped\n',
    });
    expect(existsSync(path.join(cwd, '.disjoint/api.sock'))).toBe(false);
    expect((await other('delegate', 'ops c.txt: echo c > c.txt')).code).toBe(0);
    expect(['a.txt', 'b.txt', 'c.txt'].map((name) => existsSync(path.join(cwd, name)))).toEqual([
      true,
      false,
      true,
    ]);
    expect((await run.ended).code).toBe(0);
  }, 60_000);

  test('is ended at once by stop --now, with all that runs', async () => {
    const run = await serving();
    await submit(run, '--agent', 'dev', '--file', 'a.txt', 'echo $$ > a.txt; sleep 600');
    await eventually('it runs', () => existsSync(path.join(run.cwd, 'a.txt')));
    expect((await run.other('stop', '--now')).stdout).toBe(
      'stopping: 1 running task told to stop\nstopped\n',
    );
    expect((await run.ended).stdout).toContain('1 task: 0 succeeded, 1 cancelled');
  }, 60_000);

  test('of a plan also takes tasks, and ends when all that it accepted has ended', async () => {
    const run = await startRun(['run', 'plan.yaml'], /p started/u, {
      'plan.yaml': `tasks: [{id: p, agent: dev, files: [p], description: "${UNTIL_GO}"}]\n`,
    });
    const id = await submit(run, '--agent', 'dev', '--file', 'p', 'echo more > p; exit 3');
    letGo(run.cwd);
    const {code, stdout} = await run.ended;
    expect(stdout).toContain('2 tasks: 1 succeeded, 1 failed');
    expect(stdout).toContain(`${id} failed`);
    expect(code).toBe(1);
  }, 60_000);

  test('can be asked by its agents, and is one for all worktrees of a repository', async () => {
    const run = await serving();
    const {cwd, other} = run;
    await submit(run, '--agent', 'dev', '--file', 'a.txt', 'printf %s "$DISJOINT_SOCKET" > a.txt');
    await reaches(run, 't1', 'succeeded');
    expect(readFileSync(path.join(cwd, 'a.txt'), 'utf8')).toBe(path.join(cwd, '.disjoint/api.sock'));
    await other('stop');
    await run.ended;
    const git = (...args: readonly string[]): unknown =>
      execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@localhost', ...args], {
        cwd,
        stdio: 'pipe',
      });
    git('init', '--quiet');
    git('add', 'disjoint.yaml');
    git('commit', '--quiet', '--message=Start');
    git('worktree', 'add', '--quiet', 'tree');
    const tree = startCli(['serve'], {cwd: path.join(cwd, 'tree')});
    const ended = resultOf(tree);
    await eventually('it runs', async () => (await other('status', '-q')).stdout.startsWith('Running'));
    const status = await other('status');
    expect(status.stdout).toContain(`pid ${tree.pid}\n`);
    const there = path.join(cwd, 'tree');
    const said = `The run is that of ${there}: paths and agent types are taken from there.\n`;
    expect(status.stderr).toBe(said);
    const submitted = await other('submit', '--agent', 'dev', '--file', 'c.txt', 'pwd > c.txt');
    expect(submitted).toMatchObject({code: 0, stderr: said});
    await eventually('it was written there', () => Promise.resolve(existsSync(path.join(there, 'c.txt'))));
    expect((await runCli(['status'], {cwd: path.join(there, '.')})).stderr).toBe('');
    const second = await other('delegate', 'dev b.txt: true');
    expect(second.code).toBe(73);
    expect(second.stderr).toContain(`, in ${there}. Hint: `);
    expect((await other('stop')).code).toBe(0);
    expect((await ended).code).toBe(0);
  }, 60_000);
});

test('stats tells how fast and how well past runs went, as text and as data', async () => {
  const cwd = folderWith({'disjoint.yaml': STEADY_CONFIG});
  expect((await runCli(['stats'], {cwd})).stdout).toBe('nothing was run in this repository yet\n');
  await runCli(['delegate', 'dev a.txt: sleep 0.4', 'ops b.txt: sleep 0.4', 'reader: exit 3'], {cwd});
  await runCli(['delegate', 'dev a.txt: sleep 0.1'], {cwd});
  const [data] = jsonOf(await runCli(['stats', '--json'], {cwd}));
  expect(data).toMatchObject({type: 'run.statistics', runs: 2, tasks: 4, successRate: 0.75});
  expect(data.agentTypes).toMatchObject([
    {agentType: 'dev', succeeded: 2, failed: 0, successRate: 1},
    {agentType: 'ops', succeeded: 1},
    {agentType: 'reader', succeeded: 0, failed: 1, successRate: 0, medianMs: null},
  ]);
  const history = jsonOf(await runCli(['history', '--json'], {cwd})).map(({summary}) => summary);
  const sum = (of: string): number => history.reduce((all, summary) => all + summary[of], 0);
  expect(data.speedupToday).toBeCloseTo(sum('sequentialMs') / sum('wallMs'), 1);
  const {stdout} = await runCli(['stats'], {cwd});
  expect(stdout).toContain(`Speedup today: ${data.speedupToday}x (all runs: ${data.speedup}x)\n`);
  expect(stdout).toMatch(/^2 runs that ended, 4 tasks: 3 succeeded, 1 failed\n/u);
  expect(stdout).toMatch(/^dev +2 +100 % /mu);
}, 60_000);
