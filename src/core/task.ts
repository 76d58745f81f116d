import type {AgentId, AgentTypeName, Work} from './agent-type.ts';
import type {Claim, ClaimInput} from './claim/claim.ts';
import type {AttemptFailure, StopCause} from './failures.ts';
import type {RetryPolicy} from './retry.ts';

export type TaskId = string;

/** Ids are file names, arguments and graph labels: letters, digits, `.`, `_` and `-`, at most 64. */
export const TASK_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

/** The number on a dispatch. Fences only grow; a report with an old one is recorded and ignored. */
export type Fence = number;

/** A task as asked for, not yet checked. */
export interface TaskRequest {
  readonly id: TaskId;
  readonly agentType: AgentTypeName;
  readonly description: string;
  /** What the task will write. Left out, it claims all that its agent type owns. */
  readonly files?: readonly ClaimInput[];
  /** What it will read, so that no running task writes it meanwhile. */
  readonly reads?: readonly ClaimInput[];
  readonly readOnly?: boolean;
  /** It may write files that make programs run, such as `package.json`. */
  readonly sensitive?: boolean;
  /** Higher is more urgent. One level outweighs `agingMs` of waiting. */
  readonly priority?: number;
  readonly dependsOn?: readonly TaskId[];
  /** How long it will take, about (ms). */
  readonly estimateMs?: number;
  readonly timeoutMs?: number;
  readonly quietTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly work?: Work;
  /** Chosen by who hands it in: no second task of a run has the same one. */
  readonly key?: string;
}

/** A task that was checked and accepted. */
export interface TaskSpec {
  readonly id: TaskId;
  readonly agentType: AgentTypeName;
  readonly description: string;
  /** Empty only if the task, or its agent type, is read-only. */
  readonly writes: readonly Claim[];
  readonly reads: readonly Claim[];
  readonly sensitive: boolean;
  readonly priority: number;
  readonly dependsOn: readonly TaskId[];
  readonly estimateMs: number | null;
  readonly timeoutMs: number | null;
  readonly quietTimeoutMs: number | null;
  readonly retry: RetryPolicy;
  readonly work: Work;
  /** Left out where nobody chose one. */
  readonly key?: string;
  /** The task in whose place this one was handed in again; left out of all others. */
  readonly retryOf?: TaskId;
}

/** An attempt that was dispatched and whose process is not confirmed dead. */
export interface LiveAttempt {
  readonly attempt: number;
  readonly fence: Fence;
  readonly agentId: AgentId;
  readonly dispatchedAt: number;
}

/** Why a task was skipped: the dependency that will never succeed, and how it ended. */
export interface SkipReason {
  readonly dependency: TaskId;
  readonly outcome: 'failed' | 'cancelled' | 'skipped';
}

/** Where a task is. Each state holds exactly the data that exists in it. */
export type TaskState =
  /** Some dependencies have not succeeded yet. */
  | {readonly name: 'waiting'; readonly unmet: number}
  /** May start as soon as its agent, its files and a slot are free. */
  | {readonly name: 'queued'; readonly attempt: number}
  | ({readonly name: 'running'} & LiveAttempt)
  /** Was asked to stop; its agent and files are held until the process is confirmed dead. */
  | ({readonly name: 'stopping'; readonly cause: StopCause} & LiveAttempt)
  /** Waits for its back-off to pass; `attempt` is the next one. */
  | {readonly name: 'retrying'; readonly attempt: number; readonly untilMs: number}
  | {readonly name: 'succeeded'; readonly endedAt: number; readonly changed: number | null}
  | {readonly name: 'failed'; readonly endedAt: number; readonly failure: AttemptFailure}
  | {readonly name: 'cancelled'; readonly endedAt: number; readonly reason: string}
  | {readonly name: 'skipped'; readonly endedAt: number; readonly because: SkipReason};

export type TaskStateName = TaskState['name'];

/** In the order in which a task goes through them. */
export const TASK_STATES = [
  'waiting',
  'queued',
  'running',
  'stopping',
  'retrying',
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
] as const satisfies readonly TaskStateName[];

/** A task and where it is. */
export interface TaskRecord {
  readonly spec: TaskSpec;
  readonly submittedAt: number;
  /** The number of the task in the order of arrival. */
  readonly arrival: number;
  readonly state: TaskState;
  /** It waited so long, under `throughput`, that it goes before all others. */
  readonly isPromoted: boolean;
  /** How long it is taken to last: its estimate, else the median of those handed in with it, else a minute (ms). */
  readonly expectedMs: number;
  /** The work (ms, by the estimates) along the longest chain of tasks handed in with it that begins with it. */
  readonly bottomLevelMs: number;
  /** How often it had been overtaken when it last started: a further attempt has no new patience to offer. */
  readonly overtakes: number;
  /** How many of its attempts were rate-limited. */
  readonly rateLimited: number;
  /** How many of its attempts were cut short together with their run, while nothing was wrong with them. */
  readonly interrupted: number;
  /** Time (ms) its finished attempts took, from dispatch to confirmed death. */
  readonly workedMs: number;
}

export const isFinal = (
  state: TaskState,
): state is Extract<TaskState, {name: 'succeeded' | 'failed' | 'cancelled' | 'skipped'}> => {
  switch (state.name) {
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return true;
    case 'waiting':
    case 'queued':
    case 'running':
    case 'stopping':
    case 'retrying':
      return false;
  }
};

export const isLive = (state: TaskState): state is Extract<TaskState, {name: 'running' | 'stopping'}> =>
  state.name === 'running' || state.name === 'stopping';
