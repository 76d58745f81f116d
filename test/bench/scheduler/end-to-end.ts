import AsyncLock from 'async-lock';
import {Mutex, Semaphore} from 'async-mutex';
import Bottleneck from 'bottleneck';
import fastq from 'fastq';
import PQueue from 'p-queue';
import {createOrchestrator} from '../../../dist/src/index.js';
import {type BenchTask, conflicting} from './bench-task.ts';

/** Runs all tasks, each by calling `work` once, at most `limit` at once. */
type Runner = (
  tasks: readonly BenchTask[],
  limit: number,
  work: (task: BenchTask) => Promise<void>,
) => Promise<void>;

/** What a task must not share with another one, as keys. A folder has the key of its name alone: keys know no more. */
const keysOf = ({agentType, files}: BenchTask): readonly string[] =>
  [`agent ${agentType}`, ...files].toSorted();

const locksFor = (): ((key: string) => Mutex) => {
  const locks = new Map<string, Mutex>();
  return (key) => {
    const known = locks.get(key) ?? new Mutex();
    locks.set(key, known);
    return known;
  };
};

/** Takes all its locks in one order, so that two never wait for each other. */
const withLocks = async (
  keys: readonly string[],
  lock: (key: string) => Mutex,
  act: () => Promise<void>,
): Promise<void> => {
  const releases: (() => void)[] = [];
  try {
    for (const key of keys) releases.push(await lock(key).acquire());
    await act();
  } finally {
    for (const release of releases.toReversed()) release();
  }
};

export const RUNNERS = {
  disjoint: async (tasks, limit, work) => {
    const types = [...new Set(tasks.map(({agentType}) => agentType))];
    const orchestrator = await createOrchestrator({
      maxParallel: limit,
      agents: Object.fromEntries(types.map((name) => [name, {}])),
    });
    orchestrator.submitMany(
      tasks.map((task) => ({
        id: task.id,
        agentType: task.agentType,
        files: task.files,
        run: () => work(task),
      })),
    );
    await orchestrator.idle();
    await orchestrator.shutdown();
  },
  'p-queue + async-mutex': async (tasks, limit, work) => {
    const queue = new PQueue({concurrency: limit});
    const lock = locksFor();
    await queue.addAll(tasks.map((task) => () => withLocks(keysOf(task), lock, () => work(task))));
  },
  'async-mutex + semaphore': async (tasks, limit, work) => {
    const [semaphore, lock] = [new Semaphore(limit), locksFor()];
    await Promise.all(
      tasks.map((task) => withLocks(keysOf(task), lock, () => semaphore.runExclusive(() => work(task)))),
    );
  },
  'async-lock + semaphore': async (tasks, limit, work) => {
    const semaphore = new Semaphore(limit);
    const lock = new AsyncLock({maxPending: Number.POSITIVE_INFINITY, maxOccupationTime: 0});
    await Promise.all(
      tasks.map((task) => lock.acquire([...keysOf(task)], () => semaphore.runExclusive(() => work(task)))),
    );
  },
  'bottleneck Group': async (tasks, limit, work) => {
    const all = new Bottleneck({maxConcurrent: limit});
    const group = new Bottleneck.Group({maxConcurrent: 1});
    const locked = (keys: readonly string[], act: () => Promise<void>): Promise<void> => {
      const [key, ...rest] = keys;
      return key === undefined ? all.schedule(act) : group.key(key).schedule(() => locked(rest, act));
    };
    await Promise.all(tasks.map((task) => locked(keysOf(task), () => work(task))));
  },
  'fastq, no rules': async (tasks, limit, work) => {
    const queue = fastq.promise(work, limit);
    await Promise.all(tasks.map((task) => queue.push(task)));
  },
  'p-queue, no rules': async (tasks, limit, work) => {
    await new PQueue({concurrency: limit}).addAll(tasks.map((task) => () => work(task)));
  },
} satisfies Readonly<Record<string, Runner>>;

export type RunnerName = keyof typeof RUNNERS;

export interface EndToEnd {
  readonly tasksPerSecond: number;
  readonly violations: number;
}

/**
 * Tasks that do nothing, from the first hand-in to the end of the last one. `isChecked`: every start is compared with
 * all that runs, which costs time of its own.
 */
export const endToEnd = async (
  name: RunnerName,
  tasks: readonly BenchTask[],
  limit: number,
  isChecked: boolean,
): Promise<EndToEnd> => {
  const running = new Set<BenchTask>();
  let [ran, violations] = [0, 0];
  const work = async (task: BenchTask): Promise<void> => {
    ran++;
    if (!isChecked) return;
    for (const other of running) if (conflicting(other, task)) violations++;
    if (running.size >= limit) violations++;
    running.add(task);
    await new Promise((resolve) => setImmediate(resolve));
    running.delete(task);
  };
  const runner: Runner = RUNNERS[name];
  const before = performance.now();
  await runner(tasks, limit, work);
  const seconds = (performance.now() - before) / 1_000;
  if (ran !== tasks.length) throw new Error(`${name} ran ${ran} of ${tasks.length} tasks`);
  return {tasksPerSecond: tasks.length / seconds, violations};
};
