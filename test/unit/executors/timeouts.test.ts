import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {procTable} from '../../../src/executors/process/process-table.ts';
import {TaskFailedError} from '../../../src/index.ts';
import {
  nextEvent,
  ofType,
  recordEvents,
  rejectionOf,
  SHELL,
  startOrchestrator,
} from '../../support/orchestrators.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const failureOf = async (result: Promise<unknown>) => {
  const error = await rejectionOf(result);
  if (!(error instanceof TaskFailedError)) throw error;
  return error;
};

const pidIn = (folder: string, name: string): number => Number(readFileSync(path.join(folder, name), 'utf8'));

describe('a process that takes too long', () => {
  test('fails as timed out, and is dead by then although it is deaf to everything but SIGKILL', async () => {
    const repo = temporaryFolder();
    const orchestrator = await startOrchestrator({repo, agents: {dev: {...SHELL, timeoutMs: 300}}});
    const task = orchestrator.submit({
      agentType: 'dev',
      files: ['a'],
      description: 'trap "" INT TERM; echo $$ > pid; echo up; while :; do sleep 600; done',
    });
    const error = await failureOf(task.result);
    expect(error.message).toBe('task t1 timed out after 300 ms');
    expect(error.failure).toMatchObject({code: 'timed-out', tail: ['up']});
    expect(procTable.find(pidIn(repo, 'pid'))).toBeNull();
  });

  test('is timed per attempt: the second one has the whole time again', async () => {
    const repo = temporaryFolder();
    const orchestrator = await startOrchestrator({
      repo,
      agents: {dev: {...SHELL, timeoutMs: 2_000, retry: {maxAttempts: 2, backoffMs: 1}}},
    });
    const events = recordEvents(orchestrator);
    const task = orchestrator.submit({
      agentType: 'dev',
      files: ['a'],
      description: 'if [ -e once ]; then exit 0; fi; touch once; exec sleep 600',
    });
    await task.result;
    expect(ofType(events, 'task.retrying').map(({failure}) => failure.code)).toEqual(['timed-out']);
    expect(ofType(events, 'attempt.dispatched').map(({attempt}) => attempt)).toEqual([1, 2]);
  });
});

describe('a process that prints nothing for too long', () => {
  test('is not one that prints dots all the time, although no line of them ever ends', async () => {
    const orchestrator = await startOrchestrator({agents: {dev: {...SHELL, quietTimeoutMs: 500}}});
    // Three times as long as the timeout and its resolution.
    const dots = 'i=0; while [ $i -lt 24 ]; do printf .; sleep 0.1; i=$((i + 1)); done';
    const task = orchestrator.submit({agentType: 'dev', files: ['a'], description: dots});
    await expect(task.result).resolves.toMatchObject({exitCode: 0, tail: ['.'.repeat(24)]});
  });

  test('fails as quiet, with what it printed last', async () => {
    const orchestrator = await startOrchestrator({agents: {dev: {...SHELL, quietTimeoutMs: 300}}});
    const task = orchestrator.submit({
      agentType: 'dev',
      files: ['a'],
      description: 'echo about to hang; exec sleep 600',
    });
    const error = await failureOf(task.result);
    expect(error.message).toBe('task t1 printed nothing for 300 ms');
    expect(error.failure).toMatchObject({code: 'quiet', tail: ['about to hang']});
  });

  test('is left alone as long as it prints, however long it takes in all', async () => {
    const orchestrator = await startOrchestrator({agents: {dev: {...SHELL, quietTimeoutMs: 1_500}}});
    const task = orchestrator.submit({
      agentType: 'dev',
      files: ['a'],
      description: 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i; sleep 0.2; done',
    });
    const {durationMs} = (await task.result) as {durationMs: number};
    expect(durationMs).toBeGreaterThan(1_500 + 250);
  });
});

describe('a process that ends but leaves another one behind', () => {
  test('succeeds: the other is recorded, swept, and dead before the files are free', async () => {
    const repo = temporaryFolder();
    const orchestrator = await startOrchestrator({repo, agents: {dev: SHELL, ops: SHELL}});
    const events = recordEvents(orchestrator);
    const strayWriter = 'trap "" INT TERM; echo $$ > pid; while :; do echo stray > a; sleep 0.01; done';
    writeFileSync(path.join(repo, 'stray.sh'), strayWriter);
    const tasks = orchestrator.submitMany([
      {
        id: 'leaves',
        agentType: 'dev',
        files: ['a'],
        description: 'setsid sh stray.sh & while [ ! -s pid ]; do sleep 0.01; done',
      },
      // It writes the same file, so it starts when that is free: does anybody else still write it?
      {id: 'next', agentType: 'ops', files: ['a'], description: 'echo mine > a; sleep 0.2; grep -q mine a'},
    ]);
    await Promise.all(tasks.map((task) => task.result));
    expect(readFileSync(path.join(repo, 'a'), 'utf8')).toBe('mine\n');
    expect(procTable.find(pidIn(repo, 'pid'))).toBeNull();
    expect(ofType(events, 'attempt.stopping').map(({taskId, cause}) => [taskId, cause.kind])).toEqual([
      ['leaves', 'left-behind'],
    ]);
    expect(ofType(events, 'task.succeeded').map(({taskId}) => taskId)).toEqual(['leaves', 'next']);
  });
});

describe('what the submitter of a process gets', () => {
  test('is the exit code, the time, the log and the last lines', async () => {
    const orchestrator = await startOrchestrator({agents: {dev: SHELL}});
    const started = nextEvent(orchestrator, 'attempt.started');
    const task = orchestrator.submit({agentType: 'dev', files: ['a'], description: 'echo hello; sleep 0.2'});
    const result = (await task.result) as {logPath: string};
    expect(result).toMatchObject({exitCode: 0, tail: ['hello'], text: null, durationMs: expect.any(Number)});
    expect(readFileSync(result.logPath, 'utf8')).toBe('hello\n');
    expect((await started).program).toMatchObject({path: expect.stringMatching(/^\/.*sh$/u), version: null});
  });

  test('is a failure with the exit code or the signal, and where the log is', async () => {
    const orchestrator = await startOrchestrator({agents: {dev: SHELL}});
    const run = (description: string) =>
      failureOf(orchestrator.submit({agentType: 'dev', files: ['a'], description}).result);
    const failed = await run('echo broken; exit 9');
    expect(failed.message).toBe('task t1 exited with code 9');
    expect(failed.failure).toMatchObject({code: 'exit-code', exitCode: 9, signal: null, tail: ['broken']});
    expect(failed.hint).toBe(`see its log: ${failed.failure.logPath}`);
    expect(readFileSync(failed.failure.logPath ?? '', 'utf8')).toBe('broken\n');
    const killed = await run('kill -KILL $$');
    expect(killed.message).toBe('task t2 was killed by SIGKILL');
    expect(killed.failure).toMatchObject({code: 'signalled', exitCode: null, signal: 'SIGKILL'});
  });
});
