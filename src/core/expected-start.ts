import type {Ahead} from './ahead.ts';
import type {Blocker} from './blocker.ts';
import {Durations} from './durations.ts';
import type {CoordinatorState} from './state.ts';
import {isFinal, isLive, type TaskId, type TaskRecord, type TaskSpec} from './task.ts';

/** When a task will start, as far as can be said: a rough figure, never a promise. */
export interface ExpectedStart {
  /** On the clock of events (ms). */
  readonly atMs: number;
  /** From estimates alone, or also from how long earlier tasks of an agent type took (their median). */
  readonly from: 'estimates' | 'past-durations';
}

/** How many tasks that wait for each other are followed. */
const CHAIN_MAX = 100;

/** Adds up, where one unknown makes the whole unknown. */
const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

/** Follows what tasks wait for to the times at which that ends. */
class Forecast {
  readonly #state: CoordinatorState;
  readonly #now: number;
  readonly #blockersOf: (record: TaskRecord) => readonly Blocker[];
  readonly #ends = new Map<TaskId, number | null>();
  readonly durations: Durations;

  constructor(state: CoordinatorState, now: number, blockersOf: (record: TaskRecord) => readonly Blocker[]) {
    this.#state = state;
    this.#now = now;
    this.#blockersOf = blockersOf;
    this.durations = new Durations(state);
  }

  /** When these are gone, with `followed` tasks between them and the one that was asked for. */
  gone(blockers: readonly Blocker[], followed: number): number | null {
    let latest = this.#now;
    for (const blocker of blockers) {
      const at = this.#goneAt(blocker, followed);
      if (at === null) return null;
      latest = Math.max(latest, at);
    }
    return latest;
  }

  #goneAt(blocker: Blocker, followed: number): number | null {
    switch (blocker.kind) {
      // Nobody knows when the machine will be less busy.
      case 'resources':
      case 'mode':
        return null;
      case 'back-off':
      case 'tag-paused':
        return blocker.untilMs;
      case 'dependency':
      case 'reservation':
        return this.#endOf(blocker.taskId, followed);
      case 'file':
        return blocker.quarantined ? null : this.#endOf(blocker.holder, followed);
      case 'agent-type':
        return this.#nth(
          blocker.holders.filter(({quarantined}) => !quarantined).map(({taskId}) => taskId),
          1,
          followed,
        );
      case 'tag':
        return this.#nth(
          blocker.holders.map(({taskId}) => taskId),
          blocker.holders.length - blocker.limit + 1,
          followed,
        );
      case 'limit': {
        const running = this.#state.lockTable.holds().filter(({quarantined}) => !quarantined);
        const taskIds = running.map(({taskId}) => taskId);
        return this.#nth(taskIds, blocker.running - blocker.maxParallel + 1, followed);
      }
    }
  }

  /** When `count` of these have ended. One whose end is not known can only make it earlier. */
  #nth(taskIds: readonly TaskId[], count: number, followed: number): number | null {
    const ends = taskIds.flatMap((taskId) => this.#endOf(taskId, followed) ?? []);
    return ends.toSorted((a, b) => a - b)[count - 1] ?? null;
  }

  #endOf(taskId: TaskId, followed: number): number | null {
    const known = this.#ends.get(taskId);
    if (known !== undefined) return known;
    const record = this.#state.tasks.get(taskId);
    const end = record === undefined ? null : this.#computeEnd(record, followed);
    this.#ends.set(taskId, end);
    return end;
  }

  #computeEnd(record: TaskRecord, followed: number): number | null {
    const {state, spec} = record;
    if (followed >= CHAIN_MAX || isFinal(state)) return null;
    const start = isLive(state) ? state.dispatchedAt : this.gone(this.#blockersOf(record), followed + 1);
    const end = plus(start, this.durations.of(spec));
    return end === null ? null : Math.max(this.#now, end);
  }
}

/** How long the queued tasks before this one keep it waiting once nothing is in its way any more. */
const workAhead = (
  state: CoordinatorState,
  {spec}: TaskRecord,
  {conflicting, forSlots}: Ahead,
  durations: Durations,
): number | null => {
  const instances = state.settings.agentTypes.get(spec.agentType)?.instances ?? 1;
  let sum: number | null = 0;
  const add = (ahead: TaskSpec, sideBySide: number): void => {
    const took = sum === null ? null : durations.of(ahead);
    sum = took === null ? null : plus(sum, took / sideBySide);
  };
  for (const ahead of conflicting) add(ahead, ahead.agentType === spec.agentType ? instances : 1);
  for (const ahead of forSlots) add(ahead, state.maxParallel);
  return sum;
};

/**
 * When the task will start, `null` if something that has to be known for that is not: it runs or has ended, nobody
 * knows how long a task before it takes, or it waits for somebody to do something.
 *
 * What is in its way has to end. Queued tasks before it that conflict with it are taken to run one after the other, or
 * side by side if they are of its agent type and that has several agents; those that take a slot first share all slots.
 */
export const expectedStart = (
  state: CoordinatorState,
  record: TaskRecord,
  now: number,
  ahead: Ahead,
  blockersOf: (record: TaskRecord) => readonly Blocker[],
): ExpectedStart | null => {
  if (isFinal(record.state) || isLive(record.state)) return null;
  const forecast = new Forecast(state, now, blockersOf);
  // Those that reserve are among the ones before it.
  const gone = forecast.gone(
    blockersOf(record).filter(({kind}) => kind !== 'reservation'),
    0,
  );
  const atMs = gone === null ? null : plus(gone, workAhead(state, record, ahead, forecast.durations));
  return atMs === null ? null : {atMs, from: forecast.durations.usedPast ? 'past-durations' : 'estimates'};
};
