import type {Accounting} from './accounting.ts';
import type {Hold} from './lock-table.ts';
import type {Mode} from './mode.ts';
import type {PlacedHistory} from './queue/queue.ts';
import type {ResourceGate} from './resources.ts';
import type {Tag, TagPause} from './tag.ts';
import type {Fence, TaskRecord} from './task.ts';

/**
 * The version of what follows. It goes up with every change of what a part says, and of what a state is: a snapshot of
 * another version is not read, and the events are folded from the first one on.
 */
export const SNAPSHOT_VERSION = 1;

/** What there is once. */
export interface SnapshotHead {
  readonly kind: 'head';
  /** The number of the last event that the snapshot stands for. */
  readonly seq: number;
  readonly fence: Fence;
  readonly mode: Mode;
  readonly maxParallel: number;
  readonly maxParallelHighest: number;
  readonly gate: ResourceGate;
  readonly tagPauses: readonly (readonly [Tag, TagPause])[];
  readonly holds: readonly Hold[];
  readonly overtakesMost: number;
  readonly concurrentMax: number;
  readonly absentMs: number;
  readonly accounting: Accounting;
}

/** A task, and since when it is queued. */
export interface SnapshotTask {
  readonly record: TaskRecord;
  /** `null` if it is not queued. */
  readonly queued: {readonly overtakenBefore: number; readonly queuedAfter: Fence} | null;
}

/** Some of the tasks, in no order. */
export interface SnapshotTasks {
  readonly kind: 'tasks';
  readonly tasks: readonly SnapshotTask[];
}

/** Some of the classes of queued tasks that wait for the same, in no order. */
export interface SnapshotHistories {
  readonly kind: 'histories';
  readonly histories: readonly PlacedHistory[];
}

/** A piece of a snapshot: plain data that JSON can say. The head comes first. */
export type SnapshotPart = SnapshotHead | SnapshotTasks | SnapshotHistories;
