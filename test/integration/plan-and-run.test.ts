import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  DisjointError,
  OwnershipViolationError,
  type PlanProgress,
  type TaskOptions,
} from '../../src/index.ts';
import {ofType, rejectionOf, startOrchestrator} from '../support/orchestrators.ts';
import {PLAN_CLAIMS, planArbitrary} from '../support/plans.ts';
import {scriptedRun, settled} from '../support/scripted-run.ts';
import {patienceMs, runs} from '../support/seed.ts';

interface Ran {
  readonly task: string;
  readonly agent: string;
  readonly startMs: number;
  readonly endMs: number;
}

const work = {command: ['never run']};

/** Predicts a plan, then really runs it on a clock of its own with attempts that last exactly as estimated. */
const predictedAndRun = async (
  agents: Readonly<Record<string, {instances?: number}>>,
  maxParallel: number,
  tasks: readonly TaskOptions[],
): Promise<readonly [readonly Ran[], readonly Ran[]]> => {
  const {orchestrator, clock, executor, events} = await scriptedRun({
    orchestrator: {
      agents: Object.fromEntries(Object.entries(agents).map(([name, type]) => [name, {...work, ...type}])),
      maxParallel,
    },
  });
  const {attempts, assumedMs} = await orchestrator.plan(tasks);
  const durations = new Map(tasks.map(({id = '', estimateMs}) => [id, estimateMs ?? assumedMs]));
  const begunAt = clock.now();
  const begun = new Set<unknown>();
  orchestrator.submitMany(tasks);
  do {
    await settled();
    for (const attempt of executor.live) {
      if (begun.has(attempt)) continue;
      begun.add(attempt);
      clock.setTimer(() => attempt.succeed(), durations.get(attempt.taskId) ?? 0);
    }
  } while (clock.runNext());
  const endedAt = new Map(ofType(events, 'attempt.exited').map(({taskId, at}) => [taskId, at - begunAt]));
  const ran = ofType(events, 'attempt.dispatched').map(({taskId: task, agentId: agent, at}) => ({
    task,
    agent,
    startMs: at - begunAt,
    endMs: endedAt.get(task) ?? Number.NaN,
  }));
  await orchestrator.shutdown();
  return [attempts, ran];
};

describe('what a plan predicts', () => {
  test('is what a run does whose attempts last as estimated', {timeout: patienceMs}, async () => {
    await fc.assert(
      fc.asyncProperty(planArbitrary, async ({agents, maxParallel, tasks}) => {
        const options = Object.entries(tasks).map(([id, task], i): TaskOptions => {
          const {agent, files, reads = [], estimateMs, after = [], priority = 0} = task;
          // Attempts that end in the same moment are told in any order, so no two last alike. A claim there must be.
          const more = estimateMs === null ? {} : {estimateMs: estimateMs * 1_000 + 2 ** i};
          const claims = files.length === 0 ? [PLAN_CLAIMS[i % 4] ?? ''] : files;
          return {id, agentType: agent, files: claims, reads, dependsOn: after, priority, ...more};
        });
        const [predicted, ran] = await predictedAndRun(
          {...agents},
          maxParallel,
          // Those without an estimate would all last alike.
          options.map((task, i) => ({...task, estimateMs: task.estimateMs ?? 30_000 + 2 ** i})),
        );
        expect(ran).toEqual(predicted);
      }),
      {numRuns: runs(60)},
    );
  });
});

