import type {CoordinatorState} from './state.ts';
import type {TaskSpec} from './task.ts';

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const [low = 0, high = low] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
};

/** How long tasks take: their estimate, or the median of those of their agent type that succeeded in this run. */
export class Durations {
  readonly #state: CoordinatorState;
  #past: ReadonlyMap<string, number> | null = null;
  usedPast = false;

  constructor(state: CoordinatorState) {
    this.#state = state;
  }

  of({estimateMs, agentType}: TaskSpec): number | null {
    if (estimateMs !== null) return estimateMs;
    this.usedPast = true;
    this.#past ??= this.#medians();
    return this.#past.get(agentType) ?? null;
  }

  /** One look at all tasks, and only if one without an estimate is asked for. */
  #medians(): ReadonlyMap<string, number> {
    const took = new Map<string, number[]>();
    for (const {spec, state, workedMs} of this.#state.tasks.values()) {
      if (state.name !== 'succeeded') continue;
      const known = took.get(spec.agentType);
      if (known === undefined) took.set(spec.agentType, [workedMs]);
      else known.push(workedMs);
    }
    return new Map([...took].map(([agentType, values]) => [agentType, median(values)]));
  }
}
