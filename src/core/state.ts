import {Map as PersistentMap} from 'immutable';
import {type Accounting, NOTHING_CHARGED} from './accounting.ts';
import {LockTable} from './lock-table.ts';
import type {Mode} from './mode.ts';
import {guardOf} from './policy.ts';
import {Queue} from './queue/queue.ts';
import {OPEN_GATE, type ResourceGate} from './resources.ts';
import type {Settings} from './settings.ts';
import type {Tag, TagPause} from './tag.ts';
import type {Fence, TaskId, TaskRecord, TaskStateName} from './task.ts';
import {Workload} from './workload.ts';

export type TaskCounts = Readonly<Record<TaskStateName, number>>;

/**
 * Everything the coordinator knows. Immutable: an older state stays valid for ever.
 *
 * The tables that grow with the number of tasks are persistent structures, so that a change costs the change and
 * not a copy of the table.
 */
export interface CoordinatorState {
  readonly settings: Settings;
  readonly mode: Mode;
  readonly maxParallel: number;
  /** The largest limit that was in force since there are tasks. */
  readonly maxParallelHighest: number;
  /** What the use of the machine allows. */
  readonly gate: ResourceGate;
  /** The number of the last event. */
  readonly seq: number;
  /** The last fence given out. */
  readonly fence: Fence;
  readonly tasks: PersistentMap<TaskId, TaskRecord>;
  /** Which task has which key. */
  readonly keys: PersistentMap<string, TaskId>;
  /** Who waits for whom: from a task to those that depend on it. */
  readonly dependents: PersistentMap<TaskId, readonly TaskId[]>;
  readonly queue: Queue;
  readonly lockTable: LockTable;
  /** What is left to do, by what it needs. Kept under `throughput` alone. */
  readonly workload: Workload;
  /** When the back-off of each retrying task passes (ms). */
  readonly backoffs: PersistentMap<TaskId, number>;
  /** The tags that reported to be used up since something with them succeeded. */
  readonly tagPauses: PersistentMap<Tag, TagPause>;
  readonly counts: TaskCounts;
  /** The most tasks that ever ran at once. */
  readonly concurrentMax: number;
  /** Time (ms) between a run that was cut short and the one that goes on with it: nobody was there. */
  readonly absentMs: number;
  /** Where the time of the slots went. */
  readonly accounting: Accounting;
}

const NO_TASKS: TaskCounts = {
  waiting: 0,
  queued: 0,
  running: 0,
  stopping: 0,
  retrying: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  skipped: 0,
};

export const initialState = (settings: Settings, maxParallel: number): CoordinatorState => ({
  settings,
  mode: 'starting',
  maxParallel,
  maxParallelHighest: maxParallel,
  gate: OPEN_GATE,
  seq: 0,
  fence: 0,
  tasks: PersistentMap(),
  keys: PersistentMap(),
  dependents: PersistentMap(),
  queue: Queue.empty(guardOf(settings), settings.policy === 'throughput'),
  workload: Workload.empty(),
  lockTable: LockTable.empty(),
  backoffs: PersistentMap(),
  tagPauses: PersistentMap(),
  counts: NO_TASKS,
  concurrentMax: 0,
  absentMs: 0,
  accounting: NOTHING_CHARGED,
});

/** How many tasks have not ended. */
export const unfinished = (state: CoordinatorState): number =>
  state.counts.waiting +
  state.counts.queued +
  state.counts.running +
  state.counts.stopping +
  state.counts.retrying;

/**
 * Is there nothing left that could still happen by itself? True when every task has ended, and when those left can
 * only wait for something that could not be stopped: scheduling is work-conserving, so with nothing running and no
 * back-off pending, whatever is still queued is kept apart by a quarantined attempt.
 */
export const isIdle = (state: CoordinatorState): boolean => {
  if (unfinished(state) === 0) return true;
  const stuck = state.mode === 'running' && state.lockTable.running === 0 && state.backoffs.size === 0;
  return stuck && state.lockTable.size > 0;
};
