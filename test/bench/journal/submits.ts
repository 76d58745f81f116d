import path from 'node:path';
import PQueue from 'p-queue';
import {createOrchestrator} from '../../../dist/src/index.js';
import type {Store} from '../../../dist/src/ports/store.js';
import {MemoryStore} from '../../../dist/src/store/memory-store.js';
import {SqliteStore} from '../../../dist/src/store/sqlite/sqlite-store.js';
import {requestsPerSecond} from './clients.ts';
import {temporaryFolder} from './folder.ts';

const HOLDER = {pid: process.pid, startedAt: 1, bootId: 'boot', since: 0};

/** A journal on the disk, in a folder of its own. */
export const newStore = (): SqliteStore => {
  const store = SqliteStore.open(path.join(temporaryFolder(), 'state.db'));
  store.take({holder: HOLDER, isAlive: () => false, runId: 'bench', at: 0});
  return store;
};

const withAppend = (store: Store, append: Store['append']): Store => ({
  gathers: store.gathers,
  snapshots: null,
  append,
  read: (afterSeq) => store.read(afterSeq),
  lastSeq: () => store.lastSeq(),
  close: () => store.close(),
});

/** Each submission is synced to the disk alone, as if nobody gathered them. */
const oneByOne = (store: Store): Store =>
  withAppend(store, async (events) => {
    let from = 0;
    for (let to = 1; to <= events.length; to++) {
      if (to < events.length && events[to]?.type !== 'task.submitted') continue;
      await store.append(events.slice(from, to));
      from = to;
    }
  });

/** How many appends there were. */
export interface Submits {
  readonly perSecond: number;
  readonly appends: number;
}

const ofOrchestrator = async (clients: number, requests: number, store: Store): Promise<Submits> => {
  let appends = 0;
  const counting = withAppend(store, (events) => {
    appends++;
    return store.append(events);
  });
  const orchestrator = await createOrchestrator({agents: {dev: {}}, store: counting});
  await orchestrator.pause();
  let count = 0;
  const submit = (): Promise<void> =>
    orchestrator.submit({agentType: 'dev', files: [`src/f${count++}.ts`], run: () => {}}).accepted;
  const perSecond = await requestsPerSecond(clients, requests, submit);
  await orchestrator.shutdown({mode: 'now'});
  return {perSecond, appends};
};

const ofPQueue = (clients: number, requests: number): Promise<number> => {
  const queue = new PQueue({concurrency: 1, autoStart: false});
  return requestsPerSecond(clients, requests, () => {
    void queue.add(() => {});
    return Promise.resolve();
  });
};

export interface SubmitRates {
  readonly clients: number;
  readonly requests: number;
  /** Submits a second, each answered only once it is on the disk. */
  readonly grouped: number;
  /** Decisions that shared one sync, on average. */
  readonly perAppend: number;
  readonly oneSyncEach: number;
  readonly inMemory: number;
  readonly pQueue: number;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** All variants in turn, in one process: what the machine does beside it is the same for each. */
export const submitRates = async (
  clients: number,
  requests: number,
  rounds: number,
): Promise<SubmitRates> => {
  const found = {
    grouped: [] as number[],
    perAppend: [] as number[],
    one: [] as number[],
    memory: [] as number[],
    pQueue: [] as number[],
  };
  for (let round = 0; round < rounds; round++) {
    const grouped = await ofOrchestrator(clients, requests, newStore());
    found.grouped.push(grouped.perSecond);
    found.perAppend.push(requests / grouped.appends);
    found.one.push((await ofOrchestrator(clients, requests, oneByOne(newStore()))).perSecond);
    found.memory.push((await ofOrchestrator(clients, requests, new MemoryStore())).perSecond);
    found.pQueue.push(await ofPQueue(clients, requests));
  }
  return {
    clients,
    requests,
    grouped: median(found.grouped),
    perAppend: median(found.perAppend),
    oneSyncEach: median(found.one),
    inMemory: median(found.memory),
    pQueue: median(found.pQueue),
  };
};
