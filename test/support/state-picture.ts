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
