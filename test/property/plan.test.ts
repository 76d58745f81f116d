import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {isCovered} from '../../src/core/claim/covers.ts';
import {firstCollision} from '../../src/core/lock-table.ts';
import {RESIMULATIONS_MAX, SAVING_SHARE_MIN, type SimulatedPlan} from '../../src/core/plan/plan.ts';
import type {PlanChange, SimulatedAttempt} from '../../src/index.ts';
import {claimOf} from '../support/claim-of.ts';
import {type PlanTask, type PlanWorld, planArbitrary, planOf, specsOf} from '../support/plans.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const RUNS = runs(500);

/** Do they run at the same time? What takes no time never does. */
const together = (a: SimulatedAttempt, b: SimulatedAttempt): boolean =>
  Math.max(a.startMs, b.startMs) < Math.min(a.endMs, b.endMs);

/** Every rule of the schedule that the attempts break. */
const brokenRules = ({agents, maxParallel, tasks}: PlanWorld, plan: SimulatedPlan): readonly string[] => {
  const {attempts, assumedMs} = plan;
  const broken: string[] = [];
  const specs = new Map(specsOf(tasks).map((spec) => [spec.id, spec]));
  const endOf = new Map(attempts.map(({task, endMs}) => [task, endMs]));
  if (endOf.size !== specs.size || attempts.length !== specs.size) broken.push('not each task runs once');
  for (const [i, one] of attempts.entries()) {
    const spec = specs.get(one.task)!;
    if (one.endMs - one.startMs !== (spec.estimateMs ?? assumedMs))
      broken.push(`${one.task} lasts otherwise`);
    for (const dependency of spec.dependsOn)
      if (endOf.get(dependency)! > one.startMs) broken.push(`${one.task} does not wait for ${dependency}`);
    const beside = attempts.filter((other) => other.startMs <= one.startMs && one.startMs < other.endMs);
    if (beside.length > maxParallel) broken.push(`${beside.length} run at ${one.startMs}`);
    const ofType = beside.filter(({task}) => specs.get(task)!.agentType === spec.agentType);
    if (ofType.length > (agents[spec.agentType]?.instances ?? 1))
      broken.push(`too many of ${spec.agentType}`);
    for (const other of attempts.slice(i + 1)) {
      if (!together(one, other)) continue;
      if (one.agent === other.agent) broken.push(`${one.task} and ${other.task} share ${one.agent}`);
      if (firstCollision(spec, specs.get(other.task)!) !== null)
        broken.push(`${one.task} and ${other.task} share a file`);
    }
  }
  return broken;
};

const changeTask = (world: PlanWorld, id: string, change: (task: PlanTask) => PlanTask): PlanWorld => ({
  ...world,
  tasks: {...world.tasks, [id]: change(world.tasks[id]!)},
});

const withoutAll = (list: readonly string[] | undefined, gone: readonly string[]): readonly string[] =>
  (list ?? []).filter((one) => !gone.includes(one));

/** The world in which the advice was followed, made anew from its words; `null` where words do not say enough. */
const followed = (world: PlanWorld, change: PlanChange): PlanWorld | null => {
  switch (change.kind) {
    case 'instances': {
      const {agentType, instances} = change;
      return {...world, agents: {...world.agents, [agentType]: {instances}}};
    }
    case 'max-parallel':
      return {...world, maxParallel: change.maxParallel};
    case 'policy':
      return {...world, policy: change.policy};
    case 'drop-dependency':
      return changeTask(world, change.task, (task) => ({
        ...task,
        after: withoutAll(task.after, [change.dependency]),
      }));
    case 'narrow-claims': {
      // A claim of reads and one of writes have one name: which of them it is, the words do not say.
      const uses = change.tasks.flatMap((id) => {
        const {files, reads = []} = world.tasks[id]!;
        return [...files, ...reads].filter((claim) => change.claims.includes(claim));
      });
      if (uses.length !== change.tasks.length * change.claims.length) return null;
      const isElsewhere = Object.entries(world.tasks).some(([id, {files, reads = []}]) => {
        const kept = change.tasks.includes(id)
          ? withoutAll([...files, ...reads], change.claims)
          : [...files, ...reads];
        return change.claims.some((claim) =>
          isCovered(
            claimOf(claim),
            kept.map((one) => claimOf(one)),
          ),
        );
      });
      if (isElsewhere) return null;
      return change.tasks.reduce(
        (now, id) =>
          changeTask(now, id, ({files, reads, ...task}) => ({
            ...task,
            files: withoutAll(files, change.claims),
            reads: withoutAll(reads, change.claims),
          })),
        world,
      );
    }
  }
};

describe('a simulated plan', () => {
  test('keeps the rules of the schedule, and is not shorter than its lower bound', {
    timeout: patienceMs,
  }, () => {
    fc.assert(
      fc.property(planArbitrary, (world) => {
        const {plan} = planOf(world);
        expect(brokenRules(world, plan)).toEqual([]);
        expect(plan.makespanMs).toBe(Math.max(0, ...plan.attempts.map(({endMs}) => endMs)));
        expect(plan.makespanMs).toBeGreaterThanOrEqual(plan.lowerBoundMs);
        expect(plan.makespanMs).toBeLessThanOrEqual(plan.sequentialMs);
      }),
      {numRuns: RUNS},
    );
  });

  test('is the same for the same plan', {timeout: patienceMs}, () => {
    fc.assert(
      fc.property(planArbitrary, (world) => {
        expect(planOf(world)).toEqual(planOf(world));
      }),
      {numRuns: Math.ceil(RUNS / 4)},
    );
  });

  test('has advice that saves what the plan that follows it is shorter', {timeout: patienceMs}, () => {
    const tally = new Tally();
    fc.assert(
      fc.property(planArbitrary, (world) => {
        const {plan} = planOf(world);
        for (const {change, savesMs} of plan.advice) {
          const then = followed(world, change);
          tally.tell(then === null ? 'untold' : change.kind);
          if (then === null) continue;
          // The median may be another one with another plan; the durations must not be.
          const durations = specsOf(world.tasks).map(({id, estimateMs}) => [
            id,
            estimateMs ?? plan.assumedMs,
          ]);
          const fixed = durations.reduce(
            (now, [id, estimateMs]) =>
              changeTask(now, String(id), (task) => ({...task, estimateMs: Number(estimateMs)})),
            then,
          );
          expect([change, plan.makespanMs - planOf(fixed).plan.makespanMs]).toEqual([change, savesMs]);
        }
      }),
      {numRuns: RUNS},
    );
    expect(
      tally.tooRare(RUNS, {
        'max-parallel': 0.05,
        instances: 0.05,
        'narrow-claims': 0.05,
        'drop-dependency': 0.02,
        policy: 0.02,
      }),
    ).toEqual([]);
  });

  test('has advice in the order of what it saves, and none that saves next to nothing', {
    timeout: patienceMs,
  }, () => {
    fc.assert(
      fc.property(planArbitrary, (world) => {
        const {plan} = planOf(world);
        const saved = plan.advice.map(({savesMs}) => savesMs);
        expect(saved).toEqual(saved.toSorted((a, b) => b - a));
        for (const savesMs of saved) {
          expect(savesMs).toBeGreaterThan(0);
          expect(savesMs).toBeGreaterThanOrEqual(plan.makespanMs * SAVING_SHARE_MIN);
        }
        expect(plan.changesTried).toBeLessThanOrEqual(plan.changesPossible);
        expect(plan.advice.length).toBeLessThanOrEqual(RESIMULATIONS_MAX);
      }),
      {numRuns: RUNS},
    );
  });
});
