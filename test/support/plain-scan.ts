import {admit, conflict} from '../../src/core/admission.ts';
import type {AgentId} from '../../src/core/agent-type.ts';
import type {Step} from '../../src/core/decision.ts';
import type {DisjointEvent} from '../../src/core/events.ts';
import {evolve} from '../../src/core/evolve.ts';
import {quarantineBefore} from '../../src/core/reservation.ts';
import {hasSlot} from '../../src/core/slots.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import type {Fence, TaskId, TaskSpec} from '../../src/core/task.ts';

/** A queued task, and how often it was overtaken. */
interface Waiting {
  readonly spec: TaskSpec;
  readonly place: readonly [key: number, arrival: number];
}

/** A start, as the scheduler decides it. */
export interface Start {
  readonly taskId: TaskId;
  readonly agentId: AgentId;
  readonly fence: Fence;
}

const isOfTheScheduler = ({type}: DisjointEvent): boolean =>
  type === 'task.blocked' || type === 'attempt.dispatched' || type === 'task.reserved';

/** The first ones all, until one is not. */
const beforeScheduling = (events: readonly DisjointEvent[]): readonly DisjointEvent[] => {
  const first = events.findIndex(isOfTheScheduler);
  return first === -1 ? events : events.slice(0, first);
};

/**
 * The rules of the schedule as they are written: look at every queued task in order, start it if it may, else count
 * those that pass it. Simple enough to be believed, and slow. The queue of the core has to make the same decisions.
 *
 * It takes from the core what was submitted, what has ended and what is held, and nothing that the queue knows.
 */
export class PlainScan {
  readonly #guard: boolean;
  /** By task, over all its attempts. */
  readonly #overtakes = new Map<TaskId, number>();

  constructor(guard: boolean) {
    this.#guard = guard;
  }

  get overtakesMost(): number {
    return Math.max(0, ...this.#overtakes.values());
  }

  /** What has to start in this step, and what the core started. */
  compare(
    state: CoordinatorState,
    {events}: Step,
  ): {readonly ours: readonly Start[]; readonly theirs: readonly Start[]} {
    const then = beforeScheduling(events).reduce(evolve, state);
    return {
      ours: then.mode === 'running' ? this.#scan(then) : [],
      theirs: events.flatMap((event) =>
        event.type === 'attempt.dispatched'
          ? [{taskId: event.taskId, agentId: event.agentId, fence: event.fence}]
          : [],
      ),
    };
  }

  #scan(from: CoordinatorState): readonly Start[] {
    let state = from;
    const starts: Start[] = [];
    const passed: Waiting[] = [];
    for (const waiting of waitingIn(state)) {
      if (!hasSlot(state)) break;
      const {spec} = waiting;
      const agentId = this.#isReserved(state, passed, spec) ? null : admit(state, spec);
      if (agentId === null) {
        passed.push(waiting);
        continue;
      }
      const fence = state.fence + 1;
      starts.push({taskId: spec.id, agentId, fence});
      for (const ahead of passed) {
        if (!conflict(ahead.spec, spec) || quarantineBefore(state, ahead.spec) !== null) continue;
        this.#overtakes.set(ahead.spec.id, (this.#overtakes.get(ahead.spec.id) ?? 0) + 1);
      }
      const attempt = {taskId: spec.id, attempt: 1, quarantined: false, overlapped: false};
      const {writes, reads} = spec;
      state = {...state, fence, lockTable: state.lockTable.take({...attempt, fence, agentId, writes, reads})};
    }
    return starts;
  }

  #isReserved(state: CoordinatorState, passed: readonly Waiting[], spec: TaskSpec): boolean {
    const {overtakesMax} = state.settings;
    return (
      this.#guard &&
      passed.some(
        (ahead) =>
          (this.#overtakes.get(ahead.spec.id) ?? 0) >= overtakesMax &&
          conflict(ahead.spec, spec) &&
          quarantineBefore(state, ahead.spec) === null,
      )
    );
  }
}

/** Counts, from what was started alone, how often each task was overtaken. */
export class OvertakeCount {
  readonly #counts = new Map<TaskId, number>();

  get most(): number {
    return Math.max(0, ...this.#counts.values());
  }

  hear(before: CoordinatorState, {events}: Step): void {
    let state = before;
    for (const event of events) {
      if (event.type === 'attempt.dispatched') this.#count(state, event.taskId);
      state = evolve(state, event);
    }
  }

  #count(state: CoordinatorState, taskId: TaskId): void {
    const waiting = waitingIn(state);
    const at = waiting.findIndex(({spec}) => spec.id === taskId);
    const {spec} = waiting[at]!;
    for (const ahead of waiting.slice(0, at)) {
      if (!conflict(ahead.spec, spec) || quarantineBefore(state, ahead.spec) !== null) continue;
      this.#counts.set(ahead.spec.id, (this.#counts.get(ahead.spec.id) ?? 0) + 1);
    }
  }
}

const waitingIn = ({tasks, settings}: CoordinatorState): readonly Waiting[] =>
  [...tasks.values()]
    .filter((record) => record.state.name === 'queued')
    .map(({spec, submittedAt, arrival}) => ({
      spec,
      place: [
        settings.policy === 'fair' ? submittedAt - spec.priority * settings.agingMs : 0,
        arrival,
      ] as const,
    }))
    .toSorted((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1]);
