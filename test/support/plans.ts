import fc from 'fast-check';
import type {AgentOptions} from '../../src/core/agent-options.ts';
import {type PlanProgress, planned, type SimulatedPlan} from '../../src/core/plan/plan.ts';
import type {Policy} from '../../src/core/policy.ts';
import type {Settings} from '../../src/core/settings.ts';
import type {TaskSpec} from '../../src/core/task.ts';
import {claimOf} from './claim-of.ts';
import {coreSettings} from './core-settings.ts';
import {taskSpec} from './task-spec.ts';

/** A task of a plan, in short. */
export interface PlanTask {
  readonly agent: string;
  readonly files: readonly string[];
  readonly reads?: readonly string[];
  /** `null`: it has none. */
  readonly estimateMs: number | null;
  readonly after?: readonly string[];
  readonly priority?: number;
}

export interface PlanWorld {
  readonly agents: Readonly<Record<string, AgentOptions>>;
  readonly maxParallel: number;
  /** Default `fair`. */
  readonly policy?: Policy;
  readonly tasks: Readonly<Record<string, PlanTask>>;
}

export const specsOf = (tasks: PlanWorld['tasks']): readonly TaskSpec[] =>
  Object.entries(tasks).map(([id, {agent, files, reads = [], estimateMs, after = [], priority = 0}]) =>
    taskSpec({
      id,
      agentType: agent,
      writes: files.map((file) => claimOf(file)),
      reads: reads.map((file) => claimOf(file)),
      estimateMs,
      dependsOn: after,
      priority,
    }),
  );

const settingsOf = ({agents, policy = 'fair'}: Pick<PlanWorld, 'agents' | 'policy'>): Settings =>
  coreSettings(agents, {policy});

/** The plan to the end, and all that was told on the way. */
export const planOf = (world: PlanWorld): {readonly plan: SimulatedPlan; readonly told: PlanProgress[]} => {
  const told: PlanProgress[] = [];
  const planning = planned(specsOf(world.tasks), settingsOf(world), world.maxParallel);
  for (let turn = planning.next(); ; turn = planning.next()) {
    if (turn.done === true) return {plan: turn.value, told};
    told.push(turn.value);
  }
};

export const PLAN_CLAIMS = [
  'src/a.ts',
  'src/b.ts',
  'src/deep/c.ts',
  'docs/d.md',
  'src/',
  'src/deep/',
  'src/**',
  'src/*.ts',
  '**/*.md',
  './',
];

const taskArbitrary = (index: number): fc.Arbitrary<PlanTask> =>
  fc.record({
    agent: fc.constantFrom('a', 'b', 'c', 'd'),
    files: fc.subarray(PLAN_CLAIMS, {maxLength: 2}),
    reads: fc.subarray(PLAN_CLAIMS, {maxLength: 1}),
    estimateMs: fc.option(
      fc.integer({min: 0, max: 60}).map((n) => n * 10),
      {freq: 6},
    ),
    after:
      index === 0
        ? fc.constant([])
        : fc.oneof(
            {weight: 3, arbitrary: fc.constant([])},
            {weight: 1, arbitrary: fc.integer({min: 0, max: index - 1}).map((n) => [`t${n}`])},
          ),
    priority: fc.constantFrom(0, 0, 0, 1),
  });

/** Plans of up to twelve tasks that often get in each other's way. */
export const planArbitrary: fc.Arbitrary<PlanWorld> = fc
  .tuple(
    fc.integer({min: 1, max: 5}),
    fc.constantFrom(1, 1, 2),
    fc.tuple(...Array.from({length: 12}, (_, i) => taskArbitrary(i))),
    fc.integer({min: 0, max: 12}),
  )
  .map(([maxParallel, instances, tasks, count]) => ({
    agents: {a: {instances}, b: {}, c: {}, d: {}},
    maxParallel,
    tasks: Object.fromEntries(tasks.slice(0, count).map((task, i) => [`t${i}`, task])),
  }));
