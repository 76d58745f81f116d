import {heapUsed} from '../../support/heap-used.ts';
import type {Workload} from '../workloads.ts';
import {benchTasks} from './bench-task.ts';
import {bareCore} from './ours.ts';

export interface StateSize {
  /** Bytes of the state per queued task: all of it, with what the caller handed in as it was understood. */
  readonly all: number;
  /** Without the tasks as they were understood: their claims, texts and numbers. */
  readonly withoutSpec: number;
}

/** What one queued task costs in memory. */
export const stateSize = (workload: Workload, count: number): StateSize => {
  const tasks = benchTasks(workload, count, 8);
  const scheduler = bareCore(8, 8);
  const before = heapUsed();
  scheduler.submit(tasks);
  const all = (heapUsed() - before) / count;
  const specs = [...scheduler.state().tasks.values()].map(({spec}) => spec);
  const text = heapUsed();
  const copies = specs.map((spec) => structuredClone({...spec, work: null}));
  const spec = (heapUsed() - text) / count;
  if (copies.length !== specs.length) throw new Error('a copy was lost');
  return {all, withoutSpec: all - spec};
};
