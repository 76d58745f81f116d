import {ALL_PAIRS} from './admission.ts';
import {type Ahead, lookAhead} from './ahead.ts';
import {type Blocker, describeWait} from './blocker.ts';
import {blockersIn} from './blockers.ts';
import {type ExpectedStart, expectedStart} from './expected-start.ts';
import {type Remedy, remedyFor} from './remedy.ts';
import type {CoordinatorState} from './state.ts';
import {isFinal, isLive, type TaskId, type TaskStateName} from './task.ts';

/** Where a queued task stands among the others. */
export interface QueuePosition {
  /** 1 is looked at first. */
  readonly place: number;
  readonly of: number;
  /** Its place among the queued tasks that it conflicts with: 1 if none of them is before it. */
  readonly placeAmongConflicting: number;
}

/** Why a task is where it is. */
export interface Explanation {
  readonly taskId: TaskId;
  readonly state: TaskStateName;
  /** Everything that keeps it from running now. Empty if it runs or has ended. */
  readonly blockers: readonly Blocker[];
  /** One sentence. */
  readonly text: string;
  /** `null` unless it is queued. */
  readonly position: QueuePosition | null;
  /** `null` if too little is known, or if it runs or has ended. */
  readonly expectedStart: ExpectedStart | null;
  /** What would let it start now; `null` if it runs or has ended. */
  readonly remedy: Remedy | null;
}

/**
 * Explains one task as of `now` (ms); `null` if there is none with this id.
 *
 * Costs a look at each queued task before it, and at each task of the run where one without an estimate counts:
 * meant for one task that somebody asks about.
 */
export const why = (state: CoordinatorState, taskId: TaskId, now: number): Explanation | null => {
  const record = state.tasks.get(taskId);
  if (record === undefined) return null;
  const blockers = blockersIn(state, ALL_PAIRS)(record);
  const {name} = record.state;
  const waits = !isFinal(record.state) && !isLive(record.state);
  const ahead: Ahead = waits ? lookAhead(state, record) : {count: 0, conflicting: [], forSlots: []};
  return {
    taskId,
    state: name,
    blockers,
    text: `${taskId} is ${name}${waits ? `, ${describeWait(blockers)}` : ''}`,
    position:
      name === 'queued'
        ? {
            place: ahead.count + 1,
            of: state.queue.size,
            placeAmongConflicting: ahead.conflicting.length + 1,
          }
        : null,
    expectedStart: expectedStart(state, record, now, ahead, blockersIn(state)),
    remedy: waits ? remedyFor(state, record, blockers) : null,
  };
};
