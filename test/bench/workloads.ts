import type {TaskRequest} from '../../src/core/task.ts';

/** Random numbers that are the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1, without 1. mulberry32: https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Normally distributed, by Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}

/** Which files tasks claim, and whom they wait for. */
export const WORKLOADS = [
  'no-conflict',
  'zipf',
  'hot',
  'two-hot',
  'directories',
  'wide',
  'zipf-dependencies',
  'directories-dependencies',
] as const;

export type Workload = (typeof WORKLOADS)[number];

/** Numbers from 0, the first ones much more often: the i-th in proportion to 1 / i. */
const zipf = (among: number): ((random: Random) => number) => {
  const sums: number[] = [];
  for (let i = 1; i <= among; i++) sums.push((sums.at(-1) ?? 0) + 1 / i);
  const total = sums.at(-1) ?? 0;
  return (random) => {
    const at = random.next() * total;
    let [low, high] = [0, among - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
};

const zipfian = zipf(200);

const filesOf = (workload: Workload, i: number, random: Random): readonly string[] => {
  const own = `src/own/f${i}.ts`;
  switch (workload) {
    case 'no-conflict':
      return [own];
    case 'zipf':
    case 'zipf-dependencies':
      return [...new Set(Array.from({length: 1 + random.below(3)}, () => `src/z${zipfian(random)}.ts`))];
    case 'hot':
      return [random.next() < 0.9 ? 'src/hot.ts' : own];
    case 'two-hot': {
      const which = random.next();
      if (which < 0.45) return ['src/hot.ts'];
      return which < 0.9 ? ['src/warm.ts'] : ['src/hot.ts', 'src/warm.ts'];
    }
    case 'directories':
    case 'directories-dependencies': {
      const [which, folder] = [random.next(), `p${random.below(20)}`];
      if (which < 0.05) return [`${folder}/`];
      const below = `${folder}/d${random.below(10)}`;
      return which < 0.2 ? [`${below}/`] : [`${below}/f${i}.ts`];
    }
    case 'wide':
      return random.next() < 0.03 ? ['src/'] : [own];
  }
};

/** A task with how long it really takes. */
export interface TimedTask {
  readonly request: TaskRequest;
  readonly durationMs: number;
}

/** Tasks whose durations are log-normally distributed, with estimates that are off by up to 1.65 either way. */
export const tasksOf = (
  workload: Workload,
  {count, agentTypes, seed}: {readonly count: number; readonly agentTypes: number; readonly seed: number},
): readonly TimedTask[] => {
  const random = new Random(seed);
  const hasDependencies = workload.endsWith('-dependencies');
  return Array.from({length: count}, (_, i) => {
    const durationMs = Math.max(1, Math.round(60_000 * Math.exp(0.8 * random.normal())));
    const off = Math.exp((random.next() * 2 - 1) * 0.5);
    const isDependent = hasDependencies && i > 0 && random.next() < 0.5;
    const dependsOn = isDependent
      ? [
          ...new Set(
            Array.from({length: 1 + random.below(2)}, () => `t${Math.max(0, i - 1 - random.below(24))}`),
          ),
        ]
      : [];
    return {
      durationMs,
      request: {
        id: `t${i}`,
        agentType: `a${random.below(agentTypes)}`,
        description: '',
        work: {kind: 'function'},
        files: filesOf(workload, i, random),
        estimateMs: Math.max(1, Math.round(durationMs * off)),
        dependsOn,
      },
    };
  });
};
