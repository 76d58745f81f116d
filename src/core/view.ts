import type {AgentId, AgentTypeName} from './agent-type.ts';
import type {Blocker} from './blocker.ts';
import {blockersIn} from './blockers.ts';
import type {Mode} from './mode.ts';
import type {ResourceGate} from './resources.ts';
import type {CoordinatorState, TaskCounts} from './state.ts';
import {isLive, type TaskId, type TaskRecord, type TaskStateName} from './task.ts';

/** One task as a reader of the status sees it. */
export interface TaskStatus {
  readonly id: TaskId;
  readonly agentType: AgentTypeName;
  readonly description: string;
  /** What it declared to write, as its author wrote it. */
  readonly files: readonly string[];
  /** It may write files that make programs run. */
  readonly sensitive: boolean;
  readonly priority: number;
  readonly state: TaskStateName;
  /** The number of the attempt that runs or comes next; `null` before the first and after the last. */
  readonly attempt: number | null;
  /** The agent that works on it, while one does. */
  readonly agent: AgentId | null;
  /** Since when it runs (ms); `null` if it does not. */
  readonly runningSince: number | null;
  /** Everything that keeps it from running now, with one pair of claims per holder; `why` has all pairs. */
  readonly waitsFor: readonly Blocker[];
}

/** What runs, what waits, and for what. */
export interface Status {
  readonly mode: Mode;
  readonly maxParallel: number;
  /** What the use of the machine allows: less than the limit while it is busy. */
  readonly resources: ResourceGate;
  /** The agents that work, or are held by something that could not be stopped. */
  readonly runningAgents: readonly AgentId[];
  /** What running tasks may write: as their authors wrote it, and what comes along with that. */
  readonly runningFiles: readonly string[];
  /** How many accepted tasks have neither started nor ended: waiting, queued and retrying. */
  readonly queuedTasks: number;
  readonly counts: TaskCounts;
  /** In the order of arrival. */
  readonly tasks: readonly TaskStatus[];
}

const taskStatus = (record: TaskRecord, waitsFor: readonly Blocker[]): TaskStatus => {
  const {spec, state: current} = record;
  const live = isLive(current) ? current : null;
  return {
    id: spec.id,
    agentType: spec.agentType,
    description: spec.description,
    files: spec.writes.filter(({companionOf}) => companionOf === null).map((claim) => claim.raw),
    sensitive: spec.sensitive,
    priority: spec.priority,
    state: current.name,
    attempt: 'attempt' in current ? current.attempt : null,
    agent: live?.agentId ?? null,
    runningSince: live?.dispatchedAt ?? null,
    waitsFor,
  };
};

/** One task as the status has it; `null` if there is none with this id. */
export const viewTask = (state: CoordinatorState, taskId: TaskId): TaskStatus | null => {
  const record = state.tasks.get(taskId);
  return record === undefined ? null : taskStatus(record, blockersIn(state)(record));
};

/**
 * The whole status. O(tasks x (running tasks + tasks that reserve)): meant for people's eyes, not for each of a million
 * events.
 */
export const viewStatus = (state: CoordinatorState): Status => {
  const holds = state.lockTable.holds();
  const {waiting, queued, retrying} = state.counts;
  const blockersOf = blockersIn(state);
  return {
    mode: state.mode,
    maxParallel: state.maxParallel,
    resources: state.gate,
    runningAgents: holds.map((hold) => hold.agentId),
    runningFiles: [...new Set(holds.flatMap((hold) => hold.writes.map((claim) => claim.raw)))],
    queuedTasks: waiting + queued + retrying,
    counts: state.counts,
    tasks: state.tasks
      .valueSeq()
      .sortBy((record) => record.arrival)
      .map((record) => taskStatus(record, blockersOf(record)))
      .toArray(),
  };
};
