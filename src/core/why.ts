import {admissionBlockers} from './admission.ts';
import {type Blocker, describeWait} from './blocker.ts';
import {reservationsAhead} from './schedule.ts';
import type {CoordinatorState} from './state.ts';
import {isFinal, type TaskId, type TaskRecord, type TaskStateName} from './task.ts';

/** Why a task is where it is. */
export interface Explanation {
  readonly taskId: TaskId;
  readonly state: TaskStateName;
  /** Everything that keeps it from running now. Empty if it runs or has ended. */
  readonly blockers: readonly Blocker[];
  /** One sentence. */
  readonly text: string;
}

/** Everything that keeps the task from running now, in the order in which a person would want to hear it. */
export const blockersOf = (state: CoordinatorState, record: TaskRecord): readonly Blocker[] => {
  const {spec} = record;
  switch (record.state.name) {
    case 'waiting':
      return spec.dependsOn.flatMap((taskId): readonly Blocker[] => {
        const dependency = state.tasks.get(taskId)?.state;
        return dependency === undefined || dependency.name === 'succeeded'
          ? []
          : [{kind: 'dependency', taskId, state: dependency.name}];
      });
    case 'retrying':
      return [{kind: 'back-off', untilMs: record.state.untilMs}];
    case 'queued': {
      const paused: readonly Blocker[] = state.mode === 'running' ? [] : [{kind: 'mode', mode: state.mode}];
      const reserved = reservationsAhead(state, spec).map(
        (taskId): Blocker => ({kind: 'reservation', taskId}),
      );
      return [...paused, ...admissionBlockers(state, spec), ...reserved];
    }
    case 'running':
    case 'stopping':
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return [];
  }
};

/** Explains one task; `null` if there is none with this id. */
export const why = (state: CoordinatorState, taskId: TaskId): Explanation | null => {
  const record = state.tasks.get(taskId);
  if (record === undefined) return null;
  const blockers = blockersOf(state, record);
  const {name} = record.state;
  const waits = !isFinal(record.state) && name !== 'running' && name !== 'stopping';
  return {
    taskId,
    state: name,
    blockers,
    text: `${taskId} is ${name}${waits ? `, ${describeWait(blockers)}` : ''}`,
  };
};
