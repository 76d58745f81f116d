import {durationText} from '../duration-text.ts';
import type {Policy} from '../policy.ts';
import type {TaskId} from '../task.ts';
import {unreachable} from '../unreachable.ts';

/** One thing about a plan, or about what it runs under, that could be otherwise. */
export type PlanChange =
  /** Each of these tasks claims, of each of these claims, only what no other task claims. */
  | {
      readonly kind: 'narrow-claims';
      readonly tasks: readonly TaskId[];
      readonly claims: readonly string[];
    }
  /** The agent type has so many agents. */
  | {readonly kind: 'instances'; readonly agentType: string; readonly instances: number}
  /** So many tasks may run at once. */
  | {readonly kind: 'max-parallel'; readonly maxParallel: number}
  /** Tasks start in another order. */
  | {readonly kind: 'policy'; readonly policy: Policy}
  /** The task does not wait for the other. */
  | {readonly kind: 'drop-dependency'; readonly task: TaskId; readonly dependency: TaskId};

/** A change that makes a plan shorter. */
export interface Advice {
  readonly change: PlanChange;
  /** By how much the simulation with the change is shorter (ms). */
  readonly savesMs: number;
  /** All of it in one sentence, without a full stop. */
  readonly text: string;
}

/** More names than this are a number. */
const NAMES_MAX = 4;

/** `a`, `a and b`, `a, b and c`, `a, b, c and 7 more`. */
const listed = (names: readonly string[]): string => {
  const shown = names.length > NAMES_MAX ? names.slice(0, NAMES_MAX - 1) : names.slice(0, -1);
  const last = names.length > NAMES_MAX ? `${names.length - shown.length} more` : (names.at(-1) ?? '');
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
};

const describeChange = (change: PlanChange): string => {
  switch (change.kind) {
    case 'narrow-claims': {
      const {tasks, claims} = change;
      const what = `narrowing ${listed(claims)} of ${listed(tasks)}`;
      return tasks.length === 1
        ? `${what} to the files its siblings do not claim`
        : `${what}, each to files that no other task claims,`;
    }
    case 'instances':
      return `instances: ${change.instances} for agent type ${change.agentType}`;
    case 'max-parallel':
      return `maxParallel: ${change.maxParallel}`;
    case 'policy':
      return `policy: ${change.policy}`;
    case 'drop-dependency':
      return `starting ${change.task} without waiting for ${change.dependency}`;
    default:
      return unreachable(change);
  }
};

export const adviceFor = (change: PlanChange, savesMs: number): Advice => ({
  change,
  savesMs,
  text: `${describeChange(change)} saves ${durationText(savesMs)}`,
});
