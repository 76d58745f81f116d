import {Random, type Workload} from '../workloads.ts';
import {type BenchTask, benchTasks, conflicting, type Scheduler} from './bench-task.ts';

/** What the decisions of one scheduler cost (us), and whether they kept the rules. */
export interface DecisionCost {
  readonly submitUs: number;
  readonly completeUs: {
    readonly mean: number;
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly completions: number;
  readonly violations: number;
}

export interface Load {
  readonly workload: Workload;
  readonly queued: number;
  readonly limit: number;
  readonly agentTypes: number;
}

const statisticsOf = (values: readonly number[]): DecisionCost['completeUs'] => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    mean: values.reduce((sum, us) => sum + us, 0) / Math.max(1, values.length),
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  };
};

/** One scheduler in the middle of a run. */
class Running {
  readonly #scheduler: Scheduler;
  readonly #tasks: ReadonlyMap<string, BenchTask>;
  readonly #running: BenchTask[] = [];
  readonly #random = new Random(2);
  readonly #us: number[] = [];
  readonly #limit: number;
  readonly #submitUs: number;
  #violations = 0;

  constructor(scheduler: Scheduler, tasks: readonly BenchTask[], limit: number) {
    this.#scheduler = scheduler;
    this.#limit = limit;
    this.#tasks = new Map(tasks.map((task) => [task.id, task]));
    const before = performance.now();
    const started = scheduler.submit(tasks);
    this.#submitUs = ((performance.now() - before) * 1_000) / tasks.length;
    this.#note(started);
  }

  /** So many tasks end, each after the decision on the one before. Returns whether there were so many. */
  complete(count: number, isMeasured: boolean): boolean {
    for (let i = 0; i < count; i++) {
      const [task] = this.#running.splice(this.#random.below(this.#running.length), 1);
      if (task === undefined) return false;
      const before = performance.now();
      const started = this.#scheduler.complete(task.id);
      const us = (performance.now() - before) * 1_000;
      if (isMeasured) this.#us.push(us);
      this.#note(started);
    }
    return true;
  }

  cost(): DecisionCost {
    this.#scheduler.close();
    return {
      submitUs: this.#submitUs,
      completeUs: statisticsOf(this.#us),
      completions: this.#us.length,
      violations: this.#violations,
    };
  }

  /** The rules are checked outside the measured time, by comparing with everything that runs. */
  #note(started: readonly string[]): void {
    for (const id of started) {
      const task = this.#tasks.get(id);
      if (task === undefined) throw new Error(`${id} was started and never handed in`);
      if (this.#running.some((other) => conflicting(other, task))) this.#violations++;
      this.#running.push(task);
    }
    if (this.#running.length > this.#limit) this.#violations++;
  }
}

/**
 * What one completion with dispatch costs each scheduler, at about the same length of the queue. They take turns of a
 * few completions, so that whatever else the machine does happens to all of them.
 */
export const decisionCosts = <Name extends string>(
  load: Load,
  schedulers: Readonly<Record<Name, Scheduler>>,
  {completions, warmUp}: {readonly completions: number; readonly warmUp: number},
): Readonly<Record<Name, DecisionCost>> => {
  const tasks = benchTasks(load.workload, load.queued, load.agentTypes);
  const names = Object.keys(schedulers) as Name[];
  const running = new Map(names.map((name) => [name, new Running(schedulers[name], tasks, load.limit)]));
  const turn = 10;
  for (let done = 0; done < warmUp; done += turn)
    for (const one of running.values()) one.complete(turn, false);
  for (let done = 0; done < completions; done += turn)
    for (const one of running.values()) one.complete(turn, true);
  return Object.fromEntries(names.map((name) => [name, running.get(name)!.cost()])) as Record<
    Name,
    DecisionCost
  >;
};
