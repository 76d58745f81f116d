import {MemoryStore} from '../../../dist/src/store/memory-store.js';
import {handOverGaps} from '../hand-over.ts';
import {type Spread, spread} from '../statistics.ts';
import {newStore} from './submits.ts';

export interface Latencies {
  readonly tasks: number;
  readonly inMemory: Spread;
  readonly durable: Spread;
  /** What the journal adds (ms). */
  readonly addedP50: number;
  readonly addedP99: number;
}

/** Both in turn. */
export const latencies = async (tasks: number, rounds: number): Promise<Latencies> => {
  const [memory, journal]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    memory.push(...(await handOverGaps(tasks, new MemoryStore())));
    journal.push(...(await handOverGaps(tasks, newStore())));
  }
  const [inMemory, durable] = [spread(memory), spread(journal)];
  return {
    tasks,
    inMemory,
    durable,
    addedP50: durable.p50 - inMemory.p50,
    addedP99: durable.p99 - inMemory.p99,
  };
};
