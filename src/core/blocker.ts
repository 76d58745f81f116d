import type {AgentId, AgentTypeName} from './agent-type.ts';
import type {Mode} from './mode.ts';
import {describeFigure, type ResourceFigure} from './resources.ts';
import type {Tag} from './tag.ts';
import type {TaskId, TaskStateName} from './task.ts';
import {unreachable} from './unreachable.ts';

/** Two claims that meet, as their authors wrote them. */
export interface ClaimPair {
  /** What the waiting task claims. */
  readonly claim: string;
  readonly holderClaim: string;
  /**
   * A path that both cover; `null` if one would take long to find. Events and the status leave it out (`null`):
   * `why` looks for it.
   */
  readonly example: string | null;
  /** What the texts of the two do not show: a clause such as "one file on macOS"; `null` if they say it all. */
  readonly why: string | null;
}

/** A task that holds what another one waits for. */
export interface Holder {
  readonly taskId: TaskId;
  readonly agentId: AgentId;
  /** Since when it runs (ms); if it is quarantined, since when it is. */
  readonly heldSince: number;
  /** Something of it survived SIGKILL, so this may last for ever. */
  readonly quarantined: boolean;
}

/**
 * Why a task goes before all that conflict with it: it was overtaken so often, it waited so long (`throughput`), or it
 * came first (`ordered`).
 */
export type Reserves =
  | {readonly kind: 'overtaken'; readonly overtakes: number}
  | {readonly kind: 'promoted'}
  | {readonly kind: 'first'};

/** One reason why a task does not run now. */
export type Blocker =
  | {readonly kind: 'mode'; readonly mode: Mode}
  | {readonly kind: 'dependency'; readonly taskId: TaskId; readonly state: TaskStateName}
  | {readonly kind: 'back-off'; readonly untilMs: number}
  | {readonly kind: 'limit'; readonly running: number; readonly maxParallel: number}
  /** The machine is busy, so that less may run than the limit allows. */
  | {
      readonly kind: 'resources';
      readonly running: number;
      /** How many may run at once now. */
      readonly allowed: number;
      readonly figure: ResourceFigure;
    }
  | {
      readonly kind: 'agent-type';
      readonly agentType: AgentTypeName;
      /** Who holds its agents, in the order in which they took them. */
      readonly holders: readonly Holder[];
      /** All of them are. */
      readonly quarantined: boolean;
    }
  /** As many tasks with a tag of its agent type run as may. */
  | {readonly kind: 'tag'; readonly tag: Tag; readonly limit: number; readonly holders: readonly Holder[]}
  /** An attempt reported that it used up what its agent type shares. */
  | {readonly kind: 'tag-paused'; readonly tag: Tag; readonly untilMs: number}
  /** A task that holds files which this one claims. */
  | {
      readonly kind: 'file';
      readonly holder: TaskId;
      readonly agentId: AgentId;
      readonly heldSince: number;
      readonly quarantined: boolean;
      /** Never empty. Events and the status have one pair per holder, `why` all, up to 100. */
      readonly pairs: readonly ClaimPair[];
      /** How many pairs there are besides. */
      readonly morePairs: number;
    }
  /** Nothing which conflicts with another queued task may start before it. */
  | {readonly kind: 'reservation'; readonly taskId: TaskId; readonly because: Reserves};

type FileBlocker = Extract<Blocker, {kind: 'file'}>;

/** `src/a.ts`, or `src/a.ts overlaps src/`, and why. */
export const describePair = ({claim, holderClaim, why}: ClaimPair): string =>
  `${claim === holderClaim ? claim : `${claim} overlaps ${holderClaim}`}${why === null ? '' : `, ${why}`}`;

const describeFiles = ({pairs, morePairs, quarantined}: FileBlocker): string => {
  const [first] = pairs;
  const more = pairs.length - 1 + morePairs;
  return [
    first === undefined ? '' : describePair(first),
    more > 0 ? ` and ${more} more` : '',
    quarantined ? ', quarantined' : '',
  ].join('');
};

const describeReserves = (because: Reserves): string => {
  switch (because.kind) {
    case 'overtaken':
      return `it was overtaken ${because.overtakes === 1 ? 'once' : `${because.overtakes} times`} and goes first`;
    case 'promoted':
      return 'it waited longest and goes first';
    case 'first':
      return 'it came first';
    default:
      return unreachable(because);
  }
};

/** What the task waits for, as the end of a sentence that begins with "waiting for". */
export const describeBlocker = (blocker: Blocker): string => {
  switch (blocker.kind) {
    case 'mode':
      return blocker.mode === 'paused' ? 'resume (paused)' : `the coordinator (${blocker.mode})`;
    case 'dependency':
      return `${blocker.taskId} (dependency, ${blocker.state})`;
    case 'back-off':
      return 'its back-off to pass';
    case 'limit':
      return `a free slot (${blocker.running} of ${blocker.maxParallel} running)`;
    case 'resources':
      return `the machine to be less busy (${describeFigure(blocker.figure)}, at most ${blocker.allowed} at once)`;
    case 'agent-type':
      return blocker.quarantined ? `${blocker.agentType} (quarantined)` : blocker.agentType;
    case 'tag':
      return `${blocker.tag} (${blocker.holders.length} of ${blocker.limit} running)`;
    case 'tag-paused':
      return `${blocker.tag} (rate limit)`;
    case 'file':
      return `${blocker.holder} (${describeFiles(blocker)})`;
    case 'reservation':
      return `${blocker.taskId} (${describeReserves(blocker.because)})`;
    default:
      return unreachable(blocker);
  }
};

/** While a task waits for these, nothing else that is in its way matters yet. */
const isFirst = ({kind}: Blocker): boolean => kind === 'dependency' || kind === 'back-off';

/**
 * "waiting for T2 (src/auth.ts) and code_developer". Of a task with dependencies or a back-off only these are said:
 * what else would be in its way now may be gone by then.
 */
export const describeWait = (blockers: readonly Blocker[]): string => {
  if (blockers.length === 0) return 'about to start';
  const said = blockers.some(isFirst) ? blockers.filter(isFirst) : blockers;
  const parts = [...new Set(said.map(describeBlocker))];
  const last = parts.pop() ?? '';
  return `waiting for ${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`}`;
};
