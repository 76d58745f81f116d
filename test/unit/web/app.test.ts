import {writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Hono} from 'hono';
import {describe, expect, test} from 'vitest';
import {createApp} from '../../../src/web/app.ts';
import {errorSchema, ROUTES, type RouteName} from '../../../src/web/contract.ts';
import {SHELL_CONFIG} from '../../support/cli.ts';
import {eventually} from '../../support/eventually.ts';
import {type Steered, type SteeredOptions, steeredRun} from '../../support/steered-run.ts';

const JSON_TYPE = {'content-type': 'application/json'};

interface Asked {
  readonly status: number;
  /** Whatever it is, a wrong guess fails the test at once. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what came over the wire, looked into by the test
  readonly body: any;
}

const ask = async (app: Hono, method: string, url: string, body?: unknown): Promise<Asked> => {
  const answer = await app.request(url, {
    method,
    ...(body !== undefined && {body: JSON.stringify(body), headers: JSON_TYPE}),
  });
  return {status: answer.status, body: await answer.json()};
};

const started = async (options: SteeredOptions = {}): Promise<Steered & {readonly app: Hono}> => {
  const steered = await steeredRun(options);
  return {...steered, app: createApp(steered.run)};
};

const WAITS = 'until [ -e go ]; do sleep 0.02; done';
const task = (id: string, description = WAITS, more: object = {}): object => ({
  id,
  agent: 'dev',
  files: [`${id}.txt`],
  description,
  ...more,
});
const go = (root: string): void => writeFileSync(path.join(root, 'go'), '');

describe('every answer', () => {
  test('is what the contract says', async () => {
    const {app, root} = await started();
    const seen = new Set<RouteName>();
    const answerOf = async (name: RouteName, url: string, body?: unknown): Promise<Asked['body']> => {
      const {method, answer} = ROUTES[name];
      const asked = await ask(app, method.toUpperCase(), url, body);
      expect([name, asked.status, asked.body.error]).toEqual([name, 200, undefined]);
      // Nothing is left out of what is described, and nothing is said that is not.
      expect(answer.parse(asked.body)).toEqual(asked.body);
      seen.add(name);
      return asked.body;
    };
    const tasks = [
      task('a'),
      task('b', 'true', {dependsOn: ['a'], reads: ['c.txt'], timeout: '2m'}),
      task('c'),
    ];
    expect(await answerOf('submit', '/tasks', {tasks})).toEqual({
      tasks: ['a', 'b', 'c'].map((id) => ({id, isNew: true})),
    });
    expect(await answerOf('status', '/status')).toMatchObject({runningAgents: ['dev'], queuedTasks: 2});
    expect((await answerOf('list', '/tasks')).tasks.map(({id}: {id: string}) => id)).toEqual(['a', 'b', 'c']);
    expect(await answerOf('show', '/tasks/b')).toMatchObject({
      state: 'waiting',
      timeoutMs: 120_000,
      dependsOn: ['a'],
    });
    const [first] = (await answerOf('show', '/tasks/a')).attempts;
    expect(first.logPath).toMatch(/\/\.disjoint\/runs\/RUN\/\d+-a-1\.log$/u);
    expect((await answerOf('why', '/tasks/c/why')).text).toBe('c is queued, waiting for dev');
    expect(await answerOf('info', '/run')).toMatchObject({
      pid: process.pid,
      command: 'serve',
      mode: 'running',
    });
    expect(await answerOf('pause', '/pause', {reason: 'lunch'})).toMatchObject({mode: 'paused'});
    expect(await answerOf('resume', '/resume')).toMatchObject({mode: 'running'});
    await answerOf('limit', '/limit', {maxParallel: 1});
    expect(await answerOf('status', '/status')).toMatchObject({maxParallel: 1});
    expect(await answerOf('cancel', '/tasks/c/cancel', {reason: 'not wanted'})).toMatchObject({
      state: 'cancelled',
      reason: 'not wanted',
    });
    expect(await answerOf('retry', '/tasks/c/retry')).toEqual({id: 'c.2'});
    expect(await answerOf('show', '/tasks/c.2')).toMatchObject({retryOf: 'c', state: 'queued'});
    expect(await answerOf('stop', '/stop')).toEqual({running: 1});
    expect([...seen].toSorted()).toEqual(Object.keys(ROUTES).toSorted());
    go(root);
  });

  test('to what is wrong says what is wrong and what to do, and changes nothing', async () => {
    const {app, orchestrator} = await started();
    await ask(app, 'POST', '/tasks', {tasks: [task('done', 'true')]});
    await orchestrator.idle();
    const before = orchestrator.status();
    const raw = (body: string, headers: Record<string, string> = JSON_TYPE): RequestInit => ({
      method: 'POST',
      body,
      headers,
    });
    const big = JSON.stringify({tasks: [task('big', 'x'.repeat(1_000_001))]});
    const cases: readonly (readonly [number, string, string, RequestInit?])[] = [
      [404, 'E_REQUEST_PATH', '/nothing'],
      [405, 'E_REQUEST_METHOD', '/status', {method: 'DELETE'}],
      [404, 'E_TASK_UNKNOWN', '/tasks/dnoe'],
      [404, 'E_TASK_UNKNOWN', '/tasks/%00/why'],
      [409, 'E_TASK_FINISHED', '/tasks/done/cancel', {method: 'POST'}],
      [409, 'E_TASK_NOT_RETRIABLE', '/tasks/done/retry', {method: 'POST'}],
      [400, 'E_REQUEST_SYNTAX', '/tasks', raw('{')],
      [400, 'E_REQUEST_VALUE', '/tasks', raw('null')],
      [400, 'E_REQUEST_VALUE', '/tasks', raw('{}')],
      [400, 'E_REQUEST_KEY', '/tasks', raw('{"tasks":[{"agent":"dev","colour":"red"}]}')],
      [400, 'E_DURATION', '/tasks', raw('{"tasks":[{"agent":"dev","timeout":"soon"}]}')],
      [400, 'E_AGENT_UNKNOWN', '/tasks', raw('{"tasks":[{"agent":"nobody"}]}')],
      [400, 'E_PATH_ESCAPE', '/tasks', raw('{"tasks":[{"agent":"dev","files":["../x"]}]}')],
      [409, 'E_TASK_DUPLICATE', '/tasks', raw(JSON.stringify({tasks: [task('done')]}))],
      [415, 'E_REQUEST_TYPE', '/tasks', raw('{"tasks":[]}', {'content-type': 'text/plain'})],
      [413, 'E_REQUEST_SIZE', '/tasks', raw(big)],
      [400, 'E_REQUEST_VALUE', '/limit', raw('{"maxParallel":0}')],
      [400, 'E_REQUEST_KEY', '/resume', raw('{"now":true}')],
      [400, 'E_REQUEST_VALUE', '/events?since=yesterday'],
    ];
    for (const [status, code, url, init] of cases) {
      const answer = await app.request(url, init);
      const body = errorSchema.parse(await answer.json());
      expect([url, answer.status, body.error.code]).toEqual([url, status, code]);
      expect(body.error.hint).not.toBe('');
    }
    expect(orchestrator.status()).toEqual(before);
    const meant = await ask(app, 'GET', '/tasks/dnoe');
    expect(meant.body.error.hint).toMatch(/done/u);
  });

  test('holds no secret, whatever they are in', async () => {
    const secret = 'hunter2-"with\\quotes';
    const environment = {...process.env, SHOP_PASSWORD: secret, OTHER: 'x'};
    const {app, orchestrator, run} = await started({environment});
    const said = `echo '${secret}'; echo >&2 '${secret}'; exit 3`;
    await ask(app, 'POST', '/tasks', {tasks: [task('a', said, {key: secret}), task('b', WAITS)]});
    await eventually('it has failed', () => orchestrator.status().counts.failed === 1);
    await ask(app, 'POST', '/pause', {reason: secret});
    const urls = [
      '/run',
      '/status',
      '/tasks',
      '/tasks/a',
      '/tasks/a/why',
      `/tasks/${encodeURIComponent(secret)}`,
    ];
    const texts = await Promise.all(urls.map(async (url) => (await app.request(url)).text()));
    run.stop(true);
    texts.push(await (await app.request('/events?since=0')).text());
    for (const text of texts) {
      expect(text).not.toContain('hunter2');
    }
    for (const text of texts.slice(0, -1)) expect(JSON.parse(text)).toBeTypeOf('object');
    expect(texts.join('')).toContain('[secret SHOP_PASSWORD]');
  });
});

describe('a key', () => {
  test('makes one task of however many that come at once, and the same one later', async () => {
    const {app, orchestrator, root} = await started();
    const tasks = [{agent: 'dev', files: ['a.txt'], description: WAITS, key: 'nightly'}];
    const all = await Promise.all(Array.from({length: 20}, () => ask(app, 'POST', '/tasks', {tasks})));
    expect(new Set(all.map(({body}) => body.tasks[0].id)).size).toBe(1);
    expect(all.filter(({body}) => body.tasks[0].isNew === true)).toHaveLength(1);
    expect(orchestrator.status().tasks).toHaveLength(1);
    go(root);
    await orchestrator.idle();
    const late = await ask(app, 'POST', '/tasks', {tasks: [...tasks, task('new', 'true')]});
    expect(late.body.tasks).toEqual([
      {id: 't1', isNew: false},
      {id: 'new', isNew: true},
    ]);
  });

  test('is that of one task: another one with it is refused, and nothing is handed in', async () => {
    const {app, orchestrator} = await started();
    await ask(app, 'POST', '/tasks', {tasks: [task('a', 'true', {key: 'k'})]});
    const other = await ask(app, 'POST', '/tasks', {
      tasks: [task('b', 'false', {key: 'k'}), task('c', 'true')],
    });
    expect(other).toMatchObject({status: 409, body: {error: {code: 'E_TASK_KEY', field: 'key'}}});
    expect(other.body.error.message).toMatch(
      /that of task a, which is another one: another description, files$/u,
    );
    expect(orchestrator.status().tasks).toHaveLength(1);
  });
});

describe('a retry', () => {
  test('of what failed runs it again under another id, as often as asked', async () => {
    const {app, root, orchestrator} = await started({config: SHELL_CONFIG});
    await ask(app, 'POST', '/tasks', {tasks: [task('a', 'echo x >> a.txt; [ -e go ]')]});
    await orchestrator.idle();
    expect((await ask(app, 'POST', '/tasks/a/retry')).body).toEqual({id: 'a.2'});
    await orchestrator.idle();
    go(root);
    expect((await ask(app, 'POST', '/tasks/a.2/retry')).body).toEqual({id: 'a.3'});
    await orchestrator.idle();
    const states = orchestrator.status().tasks.map(({id, state}) => `${id} ${state}`);
    expect(states).toEqual(['a failed', 'a.2 failed', 'a.3 succeeded']);
  });

  test('of what waits for its next attempt is that attempt', async () => {
    const config =
      'agents:\n  dev: {retries: 1, backoff: 10m, backoffMax: 10m, command: [sh, -c, "{prompt}"]}\n';
    const {app, orchestrator} = await started({config});
    await ask(app, 'POST', '/tasks', {tasks: [task('a', 'echo x >> a.txt; [ $(wc -l < a.txt) = 2 ]')]});
    await eventually('it waits', () => orchestrator.status().counts.retrying === 1);
    expect((await ask(app, 'POST', '/tasks/a/retry')).body).toEqual({id: 'a'});
    await orchestrator.idle();
    expect(orchestrator.status().tasks.map(({id, state}) => `${id} ${state}`)).toEqual(['a succeeded']);
    expect((await ask(app, 'GET', '/tasks/a')).body.attempts).toMatchObject([
      {attempt: 1, ended: 'exited with code 1'},
      {attempt: 2, ended: 'exited with code 0'},
    ]);
  });
});
