import {createOrchestrator} from '../../../dist/src/index.js';
import type {Store} from '../../../dist/src/ports/store.js';
import {MemoryStore} from '../../../dist/src/store/memory-store.js';
import {type Spread, spread} from '../statistics.ts';
import {newStore} from './submits.ts';

/** From the last thing a task does to the first that the next one on its file does (ms). */
const gapsWith = async (store: Store, tasks: number): Promise<readonly number[]> => {
  const orchestrator = await createOrchestrator({agents: {a: {}, b: {}}, store});
  const ran: {startedAt: number; endedAt: number}[] = [];
  orchestrator.submitMany(
    Array.from({length: tasks}, (_, i) => ({
      agentType: i % 2 === 0 ? 'a' : 'b',
      files: ['one-file'],
      run: async () => {
        const startedAt = performance.now();
        await new Promise((resolve) => setImmediate(resolve));
        ran.push({startedAt, endedAt: performance.now()});
      },
    })),
  );
  await orchestrator.idle();
  await orchestrator.shutdown();
  return ran.slice(1).map(({startedAt}, i) => startedAt - (ran[i]?.endedAt ?? startedAt));
};

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
    memory.push(...(await gapsWith(new MemoryStore(), tasks)));
    journal.push(...(await gapsWith(newStore(), tasks)));
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
