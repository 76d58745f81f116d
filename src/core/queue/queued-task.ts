import type {AgentTypeName} from '../agent-type.ts';
import type {ClaimSets} from '../lock-table.ts';
import type {Place} from '../place.ts';
import type {Fence, TaskId} from '../task.ts';

/** What the tasks of a class have in common, as a text. */
export type ClassId = string;

/** What of a task decides which others it keeps from running, and is kept from running by. */
export interface Needs extends ClaimSets {
  readonly agentType: AgentTypeName;
}

/** A task that may start as soon as its agent, its files and a slot are free. Its place is its turn. */
export interface QueuedTask extends Place {
  readonly taskId: TaskId;
  /** The class of tasks with the same needs that it belongs to. */
  readonly classId: ClassId;
  /** How often earlier attempts of it had been overtaken. */
  readonly overtakenBefore: number;
  /** The last fence that was given out when it was queued: who has a later one started while it waited. */
  readonly queuedAfter: Fence;
}

/** A task to be queued. */
export interface NewEntry extends Place {
  readonly taskId: TaskId;
  readonly needs: Needs;
  readonly overtakenBefore: number;
  readonly queuedAfter: Fence;
}

/** A queued task as readers of the queue see it. */
export interface QueueEntry extends Place {
  readonly taskId: TaskId;
  /** How many conflicting tasks that stand behind it started before it, over all its attempts. */
  readonly overtakes: number;
}
