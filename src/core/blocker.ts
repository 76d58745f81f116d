import type {AgentTypeName} from './agent-type.ts';
import type {Mode} from './mode.ts';
import type {TaskId, TaskStateName} from './task.ts';
import {unreachable} from './unreachable.ts';

/** One reason why a task does not run now. */
export type Blocker =
  | {readonly kind: 'mode'; readonly mode: Mode}
  | {readonly kind: 'dependency'; readonly taskId: TaskId; readonly state: TaskStateName}
  | {readonly kind: 'back-off'; readonly untilMs: number}
  | {readonly kind: 'limit'; readonly running: number; readonly maxParallel: number}
  | {
      readonly kind: 'agent-type';
      readonly agentType: AgentTypeName;
      readonly holders: readonly TaskId[];
      readonly quarantined: boolean;
    }
  | {
      readonly kind: 'file';
      /** What this task claims, as its author wrote it. */
      readonly claim: string;
      readonly holder: TaskId;
      readonly holderClaim: string;
      /** What the texts of the two do not show: a clause such as "one file on macOS"; `null` if they say it all. */
      readonly why: string | null;
      readonly quarantined: boolean;
    }
  /** An earlier task was overtaken so often that nothing which conflicts with it may start before it. */
  | {readonly kind: 'reservation'; readonly taskId: TaskId};

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
    case 'agent-type':
      return blocker.quarantined ? `${blocker.agentType} (quarantined)` : blocker.agentType;
    case 'file': {
      const files =
        blocker.claim === blocker.holderClaim
          ? blocker.claim
          : `${blocker.claim} overlaps ${blocker.holderClaim}`;
      const why = blocker.why === null ? '' : `, ${blocker.why}`;
      return `${blocker.holder} (${files}${why}${blocker.quarantined ? ', quarantined' : ''})`;
    }
    case 'reservation':
      return `${blocker.taskId} (it was overtaken too often and goes first)`;
    default:
      return unreachable(blocker);
  }
};

/** "waiting for T2 (src/auth.ts) and code_developer" */
export const describeWait = (blockers: readonly Blocker[]): string => {
  if (blockers.length === 0) return 'about to start';
  const parts = [...new Set(blockers.map(describeBlocker))];
  const last = parts.pop() ?? '';
  return `waiting for ${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`}`;
};
