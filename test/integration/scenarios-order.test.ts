import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Orchestrator, TaskOptions} from '../../src/index.ts';
import {startOrchestrator} from '../support/orchestrators.ts';
import {SHELL_AGENT, Timesheet, untilFile} from '../support/shell-tasks.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

/** Keeps so many tasks of a stream in the orchestrator. */
const BACKLOG = 3;

/**
 * Submits tasks without end, a new one for each that ends, until the one that waits has started: what an agent does
 * that is never out of work. Gives up after `most` tasks, so that a starving task fails the test instead of hanging it.
 */
const streamUntil = async (
  orchestrator: Orchestrator,
  hasStarted: () => boolean,
  most: number,
  next: (n: number) => TaskOptions,
): Promise<void> => {
  let submitted = 0;
  const keepGoing = async (): Promise<void> => {
    while (!hasStarted() && submitted < most) await orchestrator.submit(next(submitted++)).result;
  };
  await Promise.all(Array.from({length: BACKLOG}, keepGoing));
};

describe('who goes first', () => {
  test('6. a task on two files against an endless stream of tasks on one of them starts within the overtaking bound, and equals keep their order', async () => {
    const times = new Timesheet();
    const [overtakesMax, maxParallel] = [6, 3];
    const orchestrator = await startOrchestrator({
      agents: {one: SHELL_AGENT, two: SHELL_AGENT, wide: SHELL_AGENT},
      overtakesMax,
      maxParallel,
    });
    const script = times.script('sleep 0.02');
    const stream = (agentType: 'one' | 'two') => (n: number) => ({
      id: `${agentType}${n}`,
      agentType,
      files: [`${agentType}.txt`],
      description: script,
    });
    const most = 10 * (overtakesMax + maxParallel);
    const [a, b] = orchestrator.submitMany([
      {...stream('one')(1_000), id: 'first-one'},
      {...stream('two')(1_000), id: 'first-two'},
    ]);
    const wide = orchestrator.submit({
      id: 'wide',
      agentType: 'wide',
      files: ['one.txt', 'two.txt'],
      description: script,
    });
    await wide.accepted;
    times.noteNow('submitted', 'wide');
    const wideStarted = (): boolean => times.starts().includes('wide');
    await Promise.all([
      streamUntil(orchestrator, wideStarted, most, stream('one')),
      streamUntil(orchestrator, wideStarted, most, stream('two')),
      a?.result,
      b?.result,
      wide.result,
    ]);
    const order = times.order();
    const waited = order.slice(order.indexOf('submitted wide'), order.indexOf('start wide'));
    const overtakes = waited.filter((note) => note.startsWith('start ')).length;
    expect(overtakes).toBeLessThanOrEqual(overtakesMax + maxParallel);
    // It really was overtaken, so that the bound was of use.
    expect(overtakes).toBeGreaterThanOrEqual(overtakesMax);
    for (const agentType of ['one', 'two']) {
      const started = times.starts().filter((id) => id.startsWith(agentType));
      expect(started).toEqual(Array.from(started, (_, n) => `${agentType}${n}`));
    }
  });

  test('15. a high priority overtakes queued work but not running work, and a low one still runs within its aging bound', async () => {
    const times = new Timesheet();
    const go = path.join(temporaryFolder(), 'go');
    const agingMs = 300;
    const orchestrator = await startOrchestrator({
      agents: {dev: SHELL_AGENT},
      overtakesMax: 1_000,
      agingMs,
    });
    const task = (id: string, work: string, priority = 0): TaskOptions => ({
      id,
      agentType: 'dev',
      files: [`${id}.txt`],
      priority,
      description: times.script(work),
    });
    const queued = orchestrator.submitMany([
      task('running', untilFile(go)),
      task('normal1', 'true'),
      task('normal2', 'true'),
    ]);
    const urgent = orchestrator.submit(task('urgent', 'true', 10));
    await urgent.accepted;
    writeFileSync(go, '');
    await Promise.all([...queued, urgent].map(({result}) => result));
    expect(times.order().slice(0, 3)).toEqual(['start running', 'end running', 'start urgent']);
    expect(times.starts()).toEqual(['running', 'urgent', 'normal1', 'normal2']);

    // One level below a stream without end, it is outweighed only by what comes less than `agingMs` after it.
    const submittedAt = new Map<string, number>();
    const first = orchestrator.submit(task('first', 'true'));
    const low = orchestrator.submit(task('low', 'true', -1));
    const lowAt = performance.now();
    const lowStarted = (): boolean => times.starts().includes('low');
    await streamUntil(orchestrator, lowStarted, 500, (n) => {
      submittedAt.set(`stream${n}`, performance.now());
      return task(`stream${n}`, 'true');
    });
    await Promise.all([first.result, low.result]);
    const starts = times.starts();
    const overtaking = starts.slice(0, starts.indexOf('low')).filter((id) => id.startsWith('stream'));
    expect(overtaking.length).toBeGreaterThan(0);
    const tooLate = overtaking.filter((id) => (submittedAt.get(id) ?? 0) > lowAt + agingMs);
    expect(tooLate).toEqual([]);
  });

  test('a task that waits can be made more urgent, and less', async () => {
    const times = new Timesheet();
    const go = path.join(temporaryFolder(), 'go');
    const orchestrator = await startOrchestrator({agents: {dev: SHELL_AGENT}});
    const task = (id: string, work: string): TaskOptions => ({
      id,
      agentType: 'dev',
      files: [`${id}.txt`],
      description: times.script(work),
    });
    const running = orchestrator.submit(task('running', untilFile(go)));
    const one = orchestrator.submit(task('one', 'true'));
    const two = orchestrator.submit(task('two', 'true'));
    const three = orchestrator.submit(task('three', 'true'));
    await running.accepted;
    await three.setPriority(5);
    await one.setPriority(-5);
    const refused = {code: 'E_NUMBER_RANGE'};
    await expect(two.setPriority(1.5)).rejects.toMatchObject(refused);
    await expect(two.setPriority(1_001)).rejects.toMatchObject(refused);
    writeFileSync(go, '');
    await Promise.all([running, one, two, three].map(({result}) => result));
    expect(times.starts()).toEqual(['running', 'three', 'two', 'one']);
    await expect(two.setPriority(1)).rejects.toMatchObject({code: 'E_TASK_FINISHED'});
  });
});
