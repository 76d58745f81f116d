import {rmSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {TaskFailedError} from '../../../src/index.ts';
import {FakeAgent, type FakeBehaviour} from '../../support/fake-agents/fake-agent.ts';
import {EVENT_STREAMS} from '../../support/fake-agents/streams.ts';
import {nextEvent, rejectionOf, startOrchestrator} from '../../support/orchestrators.ts';

const NAMES = ['claude', 'codex', 'gemini', 'opencode'] as const;

/** Runs one task with a fake agent CLI of this name. */
const run = async (name: (typeof NAMES)[number], behaviour: FakeBehaviour) => {
  const agent = new FakeAgent(name, behaviour);
  const orchestrator = await startOrchestrator({
    environment: agent.environment,
    agents: {dev: {use: name, args: ['--extra', 'x y']}},
  });
  const printed: string[] = [];
  orchestrator.output$.subscribe(({text}) => printed.push(text));
  const started = nextEvent(orchestrator, 'attempt.started');
  const task = orchestrator.submit({agentType: 'dev', files: ['a.ts'], description: 'Do "it"; $(now)'});
  return {agent, task, started, printed};
};

const failureOf = async (result: Promise<unknown>) => {
  const error = await rejectionOf(result);
  if (!(error instanceof TaskFailedError)) throw error;
  return error;
};

describe.each(NAMES)('%s', (name) => {
  const {work, success, failure, failureText, lastWords} = EVENT_STREAMS[name];

  test('has succeeded if it exits with 0 after its result event, and its last words are the result', async () => {
    const {task} = await run(name, {lines: [...work, success]});
    expect(await task.result).toMatchObject({exitCode: 0, text: lastWords});
  });

  test('has failed if it exits with 0 without its result event', async () => {
    const {task} = await run(name, {lines: work});
    const {failure: why, message} = await failureOf(task.result);
    expect(why).toMatchObject({code: 'result-missing', exitCode: 0});
    expect(message).toMatch(/^task t1 exited with code 0 but never printed its ".+" event/u);
  });

  test('has failed if its result event says so, although it exits with 0', async () => {
    const {task} = await run(name, {lines: [...work, failure]});
    const {failure: why, message} = await failureOf(task.result);
    expect(why).toMatchObject({code: 'result-failure', exitCode: 0});
    expect(message).toBe(`task t1 reported failure: ${failureText}`);
  });

  test('has failed if it exits with another code, although its result event says success', async () => {
    const {task} = await run(name, {lines: [...work, success], exitCode: 145});
    expect((await failureOf(task.result)).failure).toMatchObject({code: 'exit-code', exitCode: 145});
  });

  test('has failed if its output is cut short in the middle of the result event', async () => {
    const {task} = await run(name, {lines: [...work, success.slice(0, -1)]});
    expect((await failureOf(task.result)).failure.code).toBe('result-missing');
  });

  test('is understood although an event of its stream is larger than any line for people', async () => {
    const large = JSON.stringify({...(JSON.parse(success) as object), refused: 'x'.repeat(1_000_000)});
    const {task, printed} = await run(name, {lines: [...work, large]});
    expect(await task.result).toMatchObject({text: lastWords});
    expect(Math.max(...printed.map((line) => line.length))).toBeLessThanOrEqual(64 * 1024);
  });

  test('is called with the arguments of its preset, in the repository, with nothing on its stdin', async () => {
    const {task, agent} = await run(name, {lines: [...work, success]});
    await task.result;
    const {args, stdin, env} = agent.call;
    expect(stdin).toBe('');
    expect(args).toContain('--extra');
    expect(args).toContain('x y');
    expect(args.filter((arg) => arg.endsWith('Your task:\nDo "it"; $(now)'))).toHaveLength(1);
    expect(env).toMatchObject({DISJOINT_TASK: 't1', DISJOINT_ATTEMPT: '1'});
  });

  test('is recorded with its path and version when it starts', async () => {
    const {task, agent, started} = await run(name, {
      lines: [...work, success],
      version: '9.8.7 (build x)\nmore',
    });
    await task.result;
    expect((await started).program).toMatchObject({path: agent.path, version: '9.8.7 (build x)'});
  });

  test('runs also if it does not tell its version', async () => {
    const {task, started} = await run(name, {lines: [...work, success], version: ''});
    await task.result;
    expect((await started).program?.version).toBeNull();
  });

  test('that is not on PATH fails the task with the name that was looked for', async () => {
    const agent = new FakeAgent(name, {lines: []});
    rmSync(agent.path);
    const orchestrator = await startOrchestrator({
      environment: agent.environment,
      agents: {dev: {use: name}},
    });
    const task = orchestrator.submit({agentType: 'dev', files: ['a.ts'], description: 'x'});
    const error = await failureOf(task.result);
    expect(error.message).toBe(`task t1 could not start: there is no program "${name}" on PATH`);
    expect(error.hint).toBe('install it, or correct "command" or "use"');
  });

  test('shows people what it says and does, and what is no event as it is', async () => {
    const {task, printed} = await run(name, {
      lines: ['Warning: not JSON', '{"broken', ...work, success],
      stderr: 'to stderr\n',
    });
    await task.result;
    expect(printed).toEqual(expect.arrayContaining(['Warning: not JSON', '{"broken', 'to stderr']));
    expect(printed.join(' ')).toContain(lastWords);
    expect(printed.filter((line) => line.includes('"type"'))).toEqual([]);
  });
});

describe('a stream', () => {
  test('of gemini is given a policy file that is there while it runs', async () => {
    const {work, success} = EVENT_STREAMS.gemini;
    const {task, agent} = await run('gemini', {lines: [...work, success]});
    await task.result;
    const [policy = ''] = Object.values(agent.call.files);
    expect(policy).toMatch(/a\\\.ts"'\ndecision = "allow"/u);
  });

  test('of opencode is given its permissions in the environment', async () => {
    const {work, success} = EVENT_STREAMS.opencode;
    const {task, agent} = await run('opencode', {lines: [...work, success]});
    await task.result;
    expect(agent.call.env['OPENCODE_CONFIG_CONTENT']).toContain('"a.ts":"allow"');
  });

  test('shows which file a tool of claude touches', async () => {
    const {work, success} = EVENT_STREAMS.claude;
    const {task, printed} = await run('claude', {lines: [...work, success]});
    await task.result;
    expect(printed).toEqual(['I will write the file.', 'Write /repo/a.ts', 'All done.']);
  });

  test('of codex succeeds after an error that it recovered from', async () => {
    const {work, success} = EVENT_STREAMS.codex;
    expect(work.some((line) => line.includes('Reconnecting'))).toBe(true);
    const {task} = await run('codex', {lines: [...work, success]});
    await expect(task.result).resolves.toMatchObject({exitCode: 0});
  });
});
