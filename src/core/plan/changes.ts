import {longestChain} from '../lower-bound.ts';
import {POLICIES} from '../policy.ts';
import {MAX_PARALLEL_LIMIT} from '../settings.ts';
import type {TaskId} from '../task.ts';
import type {PlanChange} from './change.ts';
import {narrowings, type ShareAgent} from './narrow-claims.ts';
import type {World} from './simulate.ts';

/** A change that can be tried. */
export interface Candidate {
  readonly change: PlanChange;
  readonly apply: (world: World) => World;
}

const workByAgentType = (world: World): ReadonlyMap<string, number> => {
  const work = new Map<string, number>();
  for (const {id, agentType} of world.specs)
    work.set(agentType, (work.get(agentType) ?? 0) + (world.durationsMs.get(id) ?? 0));
  return work;
};

/** One agent more for each agent type that has more than one task, the one with the most work first. */
const moreInstances = (world: World): readonly Candidate[] =>
  [...workByAgentType(world)]
    .toSorted(([, a], [, b]) => b - a)
    .flatMap(([agentType]): readonly Candidate[] => {
      const type = world.settings.agentTypes.get(agentType);
      const tasks = world.specs.filter((spec) => spec.agentType === agentType).length;
      if (type === undefined || type.instances >= Math.min(tasks, MAX_PARALLEL_LIMIT)) return [];
      const instances = type.instances + 1;
      const agentTypes = new Map(world.settings.agentTypes).set(agentType, {...type, instances});
      return [
        {
          change: {kind: 'instances', agentType, instances},
          apply: (to) => ({...to, settings: {...to.settings, agentTypes}}),
        },
      ];
    });

/** Each link of the longest chain of dependencies, the last one first: what waits there has waited longest. */
const fewerDependencies = (world: World): readonly Candidate[] => {
  const weighted = world.specs.map((spec) => ({spec, workMs: world.durationsMs.get(spec.id) ?? 0}));
  const chain = longestChain(weighted)?.by.chain ?? [];
  const without = (to: World, task: TaskId, dependency: TaskId): World => ({
    ...to,
    specs: to.specs.map((spec) =>
      spec.id === task ? {...spec, dependsOn: spec.dependsOn.filter((one) => one !== dependency)} : spec,
    ),
  });
  return chain
    .slice(1)
    .map((task, i): Candidate => {
      const dependency = chain[i] ?? task;
      return {
        change: {kind: 'drop-dependency', task, dependency},
        apply: (to) => without(to, task, dependency),
      };
    })
    .toReversed();
};

/** Narrower claims, those that concern the most work first. */
const narrowerClaims = (world: World): readonly Candidate[] => {
  const workOf = (tasks: Iterable<TaskId>): number =>
    [...tasks].reduce((sum, task) => sum + (world.durationsMs.get(task) ?? 0), 0);
  const shareAgent: ShareAgent = (a, b) =>
    a.agentType === b.agentType && (world.settings.agentTypes.get(a.agentType)?.instances ?? 1) === 1;
  return narrowings(world.specs, shareAgent)
    .map((narrowing) => ({narrowing, workMs: workOf(narrowing.concerned)}))
    .toSorted((a, b) => b.workMs - a.workMs)
    .map(({narrowing: {tasks, claims, apply}}) => ({
      change: {kind: 'narrow-claims', tasks, claims},
      apply: (to) => ({...to, specs: apply(to.specs)}),
    }));
};

const otherPolicies = ({settings: {policy}}: World): readonly Candidate[] =>
  POLICIES.filter((other) => other !== policy).map((other) => ({
    change: {kind: 'policy', policy: other},
    apply: (to) => ({...to, settings: {...to.settings, policy: other}}),
  }));

/**
 * What could be otherwise, in the order in which it is worth trying: the limit and the policy, then agents, claims and dependencies
 * in turn, so that many of one kind do not keep the others from being tried.
 */
export const candidatesFor = (world: World, maxConcurrent: number): readonly Candidate[] => {
  const {maxParallel} = world;
  const more = maxParallel + 1;
  // A limit that was never reached kept nothing back.
  const limit: readonly Candidate[] =
    maxConcurrent < maxParallel || more > MAX_PARALLEL_LIMIT
      ? []
      : [
          {
            change: {kind: 'max-parallel', maxParallel: more},
            apply: (to) => ({...to, maxParallel: more}),
          },
        ];
  const kinds = [moreInstances(world), narrowerClaims(world), fewerDependencies(world)];
  const rounds = Math.max(...kinds.map((kind) => kind.length));
  const inTurn = Array.from({length: rounds}, (_, i) => kinds.flatMap((kind) => kind.slice(i, i + 1)));
  return [...limit, ...otherPolicies(world), ...inTurn.flat()];
};
