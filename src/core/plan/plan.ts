import {estimatesOf} from '../estimates.ts';
import {describeLowerBound} from '../lower-bound.ts';
import type {Settings} from '../settings.ts';
import type {TaskId, TaskSpec} from '../task.ts';
import {type Advice, adviceFor, type PlanChange} from './change.ts';
import {type Candidate, candidatesFor} from './changes.ts';
import {boundOf, type SimulatedAttempt, simulate, type World} from './simulate.ts';

/** At most so many changes are simulated for advice. */
export const RESIMULATIONS_MAX = 64;

/** What saves less than this share of the makespan is no advice. */
export const SAVING_SHARE_MIN = 0.01;

/** What a plan would come to, and what would make it shorter. Times in ms. */
export interface SimulatedPlan {
  readonly type: 'plan.simulated';
  readonly tasks: number;
  readonly maxParallel: number;
  /** From the first start to the last end, if every attempt takes its estimate and succeeds. */
  readonly makespanMs: number;
  /** No schedule that keeps the rules is shorter. */
  readonly lowerBoundMs: number;
  readonly lowerBoundBy: string;
  /** The sum of all estimates. */
  readonly sequentialMs: number;
  /** `sequentialMs` ÷ `makespanMs`; 1 if nothing takes any time. */
  readonly speedup: number;
  readonly maxConcurrent: number;
  /** In the order in which they start. */
  readonly attempts: readonly SimulatedAttempt[];
  /** The tasks without an estimate. */
  readonly assumedFor: readonly TaskId[];
  /** What these are taken to last: the median of the estimates that there are, else one minute. */
  readonly assumedMs: number;
  /** What saves most first. */
  readonly advice: readonly Advice[];
  /** How many changes could be tried, and how many were: no more than 64 are simulated. */
  readonly changesPossible: number;
  readonly changesTried: number;
}

/** How far a simulation is. */
export type PlanProgress =
  | {readonly phase: 'simulating'; readonly done: number; readonly of: number}
  | {readonly phase: 'looking for advice'; readonly done: number; readonly of: number};

/** Is the first a part of the second, so that it asks for less? */
const isPartOf = (a: PlanChange, b: PlanChange): boolean =>
  a !== b &&
  a.kind === 'narrow-claims' &&
  b.kind === 'narrow-claims' &&
  a.tasks.every((task) => b.tasks.includes(task)) &&
  a.claims.every((claim) => b.claims.includes(claim));

/** Without what asks for more and saves no more. Of what saves the same, what was tried first stands first. */
const worthTelling = (advice: readonly Advice[]): readonly Advice[] =>
  advice
    .filter(
      ({change, savesMs}) =>
        !advice.some((other) => isPartOf(other.change, change) && other.savesMs >= savesMs),
    )
    .toSorted((a, b) => b.savesMs - a.savesMs);

interface Tried {
  readonly advice: readonly Advice[];
  readonly tried: number;
}

/** Simulates the plan again with one change after the other. */
function* tryAll(
  world: World,
  makespanMs: number,
  candidates: readonly Candidate[],
): Generator<PlanProgress, Tried> {
  const advice: Advice[] = [];
  const savingMin = Math.max(1, makespanMs * SAVING_SHARE_MIN);
  let [tried, simulated] = [0, 0];
  const progress = (): PlanProgress => ({phase: 'looking for advice', done: tried, of: candidates.length});
  for (const {change, apply} of candidates) {
    if (simulated === RESIMULATIONS_MAX) break;
    tried++;
    const changed = apply(world);
    yield progress();
    // What no schedule could make short enough need not be simulated.
    if (makespanMs - boundOf(changed).ms < savingMin) continue;
    simulated++;
    const simulation = simulate(changed);
    let turn = simulation.next();
    for (; turn.done !== true; turn = simulation.next()) yield progress();
    const savesMs = makespanMs - turn.value.makespanMs;
    if (savesMs >= savingMin) advice.push(adviceFor(change, savesMs));
  }
  return {advice: worthTelling(advice), tried};
}

/**
 * What these tasks would come to under these settings, and which changes would make it shorter: each is found by
 * simulating the plan again with it, and saves exactly the difference of the two makespans.
 *
 * Pure, and the same for the same plan. Yields how far it is, at moments at which it may be left.
 */
export function* planned(
  specs: readonly TaskSpec[],
  settings: Settings,
  maxParallel: number,
): Generator<PlanProgress, SimulatedPlan> {
  const {durationsMs, assumedFor, assumedMs} = estimatesOf(specs);
  const world: World = {settings, maxParallel, specs, durationsMs};
  const simulation = simulate(world);
  let turn = simulation.next();
  for (; turn.done !== true; turn = simulation.next())
    yield {phase: 'simulating', done: turn.value, of: specs.length};
  const {attempts, makespanMs, maxConcurrent} = turn.value;
  const bound = boundOf(world);
  const sequentialMs = [...durationsMs.values()].reduce((sum, ms) => sum + ms, 0);
  const candidates = candidatesFor(world, maxConcurrent);
  const {advice, tried} = yield* tryAll(world, makespanMs, candidates);
  return {
    type: 'plan.simulated',
    tasks: specs.length,
    maxParallel,
    makespanMs,
    // All durations are whole, so no schedule ends between two milliseconds.
    lowerBoundMs: Math.ceil(bound.ms),
    lowerBoundBy: describeLowerBound(bound.by),
    sequentialMs,
    speedup: makespanMs > 0 ? Number((sequentialMs / makespanMs).toFixed(2)) : 1,
    maxConcurrent,
    attempts,
    assumedFor,
    assumedMs,
    advice,
    changesPossible: candidates.length,
    changesTried: tried,
  };
}
