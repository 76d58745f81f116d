import {Map as PersistentMap} from 'immutable';
import {LockTable} from './lock-table.ts';
import {type PlacedHistory, Queue} from './queue/queue.ts';
import type {NewEntry} from './queue/queued-task.ts';
import type {Settings} from './settings.ts';
import type {SnapshotHead, SnapshotPart, SnapshotTask} from './snapshot.ts';
import {type CoordinatorState, initialState} from './state.ts';
import {isFinal, type TaskId, type TaskRecord, type TaskStateName} from './task.ts';
import {placeOf} from './task-place.ts';
import {unreachable} from './unreachable.ts';

interface Pieces {
  readonly head: SnapshotHead;
  /** In the order in which they came. */
  readonly tasks: readonly SnapshotTask[];
  readonly histories: readonly PlacedHistory[];
}

const gathered = (parts: Iterable<SnapshotPart>): Pieces => {
  let head: SnapshotHead | null = null;
  const tasks: SnapshotTask[] = [];
  const histories: PlacedHistory[] = [];
  for (const part of parts) {
    switch (part.kind) {
      case 'head':
        head = part;
        break;
      case 'tasks':
        for (const task of part.tasks) tasks.push(task);
        break;
      case 'histories':
        for (const history of part.histories) histories.push(history);
        break;
      default:
        unreachable(part);
    }
  }
  if (head === null) throw new Error('Internal error: a snapshot without a head');
  return {head, tasks: tasks.toSorted((a, b) => a.record.arrival - b.record.arrival), histories};
};

const entryOf = (settings: Settings, {record, queued}: SnapshotTask): readonly NewEntry[] =>
  queued === null
    ? []
    : [{...placeOf({settings}, record), taskId: record.spec.id, needs: record.spec, ...queued}];

const dependentsOf = (records: readonly TaskRecord[]): PersistentMap<TaskId, readonly TaskId[]> => {
  const dependents = new Map<TaskId, TaskId[]>();
  for (const {spec} of records) {
    for (const dependency of spec.dependsOn) {
      const known = dependents.get(dependency);
      if (known === undefined) dependents.set(dependency, [spec.id]);
      else known.push(spec.id);
    }
  }
  return PersistentMap(dependents);
};

const countsOf = (initial: CoordinatorState, records: readonly TaskRecord[]): CoordinatorState['counts'] => {
  const counts: Record<TaskStateName, number> = {...initial.counts};
  for (const {state} of records) counts[state.name]++;
  return counts;
};

/**
 * The state that a snapshot was made of, to be understood with the settings of now. What the queue had found out of what its
 * tasks wait for is found again at the next look.
 */
export const restoreState = (parts: Iterable<SnapshotPart>, settings: Settings): CoordinatorState => {
  const {head, tasks, histories} = gathered(parts);
  const initial = initialState(settings, head.maxParallel);
  const records = tasks.map(({record}) => record);
  const {seq, fence, mode, maxParallelHighest, gate, concurrentMax, absentMs, accounting} = head;
  return {
    ...initial,
    seq,
    fence,
    mode,
    maxParallelHighest,
    gate,
    concurrentMax,
    absentMs,
    accounting,
    tasks: PersistentMap(records.map((record) => [record.spec.id, record])),
    dependents: dependentsOf(records),
    queue: Queue.restored(initial.queue, {
      entries: tasks.flatMap((task) => entryOf(settings, task)),
      histories,
      overtakesMost: head.overtakesMost,
    }),
    workload:
      settings.policy === 'throughput'
        ? records
            .filter(({state}) => !isFinal(state))
            .reduce((workload, {spec, expectedMs}) => workload.add(spec, expectedMs), initial.workload)
        : initial.workload,
    lockTable: head.holds.reduce((table, hold) => table.take(hold), LockTable.empty()),
    backoffs: PersistentMap(
      records.flatMap(({spec, state}) =>
        state.name === 'retrying' ? [[spec.id, state.untilMs] as const] : [],
      ),
    ),
    tagPauses: PersistentMap(head.tagPauses),
    counts: countsOf(initial, records),
  };
};