describe('orchestrator.plan', () => {
  const run = (): void => {};

  test('submits nothing, runs nothing and takes no notice of what runs', async () => {
    const orchestrator = await startOrchestrator();
    const busy = orchestrator.submit({
      id: 'busy',
      agentType: 'dev',
      files: ['a.ts'],
      run: ({signal}) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
    });
    await busy.accepted;
    const before = orchestrator.status();
    const plan = await orchestrator.plan([
      {id: 'busy', agentType: 'dev', files: ['a.ts'], estimateMs: 500, run},
      {agentType: 'ops', files: ['a.ts'], estimateMs: 300, dependsOn: ['busy'], run},
    ]);
    expect(plan.attempts).toEqual([
      {task: 'busy', agent: 'dev', startMs: 0, endMs: 500},
      {task: 't1', agent: 'ops', startMs: 500, endMs: 800},
    ]);
    expect(orchestrator.status()).toEqual(before);
    // The names that it gave are still to be had.
    expect(orchestrator.submit({agentType: 'ops', files: ['b.ts'], run}).id).toBe('t1');
  });

  test('keeps to the limit of now', async () => {
    const orchestrator = await startOrchestrator();
    await orchestrator.setMaxParallel(1);
    const tasks = ['dev', 'ops'].map((agentType) => ({agentType, files: [`${agentType}.ts`], run}));
    expect(await orchestrator.plan(tasks)).toMatchObject({maxParallel: 1, makespanMs: 120_000});
  });

  test('refuses what submit refuses', async () => {
    const orchestrator = await startOrchestrator({agents: {dev: {}, doc: {owns: ['docs/**']}}});
    const ok = {agentType: 'dev', files: ['a.ts'], run};
    const codeOf = async (task: object): Promise<unknown> => {
      const error = await rejectionOf(orchestrator.plan([ok, {...ok, ...task}]));
      expect(error).toBeInstanceOf(DisjointError);
      const {accepted} = orchestrator.submit({...ok, ...task});
      expect(await rejectionOf(accepted)).toMatchObject({code: (error as DisjointError).code});
      return (error as DisjointError).code;
    };
    expect(await codeOf({agentType: 'nobody'})).toBe('E_AGENT_UNKNOWN');
    expect(await codeOf({files: ['../a.ts']})).toBe('E_PATH_ESCAPE');
    expect(await codeOf({dependsOn: ['nothing']})).toBe('E_DEP_UNKNOWN');
    expect(await codeOf({estimateMs: -1})).toBe('E_NUMBER_RANGE');
    expect(await codeOf({estimate: '5m'})).toBe('E_OPTION');
    const owned = await rejectionOf(orchestrator.plan([{...ok, files: ['docs/x.md']}]));
    expect(owned).toBeInstanceOf(OwnershipViolationError);
    await expect(orchestrator.plan('no list' as never)).rejects.toBeInstanceOf(TypeError);
  });

  test('narrows a claim of one task, and not that of another which owns the same', async () => {
    const orchestrator = await startOrchestrator({
      agents: {dev: {owns: ['src/**'], instances: 2}, ops: {}},
    });
    const plan = await orchestrator.plan([
      {id: 'one', agentType: 'dev', run},
      {id: 'two', agentType: 'dev', run},
      {id: 'look', agentType: 'ops', readOnly: true, reads: ['src/a.ts'], run},
    ]);
    expect(plan.advice.map(({text}) => text)).toEqual([
      'narrowing src/** of one and two, each to files that no other task claims, saves 2m 00s',
      'narrowing src/** of one to the files its siblings do not claim saves 1m 00s',
      'narrowing src/** of two to the files its siblings do not claim saves 1m 00s',
    ]);
  });

  test('tells how far it is, and lets others in meanwhile', async () => {
    const orchestrator = await startOrchestrator();
    const tasks = Array.from({length: 600}, (_, i) => ({
      agentType: i % 2 === 0 ? 'dev' : 'ops',
      files: [`src/f${i % 7}/`],
      estimateMs: 1_000 + i,
      run,
    }));
    const told: PlanProgress[] = [];
    let turns = 0;
    let waiting: NodeJS.Immediate | null = null;
    const takeTurn = (): void => {
      turns++;
      waiting = setImmediate(takeTurn);
    };
    takeTurn();
    const plan = await orchestrator.plan(tasks, (progress) => told.push(progress));
    clearImmediate(waiting ?? undefined);
    expect(plan.attempts.length).toBe(600);
    expect(new Set(told.map(({phase}) => phase))).toEqual(new Set(['simulating', 'looking for advice']));
    expect(turns).toBeGreaterThan(2);
  });
});
