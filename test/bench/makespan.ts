import {checkSubmission} from '../../src/core/accept.ts';
import {resolveAgentTypes} from '../../src/core/agent-options.ts';
import {boundOf, simulate, type World} from '../../src/core/plan/simulate.ts';
import {POLICIES, type Policy} from '../../src/core/policy.ts';
import {DEFAULT_SETTINGS, type Settings} from '../../src/core/settings.ts';
import {initialState} from '../../src/core/state.ts';
import {tasksOf, WORKLOADS, type Workload} from './workloads.ts';

const settingsWith = (agentTypes: number, options: Partial<Settings>): Settings => {
  const names = new Map(Array.from({length: agentTypes}, (_, i) => [`a${i}`, {}]));
  const resolved = resolveAgentTypes(names, {root: null, presets: []});
  if (!resolved.ok) throw new Error('the agent types of the benchmark are refused');
  return {...DEFAULT_SETTINGS, agentTypes: resolved.value, ...options};
};

/** Makespan ÷ lower bound, over all seeds. */
export interface Quality {
  readonly mean: number;
  readonly worst: number;
}

const ratioOf = (workload: Workload, policy: Policy, seed: number): number => {
  const settings = settingsWith(8, {policy});
  const tasks = tasksOf(workload, {count: 200, agentTypes: 8, seed});
  const checked = checkSubmission(
    initialState(settings, 4),
    tasks.map(({request}) => request),
  );
  if (!checked.ok) throw new Error(`the tasks of the benchmark are refused: ${checked.failure.code}`);
  const durationsMs = new Map(tasks.map(({request, durationMs}) => [request.id, durationMs]));
  const world: World = {settings, maxParallel: 4, specs: checked.value, durationsMs};
  const simulation = simulate(world);
  let turn = simulation.next();
  while (turn.done !== true) turn = simulation.next();
  return turn.value.makespanMs / boundOf(world).ms;
};

/** How long 200 tasks take under each policy, beside the time below which no schedule gets. */
export const makespans = (seeds: number): ReadonlyMap<Workload, ReadonlyMap<Policy, Quality>> =>
  new Map(
    WORKLOADS.map((workload) => [
      workload,
      new Map(
        POLICIES.map((policy) => {
          const ratios = Array.from({length: seeds}, (_, seed) => ratioOf(workload, policy, seed + 1));
          const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / seeds;
          return [policy, {mean, worst: Math.max(...ratios)}];
        }),
      ),
    ]),
  );
