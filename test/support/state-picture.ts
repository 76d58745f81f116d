import type {DisjointEvent} from '../../src/core/events.ts';
import type {CoordinatorState} from '../../src/core/state.ts';

/** Freezes all of it: who writes to it later throws. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  // Arrays of numbers in buffers cannot be frozen, and nothing here writes to them.
  if (ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) deepFreeze(Reflect.get(value, key));
  return value;
};

/** All that can be seen of a state, as plain and frozen data, so that two states can be compared. */
export const pictureOf = (state: CoordinatorState): unknown =>
  deepFreeze({
    mode: state.mode,
    maxParallel: state.maxParallel,
    maxParallelHighest: state.maxParallelHighest,
    gate: {...state.gate},
    seq: state.seq,
    fence: state.fence,
    tasks: [...state.tasks],
    keys: [...state.keys],
    dependents: [...state.dependents],
    queue: [...state.queue],
    overtakesMost: state.queue.overtakesMost,
    holds: state.lockTable.holds(),
    backoffs: [...state.backoffs],
    tagPauses: [...state.tagPauses],
    workload: state.tasks
      .valueSeq()
      .map(({spec}) => state.workload.hottest(spec, undefined))
      .toArray(),
    counts: {...state.counts},
    concurrentMax: state.concurrentMax,
    accounting: structuredClone(state.accounting),
  });

/** Without what JSON cannot say, on both sides: what a function threw, and that it threw nothing. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/**
 * What is decided: not when a task is told what it waits for, nor which of several things that is named, as a queue
 * that was made anew has looked at none of them yet. Of those that are overtaken, or reserve, the order says nothing.
 */
export const decisionsIn = (events: readonly DisjointEvent[]): readonly string[] =>
  events
    .filter(({type}) => type !== 'task.blocked')
    .map((event) => ('overtaken' in event ? {...event, overtaken: event.overtaken.toSorted()} : event))
    .map((event) => JSON.stringify({...event, seq: null}))
    .toSorted();
