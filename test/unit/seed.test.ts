import {afterEach, describe, expect, test} from 'vitest';
import {
  createOrchestrator,
  type Orchestrator,
  type OrchestratorOptions,
  TaskFailedError,
} from '../../src/index.ts';
import {Gate, Stopwatch} from '../support/task-functions.ts';

/** The ten unit tests of the design this project comes from, by their names. */
describe('the ten unit tests of the seed', () => {
  const orchestrators: Orchestrator[] = [];
  const start = async (options: Partial<OrchestratorOptions> = {}): Promise<Orchestrator> => {
    const agents = {
      code_developer: {},
      project_manager: {},
      architect: {},
      assistant: {readOnly: true},
      tester: {},
    };
    const orchestrator = await createOrchestrator({agents, ...options});
    orchestrators.push(orchestrator);
    return orchestrator;
  };
  afterEach(async () => {
    for (const orchestrator of orchestrators.splice(0))
      await orchestrator.shutdown({mode: 'now', graceMs: 0});
  });

  test('submit_single_task: a single task executes', async () => {
    const orchestrator = await start();
    const task = orchestrator.submit({agentType: 'code_developer', files: ['a.py'], run: () => 42});
    await expect(task.result).resolves.toBe(42);
  });

  test('parallel_different_agents: different agents run simultaneously', async () => {
    const orchestrator = await start();
    const watch = new Stopwatch();
    const work = watch.work(100);
    orchestrator.submitMany([
      {id: 'a', agentType: 'code_developer', files: ['coffee_maker/a.py'], run: work},
      {id: 'b', agentType: 'project_manager', files: ['docs/roadmap/ROADMAP.md'], run: work},
    ]);
    await orchestrator.idle();
    expect(watch.overlapped('a', 'b')).toBe(true);
    // Two tasks that overlap all the way give 2, one after the other at most 1.
    expect(watch.speedup()).toBeGreaterThan(1.4);
  });

  test('singleton_conflict: the same agent blocks a second instance', async () => {
    const orchestrator = await start();
    const watch = new Stopwatch();
    const work = watch.work(60);
    orchestrator.submitMany([
      {id: 'a', agentType: 'code_developer', files: ['coffee_maker/a.py'], run: work},
      {id: 'b', agentType: 'code_developer', files: ['coffee_maker/b.py'], run: work},
    ]);
    await orchestrator.idle();
    expect(watch.overlapped('a', 'b')).toBe(false);
    expect(watch.speedup()).toBeLessThanOrEqual(1);
  });

  test('file_conflict: the same file blocks parallel writes', async () => {
    const orchestrator = await start();
    const watch = new Stopwatch();
    const work = watch.work(60);
    orchestrator.submitMany([
      {id: 'a', agentType: 'code_developer', files: ['coffee_maker/shared.py'], run: work},
      {id: 'b', agentType: 'architect', files: ['coffee_maker/shared.py'], run: work},
    ]);
    await orchestrator.idle();
    expect(watch.overlapped('a', 'b')).toBe(false);
  });

  test('sequential_fallback: conflicting tasks wait, and all of them run', async () => {
    const orchestrator = await start();
    const watch = new Stopwatch();
    const ids = ['a', 'b', 'c', 'd'];
    orchestrator.submitMany(
      ids.map((id) => ({id, agentType: 'code_developer', files: ['same.py'], run: watch.work(20)})),
    );
    await orchestrator.idle();
    for (const [i, id] of ids.entries()) {
      for (const other of ids.slice(i + 1)) expect(watch.overlapped(id, other)).toBe(false);
    }
    expect(orchestrator.status().counts.succeeded).toBe(4);
  });

  test('task_completion_releases: agent and files are released after a task', async () => {
    const orchestrator = await start();
    const gate = new Gate();
    const task = orchestrator.submit({agentType: 'code_developer', files: ['a.py'], run: () => gate.opened});
    await task.accepted;
    expect(orchestrator.status()).toMatchObject({runningAgents: ['code_developer'], runningFiles: ['a.py']});
    gate.open();
    await task.result;
    expect(orchestrator.status()).toMatchObject({runningAgents: [], runningFiles: []});
  });

  test('status_reporting: the status reflects the state of the queue', async () => {
    const orchestrator = await start();
    const gate = new Gate();
    const [first] = orchestrator.submitMany([
      {id: 'a', agentType: 'code_developer', files: ['a.py'], run: () => gate.opened},
      {id: 'b', agentType: 'code_developer', files: ['b.py'], run: () => {}},
      {id: 'c', agentType: 'architect', files: ['a.py'], run: () => {}},
      {id: 'd', agentType: 'architect', files: ['d.py'], dependsOn: ['a'], run: () => {}},
    ]);
    await first?.accepted;
    const status = orchestrator.status();
    expect(status.runningAgents).toEqual(['code_developer']);
    expect(status.runningFiles).toEqual(['a.py']);
    expect(status.queuedTasks).toBe(3);
    const waitsFor = Object.fromEntries(
      status.tasks.map((task) => [task.id, task.waitsFor.map(({kind}) => kind)]),
    );
    expect(waitsFor).toEqual({a: [], b: ['agent-type'], c: ['file'], d: ['dependency']});
    gate.open();
    await orchestrator.idle();
    expect(orchestrator.status()).toMatchObject({queuedTasks: 0, runningAgents: []});
  });

  test('error_handling: failed tasks do not crash the queue', async () => {
    const orchestrator = await start();
    const bad = orchestrator.submit({
      agentType: 'code_developer',
      files: ['a.py'],
      run: () => {
        throw new RangeError('no such thing');
      },
    });
    const good = orchestrator.submit({agentType: 'code_developer', files: ['a.py'], run: () => 'fine'});
    const error: unknown = await bad.result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TaskFailedError);
    expect((error as TaskFailedError).cause).toBeInstanceOf(RangeError);
    expect((error as TaskFailedError).message).toBe('task t1 threw: no such thing');
    await expect(good.result).resolves.toBe('fine');
  });

  test('shutdown_graceful: shutting down finishes what runs', async () => {
    const orchestrator = await start();
    const gate = new Gate();
    const running = orchestrator.submit({
      agentType: 'code_developer',
      files: ['a.py'],
      run: () => gate.opened,
    });
    const queued = orchestrator.submit({agentType: 'code_developer', files: ['b.py'], run: () => 'never'});
    await queued.accepted;
    const down = orchestrator.shutdown({mode: 'drain'});
    gate.open();
    await down;
    await expect(running.result).resolves.toBeUndefined();
    await expect(queued.result).rejects.toMatchObject({code: 'E_TASK_CANCELLED'});
    const late = orchestrator.submit({agentType: 'code_developer', files: ['c.py'], run: () => {}});
    await expect(late.accepted).rejects.toMatchObject({code: 'E_NOT_ACCEPTING'});
  });

  test('max_parallel_limit: never more than maxParallel run', async () => {
    const orchestrator = await start({maxParallel: 2});
    let running = 0;
    let most = 0;
    const agentTypes = ['code_developer', 'project_manager', 'architect', 'tester'];
    orchestrator.submitMany(
      agentTypes.map((agentType) => ({
        agentType,
        files: [`${agentType}.py`],
        run: async () => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 20));
          running--;
        },
      })),
    );
    await orchestrator.idle();
    expect(most).toBe(2);
    expect(orchestrator.summary().maxConcurrent).toBe(2);
  });
});
