import {admissionBlockers, FIRST_PAIR, type PairDetail} from './admission.ts';
import type {Blocker} from './blocker.ts';
import {aheadOf, type Overtaken, overtakenIn, reservationBlockers} from './reservation.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskId, TaskRecord} from './task.ts';
import {placeOf} from './task-place.ts';

/** The state in which these tasks have succeeded: they hold nothing and wait for nothing. */
export const afterSuccessOf = (state: CoordinatorState, taskIds: readonly TaskId[]): CoordinatorState => {
  let {lockTable, queue, tasks} = state;
  for (const taskId of taskIds) {
    const record = tasks.get(taskId);
    if (record === undefined) continue;
    // Not by its state: what is quarantined is held although the task is over.
    for (const hold of lockTable.holds())
      if (hold.taskId === taskId) lockTable = lockTable.release(hold.fence);
    if (record.state.name === 'queued') queue = queue.remove(placeOf(state, record));
    tasks = tasks.set(taskId, {...record, state: {name: 'succeeded', endedAt: 0, changed: null}});
  }
  return {...state, lockTable, queue, tasks};
};

const dependencyBlockers = (state: CoordinatorState, {spec}: TaskRecord): readonly Blocker[] =>
  [...new Set(spec.dependsOn)].flatMap((taskId): readonly Blocker[] => {
    const dependency = state.tasks.get(taskId)?.state;
    return dependency === undefined || dependency.name === 'succeeded'
      ? []
      : [{kind: 'dependency', taskId, state: dependency.name}];
  });

/** What is in the way of a task that stands in the queue, or would. */
const queuedBlockers = (
  state: CoordinatorState,
  record: TaskRecord,
  overtaken: readonly Overtaken[],
  detail: PairDetail,
): readonly Blocker[] => {
  const paused: readonly Blocker[] = state.mode === 'running' ? [] : [{kind: 'mode', mode: state.mode}];
  const others = admissionBlockers(state, record.spec, detail);
  const ahead = overtaken.length === 0 ? [] : aheadOf(overtaken, placeOf(state, record));
  return [...paused, ...others, ...reservationBlockers(record.spec, ahead, others)];
};

/** What is in the way of a task with dependencies: these, and what would be once they have succeeded. */
const blockersBehind = (
  state: CoordinatorState,
  record: TaskRecord,
  overtaken: readonly Overtaken[],
  detail: PairDetail,
): readonly Blocker[] => {
  const dependencies = dependencyBlockers(state, record);
  const taskIds = record.spec.dependsOn.filter(
    (taskId) => state.tasks.get(taskId)?.state.name !== 'succeeded',
  );
  const live = taskIds.filter((taskId) => state.tasks.get(taskId)?.state.name !== 'queued');
  // Their places in the queue do not matter here, and to take them out would cost the length of the queue.
  const then = afterSuccessOf(state, live);
  const others = overtaken.filter(({spec}) => !taskIds.includes(spec.id));
  return [...dependencies, ...queuedBlockers(then, record, others, detail)];
};

/**
 * Tells of any task everything that keeps it from running now, in the order in which a person would want to hear it.
 * Nothing is named that goes by itself with something else: what a dependency holds is free once it has succeeded.
 *
 * Sound and complete: if all that is named were gone, and nothing less, the rules of the schedule would let the task
 * start. Whoever asks about many tasks asks one function about all of them: it looks for reservations only once.
 */
export const blockersIn = (
  state: CoordinatorState,
  detail: PairDetail = FIRST_PAIR,
): ((record: TaskRecord) => readonly Blocker[]) => {
  let known: readonly Overtaken[] | null = null;
  const overtaken = (): readonly Overtaken[] => (known ??= overtakenIn(state));
  return (record) => {
    switch (record.state.name) {
      case 'waiting':
        return blockersBehind(state, record, overtaken(), detail);
      case 'retrying': {
        const {untilMs} = record.state;
        return [{kind: 'back-off', untilMs}, ...queuedBlockers(state, record, overtaken(), detail)];
      }
      case 'queued':
        return queuedBlockers(state, record, overtaken(), detail);
      case 'running':
      case 'stopping':
      case 'succeeded':
      case 'failed':
      case 'cancelled':
      case 'skipped':
        return [];
    }
  };
};
