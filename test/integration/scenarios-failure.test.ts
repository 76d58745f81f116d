import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {TaskCancelledError, TaskFailedError, TaskSkippedError} from '../../src/index.ts';
import {eventually} from '../support/eventually.ts';
import {rejectionOf, startOrchestrator} from '../support/orchestrators.ts';
import {alive, SHELL_AGENT, Timesheet, textOf, untilFile} from '../support/shell-tasks.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

const failureOf = async (promise: Promise<unknown>): Promise<TaskFailedError> => {
  const error = await rejectionOf(promise);
  if (!(error instanceof TaskFailedError)) throw new Error('it ended otherwise', {cause: error});
  return error;
};

describe('when work fails, hangs or is no longer wanted', () => {
  test('12. a task that throws, exits with a code or is killed frees its agent and files and harms no other, and one that did nothing can be told from one that worked', async () => {
    const [times, go] = [new Timesheet(), path.join(temporaryFolder(), 'go')];
    const orchestrator = await startOrchestrator({
      agents: {dev: SHELL_AGENT, ops: SHELL_AGENT, inside: {}},
    });
    const files = ['a.txt'];
    const boom = new RangeError('no such thing');
    const beside = orchestrator.submit({
      agentType: 'ops',
      files: ['beside.txt'],
      description: times.script(untilFile(go)),
    });
    const throwing = orchestrator.submit({
      id: 'throwing',
      agentType: 'inside',
      files,
      run: () => {
        throw boom;
      },
    });
    const dev = (id: string, description: string) =>
      orchestrator.submit({id, agentType: 'dev', files, description});
    const exiting = dev('exiting', 'echo no good; exit 3');
    const killed = dev('killed', 'echo soon gone; kill -KILL $$');
    const idle = dev('idle', 'true');
    const working = dev('working', 'echo done > a.txt');

    const thrown = await failureOf(throwing.result);
    expect(thrown).toMatchObject({message: 'task throwing threw: no such thing', cause: boom});
    const exited = await failureOf(exiting.result);
    expect(exited).toMatchObject({
      message: 'task exiting exited with code 3',
      failure: {code: 'exit-code', exitCode: 3, signal: null, tail: ['no good']},
    });
    expect(textOf(exited.failure.logPath ?? '')).toBe('no good\n');
    const signalled = await failureOf(killed.result);
    expect(signalled).toMatchObject({
      message: 'task killed was killed by SIGKILL',
      failure: {code: 'signalled', exitCode: null, signal: 'SIGKILL'},
    });
    expect(textOf(signalled.failure.logPath ?? '')).toBe('soon gone\n');
    await expect(idle.result).resolves.toMatchObject({exitCode: 0, changed: []});
    await expect(working.result).resolves.toMatchObject({exitCode: 0, changed: ['a.txt']});

    // All five used one file, and four of them one agent, while another task went on undisturbed.
    expect(times.order()).not.toContain(`end ${beside.id}`);
    writeFileSync(go, '');
    await expect(beside.result).resolves.toMatchObject({exitCode: 0});
    expect(orchestrator.status()).toMatchObject({runningAgents: [], runningFiles: []});
  });

  test('13. a failing task is tried again after growing pauses up to its limit, and what depends on it is skipped with the reason', async () => {
    const times = new Timesheet();
    const backoffMs = 80;
    const retry = {maxAttempts: 4, backoffMs, backoffMaxMs: 10_000};
    const orchestrator = await startOrchestrator({agents: {dev: SHELL_AGENT, ops: SHELL_AGENT}});
    const task = (id: string, agentType: string, work: string, dependsOn: string[] = []) => ({
      id,
      agentType,
      files: [`${id}.txt`],
      dependsOn,
      retry,
      description: times.script(work),
    });
    const [hopeless, flaky, child, grandchild, happy] = orchestrator.submitMany([
      task('hopeless', 'dev', 'exit 1'),
      task('flaky', 'ops', '[ $DISJOINT_ATTEMPT -ge 3 ]'),
      task('child', 'dev', 'true', ['hopeless']),
      task('grandchild', 'ops', 'true', ['child']),
      task('happy', 'dev', 'true', ['flaky']),
    ]);
    await expect(flaky?.result).resolves.toMatchObject({exitCode: 0});
    await expect(happy?.result).resolves.toMatchObject({exitCode: 0});
    expect(await failureOf(hopeless!.result)).toMatchObject({failure: {exitCode: 1}});
    const skipped = await rejectionOf(child!.result);
    expect(skipped).toBeInstanceOf(TaskSkippedError);
    expect(skipped).toMatchObject({
      because: {dependency: 'hopeless', outcome: 'failed'},
      message: 'task child was skipped: its dependency hopeless failed',
    });
    expect(await rejectionOf(grandchild!.result)).toMatchObject({
      because: {dependency: 'child', outcome: 'skipped'},
    });
    await orchestrator.idle();

    expect(times.spans('flaky')).toHaveLength(3);
    const attempts = times.spans('hopeless');
    expect(attempts).toHaveLength(4);
    // The jitter may halve a pause, never more: each is at least half of its doubled cap.
    for (const [i, {startedAt}] of attempts.slice(1).entries()) {
      const pause = startedAt - attempts[i]!.endedAt;
      expect(pause, `pause ${i + 1}`).toBeGreaterThanOrEqual((backoffMs * 2 ** i) / 2);
    }
    for (const id of ['child', 'grandchild']) expect(times.starts()).not.toContain(id);
  });

  test('16. a task that takes too long is asked, terminated and killed with all it started, its files are free only when that is dead, and queued and running tasks can be cancelled', async () => {
    const [folder, times] = [temporaryFolder(), new Timesheet()];
    const at = (name: string): string => path.join(folder, name);
    const [signals, leader, grandchild] = [at('signals'), at('leader'), at('grandchild')];
    const repo = temporaryFolder();
    const stop = {askMs: 400, graceMs: 600};
    const orchestrator = await startOrchestrator({repo, agents: {dev: {...SHELL_AGENT, stop}, watcher: {}}});
    const held = path.join(repo, 'held.txt');
    // It notes what it is told and goes on; its grandchild has left the process group and writes the claimed file.
    const stubborn = [
      `trap 'echo INT >> ${signals}' INT; trap 'echo TERM >> ${signals}' TERM`,
      `setsid sh -c 'trap "" INT TERM; echo $$ > ${grandchild}; while :; do echo on >> held.txt; sleep 0.01; done' &`,
      `echo $$ > ${leader}; while :; do sleep 0.02; done`,
    ].join('\n');
    const slow = orchestrator.submit({
      id: 'slow',
      agentType: 'dev',
      files: ['held.txt'],
      timeoutMs: 1_000,
      description: stubborn,
    });
    const watcher = orchestrator.submit({
      agentType: 'watcher',
      files: ['held.txt'],
      run: () => ({alive: alive([leader, grandchild]), bytes: textOf(held).length}),
    });
    expect(await failureOf(slow.result)).toMatchObject({
      message: 'task slow timed out after 1 s',
      failure: {code: 'timed-out'},
    });
    expect(textOf(signals)).toBe('INT\nTERM\n');
    const bytes = textOf(held).length;
    expect(bytes).toBeGreaterThan(0);
    expect(textOf(grandchild)).not.toBe('');
    await expect(watcher.result).resolves.toEqual({alive: [], bytes});

    const [running, queued] = orchestrator.submitMany([
      {id: 'running', agentType: 'dev', files: ['held.txt'], description: `rm ${signals}\n${stubborn}`},
      {id: 'queued', agentType: 'dev', files: ['held.txt'], description: times.script('true')},
    ]);
    await expect(queued?.cancel('not needed')).resolves.toBe(true);
    expect(await rejectionOf(queued!.result)).toMatchObject({
      code: 'E_TASK_CANCELLED',
      message: 'task queued was cancelled: not needed',
    });
    await eventually('the file is being written again', () => textOf(held).length > bytes);
    await expect(running?.cancel('changed my mind')).resolves.toBe(true);
    expect(await rejectionOf(running!.result)).toBeInstanceOf(TaskCancelledError);
    expect(alive([leader, grandchild])).toEqual([]);
    expect(textOf(signals)).toBe('INT\nTERM\n');
    await orchestrator.idle();
    expect(times.starts()).toEqual([]);
  });
});
