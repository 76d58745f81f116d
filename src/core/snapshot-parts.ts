import type {SnapshotHead, SnapshotPart, SnapshotTask} from './snapshot.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskRecord} from './task.ts';
import {placeOf} from './task-place.ts';

/** So many tasks are in one part: some 100 KB, which takes a millisecond or two to write down. */
const TASKS_PER_PART = 100;

const headOf = (state: CoordinatorState): SnapshotHead => ({
  kind: 'head',
  seq: state.seq,
  fence: state.fence,
  mode: state.mode,
  maxParallel: state.maxParallel,
  maxParallelHighest: state.maxParallelHighest,
  gate: state.gate,
  tagPauses: [...state.tagPauses],
  holds: state.lockTable.holds(),
  overtakesMost: state.queue.overtakesMost,
  concurrentMax: state.concurrentMax,
  absentMs: state.absentMs,
  accounting: state.accounting,
});

const taskOf = (state: CoordinatorState, record: TaskRecord): SnapshotTask => {
  const task = record.state.name === 'queued' ? state.queue.get(placeOf(state, record)) : undefined;
  if (task === undefined) return {record, queued: null};
  const {overtakenBefore, queuedAfter} = task;
  return {record, queued: {overtakenBefore, queuedAfter}};
};

function* inChunks<T>(things: Iterable<T>): Generator<readonly T[]> {
  let chunk: T[] = [];
  for (const thing of things) {
    chunk.push(thing);
    if (chunk.length < TASKS_PER_PART) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * The state in pieces, each made when it is asked for: as the state never changes, others may have their turn in between.
 *
 * `restoreState` makes a state of them from which the same is decided.
 */
export function* snapshotParts(state: CoordinatorState): Generator<SnapshotPart> {
  yield headOf(state);
  for (const records of inChunks(state.tasks.values()))
    yield {kind: 'tasks', tasks: records.map((record) => taskOf(state, record))};
  for (const histories of inChunks(state.queue.histories())) yield {kind: 'histories', histories};
}
