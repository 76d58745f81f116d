import type {AgentId} from '../agent-type.ts';
import {acceptTasks} from '../commands.ts';
import {Decision, type Step} from '../decision.ts';
import type {AttemptExit} from '../failures.ts';
import {type LowerBound, lowerBound} from '../lower-bound.ts';
import type {Settings} from '../settings.ts';
import {initialState} from '../state.ts';
import {step} from '../step.ts';
import {tagBounds} from '../tags.ts';
import {type Fence, isFinal, type TaskId, type TaskSpec} from '../task.ts';

/** What is simulated: checked tasks, how long each lasts, and what they run under. */
export interface World {
  readonly settings: Settings;
  readonly maxParallel: number;
  readonly specs: readonly TaskSpec[];
  readonly durationsMs: ReadonlyMap<TaskId, number>;
}

/** When a task would run, in ms from the start of the plan. */
export interface SimulatedAttempt {
  readonly task: TaskId;
  readonly agent: AgentId;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Simulated {
  /** In the order in which they start. */
  readonly attempts: readonly SimulatedAttempt[];
  readonly makespanMs: number;
  /** The most that run at once. */
  readonly maxConcurrent: number;
}

/** After so many tasks the caller is told how far it is. */
const TASKS_PER_TURN = 16;

interface Running extends SimulatedAttempt {
  readonly fence: Fence;
}

const exitAfter = (durationMs: number): AttemptExit => ({
  how: {kind: 'returned', value: null},
  durationMs,
  logPath: null,
  tail: [],
  changed: null,
});

const begin = ({settings, maxParallel, specs}: World): Step => {
  // All that can start at a moment starts: there is nobody to come back for the rest.
  const decision = new Decision(initialState({...settings, lookahead: Infinity}, maxParallel), 0);
  acceptTasks(decision, 'plan', specs);
  return step(decision.done().state, {
    type: 'change-mode',
    at: 0,
    mode: 'running',
    queued: 'keep',
    running: 'finish',
    reason: 'simulated',
  });
};

/** Of those that end first, the one that began first. */
const nextToEnd = (running: Iterable<Running>): Running | null => {
  let next: Running | null = null;
  for (const one of running) {
    if (next === null || one.endMs < next.endMs || (one.endMs === next.endMs && one.fence < next.fence))
      next = one;
  }
  return next;
};

/**
 * Runs the tasks on a virtual clock: the real core decides what starts, each attempt takes its duration and succeeds.
 *
 * Pure. Yields how many tasks have ended, now and then, so that whoever has other things to do can do them.
 */
export function* simulate(world: World): Generator<number, Simulated> {
  const running = new Map<Fence, Running>();
  const attempts: SimulatedAttempt[] = [];
  let now = begin(world);
  for (let [at, ended] = [0, 0]; ; ended++) {
    for (const effect of now.effects) {
      if (effect.kind !== 'start-attempt') continue;
      const {fence, agentId: agent, spec} = effect;
      const endMs = at + (world.durationsMs.get(spec.id) ?? 0);
      running.set(fence, {task: spec.id, agent, startMs: at, endMs, fence});
      attempts.push({task: spec.id, agent, startMs: at, endMs});
    }
    const next = nextToEnd(running.values());
    if (next === null) break;
    running.delete(next.fence);
    at = next.endMs;
    const exit = exitAfter(next.endMs - next.startMs);
    now = step(now.state, {type: 'report-exited', at, taskId: next.task, fence: next.fence, exit});
    if (ended % TASKS_PER_TURN === 0) yield ended;
  }
  if (now.state.tasks.some(({state}) => !isFinal(state)))
    throw new Error('Internal error: a simulated plan stopped before all of its tasks had ended');
  const makespanMs = attempts.reduce((latest, {endMs}) => Math.max(latest, endMs), 0);
  return {attempts, makespanMs, maxConcurrent: now.state.concurrentMax};
}

/** The time below which no schedule of these tasks can get. */
export const boundOf = ({settings, maxParallel, specs, durationsMs}: World): LowerBound =>
  lowerBound(
    specs.map((spec) => ({spec, workMs: durationsMs.get(spec.id) ?? 0})),
    maxParallel,
    (agentType) => settings.agentTypes.get(agentType)?.instances ?? 1,
    tagBounds(settings),
  );
