import {expect, test} from 'vitest';
import type {TaskFunction, TaskOptions} from '../../src/index.ts';
import {startOrchestrator} from '../support/orchestrators.ts';

const AGENT_TYPES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const INSTANCES = 2;
const MAX_PARALLEL = 8;

interface Outcome {
  /** How long a task took from submission to the end of all, per task. */
  readonly msPerTask: number;
  readonly ended: number;
  /** Pairs that ran at once and must not have: seen by the functions themselves. */
  readonly overlaps: readonly string[];
  readonly runningMax: number;
}

/** Runs so many tasks on so many files to the end. What runs at once is told by the functions themselves. */
const runPlan = async (count: number, fileCount: number): Promise<Outcome> => {
  const orchestrator = await startOrchestrator({
    agents: Object.fromEntries(AGENT_TYPES.map((name) => [name, {instances: INSTANCES}])),
    maxParallel: MAX_PARALLEL,
  });
  const running = new Map<string, {readonly agentType: string; readonly files: readonly string[]}>();
  const overlaps: string[] = [];
  let [ended, runningMax] = [0, 0];
  const task = (n: number): TaskOptions => {
    // Spread without a pattern that the agent types share, the same in every run.
    const files = [
      `src/${(n * 7) % fileCount}.ts`,
      ...(n % 3 === 0 ? [`docs/${(n * 11) % fileCount}.md`] : []),
    ];
    const agentType = AGENT_TYPES[(n * 5 + Math.floor(n / 9)) % AGENT_TYPES.length] ?? '';
    const run: TaskFunction = async ({taskId}) => {
      const others = [...running];
      for (const [id, other] of others) {
        if (other.files.some((file) => files.includes(file)))
          overlaps.push(`${taskId} and ${id} share a file`);
      }
      if (others.filter(([, other]) => other.agentType === agentType).length >= INSTANCES) {
        overlaps.push(`${taskId} is one too many of ${agentType}`);
      }
      running.set(taskId, {agentType, files});
      runningMax = Math.max(runningMax, running.size);
      await new Promise((resolve) => setImmediate(resolve));
      running.delete(taskId);
      ended++;
    };
    return {id: `t${n}`, agentType, files, run, ...(n % 10 === 0 && n > 0 && {dependsOn: [`t${n - 1}`]})};
  };
  const startedAt = performance.now();
  const handles = orchestrator.submitMany(Array.from({length: count}, (_, n) => task(n)));
  await Promise.all(handles.map(({result}) => result));
  return {msPerTask: (performance.now() - startedAt) / count, ended, overlaps, runningMax};
};

test('10,000 tasks run to the end without an overlap, and a task of many costs little more than a task of few', async () => {
  await runPlan(200, 40);
  const small = await runPlan(1_000, 40);
  const large = await runPlan(10_000, 40);
  for (const [outcome, count] of [
    [small, 1_000],
    [large, 10_000],
  ] as const) {
    expect(outcome).toMatchObject({ended: count, overlaps: []});
    expect(outcome.runningMax).toBeGreaterThan(1);
    expect(outcome.runningMax).toBeLessThanOrEqual(MAX_PARALLEL);
  }
  const ratio = large.msPerTask / small.msPerTask;
  process.stdout.write(
    `ms per task: ${small.msPerTask.toFixed(3)} of 1,000, ${large.msPerTask.toFixed(3)} of 10,000 (x${ratio.toFixed(1)})\n`,
  );
  // The scan of the queue is linear, so a task of ten times as many may cost ten times as much, and no more.
  expect(ratio).toBeLessThan(20);
}, 120_000);

test('1,000 tasks on six files run without an overlap too, although every look at the queue goes to its end', async () => {
  const outcome = await runPlan(1_000, 6);
  expect(outcome).toMatchObject({ended: 1_000, overlaps: []});
  // Six files let no more than six tasks run, so the limit of eight never cuts a look at the queue short.
  expect(outcome.runningMax).toBeGreaterThan(1);
  expect(outcome.runningMax).toBeLessThanOrEqual(6);
  process.stdout.write(`ms per task: ${outcome.msPerTask.toFixed(3)} of 1,000 on six files\n`);
}, 120_000);
