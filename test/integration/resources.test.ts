import {describe, expect, test} from 'vitest';
import type {OrchestratorOptions, ResourceUse} from '../../src/index.ts';
import {ScriptedExecutor} from '../../src/testing/scripted-executor.ts';
import {SimulatedClock} from '../../src/testing/simulated-clock.ts';
import {nextEvent, ofType, recordEvents, rejectionOf, startOrchestrator} from '../support/orchestrators.ts';

const AGENTS = {a: {}, b: {}, c: {}};
const tasks = ['a', 'b', 'c', 'a'].map((agentType, i) => ({
  id: `t${i + 1}`,
  agentType,
  description: '',
  files: [`f${i}`],
  run: () => {},
}));

describe('the use of the machine', () => {
  test('is measured every five seconds while a task has not ended, and holds tasks back', async () => {
    const clock = new SimulatedClock();
    const executor = new ScriptedExecutor({clock});
    let use: ResourceUse = {cpu: 10, memory: 10};
    let reads = 0;
    const meter = {
      read: () => {
        reads++;
        return use;
      },
    };
    const orchestrator = await startOrchestrator({
      agents: AGENTS,
      maxParallel: 3,
      resources: {cpu: {admit: 50}},
      clock,
      executor,
      meter,
    });
    const events = recordEvents(orchestrator);
    expect(clock.timers).toBe(0);
    const handles = orchestrator.submitMany(tasks.slice(0, 2));
    await Promise.all(handles.map(({accepted}) => accepted));
    expect(executor.live.map(({taskId}) => taskId)).toEqual(['t1', 't2']);
    use = {cpu: 55, memory: 10};
    const paused = nextEvent(orchestrator, 'resources.changed');
    clock.advance(5_000);
    expect(await paused).toMatchObject({paused: true, figure: {resource: 'cpu', percent: 55, threshold: 50}});
    const more = orchestrator.submitMany(tasks.slice(2));
    await Promise.all(more.map(({accepted}) => accepted));
    expect(executor.live.map(({taskId}) => taskId)).toEqual(['t1', 't2']);
    expect(orchestrator.why('t3')?.text).toContain('the machine to be less busy (cpu at 55 %');
    expect(orchestrator.status().resources.paused).toBe(true);
    use = {cpu: 20, memory: 10};
    const third = nextEvent(orchestrator, 'attempt.started', 't3');
    const resumed = nextEvent(orchestrator, 'resources.changed');
    clock.advance(5_000);
    expect((await resumed).paused).toBe(false);
    await third;
    expect(executor.live.map(({taskId}) => taskId)).toEqual(['t1', 't2', 't3']);
    for (const one of executor.live) one.succeed();
    await Promise.all([handles[0]?.result, handles[1]?.result, more[0]?.result]);
    for (const one of executor.live) one.succeed();
    await orchestrator.idle();
    const before = reads;
    clock.advance(60_000);
    expect(reads).toBe(before);
    expect(clock.timers).toBe(0);
    expect(ofType(events, 'resources.changed')).toHaveLength(2);
  });

  test('is nobody’s business unless it is asked for', async () => {
    const clock = new SimulatedClock();
    const executor = new ScriptedExecutor({clock});
    const meter = {
      read: () => {
        throw new Error('nobody may look');
      },
    };
    const orchestrator = await startOrchestrator({agents: AGENTS, clock, executor, meter});
    await Promise.all(orchestrator.submitMany(tasks).map(({accepted}) => accepted));
    expect(clock.timers).toBe(0);
  });

  test('`auto` runs as many tasks as there are processors', async () => {
    const orchestrator = await startOrchestrator({agents: AGENTS, maxParallel: 'auto'});
    expect(orchestrator.status().maxParallel).toBeGreaterThanOrEqual(1);
  });

  test.each<[string, Partial<OrchestratorOptions>]>([
    ['resources is out of range', {resources: true as never}],
    ['resources.gpu is out of range', {resources: {gpu: {}} as never}],
    ['resources.cpu is out of range', {resources: {cpu: 70 as never}}],
    ['resources.cpu.max is out of range', {resources: {cpu: {max: 70} as never}}],
    ['resources.cpu.admit is out of range', {resources: {cpu: {admit: 0}}}],
    ['resources.memory.admit is out of range', {resources: {memory: {admit: 101}}}],
    ['resources.memory.lower is out of range', {resources: {memory: {admit: 60, lower: 50}}}],
    ['resources.memory.lower is out of range', {resources: {memory: {lower: '80' as never}}}],
  ])('%s', async (message, options) => {
    const error = await rejectionOf(startOrchestrator({agents: AGENTS, ...options}));
    expect(error).toMatchObject({code: 'E_OPTION'});
    expect(String(error)).toContain(message);
  });
});
