import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {IdleCause, IdleTimes} from '../../src/core/accounting.ts';
import {blockersIn} from '../../src/core/blockers.ts';
import type {DisjointEvent} from '../../src/core/events.ts';
import {evolve} from '../../src/core/evolve.ts';
import type {Input} from '../../src/core/inputs.ts';
import {orderKey} from '../../src/core/place.ts';
import {type CoordinatorState, initialState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import {summarize} from '../../src/core/summary.ts';
import type {TaskRecord} from '../../src/core/task.ts';
import {HOSTILE_AGENTS, HOSTILE_LIMITS, inputsArbitrary, type Planned} from '../support/core-inputs.ts';
import {coreSettings} from '../support/core-settings.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const beginning = (maxParallel: number): CoordinatorState =>
  initialState(
    coreSettings(HOSTILE_AGENTS, {overtakesMax: 1, agingMs: 20, root: '/repo', limits: HOSTILE_LIMITS}),
    maxParallel,
  );

const FINAL = new Set(['task.succeeded', 'task.failed', 'task.cancelled', 'task.skipped']);

/** The time of the slots as somebody sees it who hears of events only, and knows no state. */
class Watch {
  slotMs = 0;
  workMs = 0;
  #limit: number;
  #untilMs = 0;
  readonly #unfinished = new Set<string>();
  /** Attempts that hold a slot, and whether their work has begun. */
  readonly #attempts = new Map<number, boolean>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  get unfinished(): number {
    return this.#unfinished.size;
  }

  get held(): number {
    return this.#attempts.size;
  }

  get working(): number {
    return [...this.#attempts.values()].filter(Boolean).length;
  }

  pass(at: number): void {
    const passedMs = Math.max(0, at - this.#untilMs);
    this.#untilMs += passedMs;
    if (this.#unfinished.size === 0) return;
    this.slotMs += this.#limit * passedMs;
    this.workMs += Math.min(this.#limit, this.working) * passedMs;
  }

  hear(event: DisjointEvent): void {
    this.pass(event.at);
    if (event.type === 'limit.changed') this.#limit = event.to;
    if (event.type === 'task.submitted') this.#unfinished.add(event.taskId);
    if (event.type === 'attempt.dispatched') this.#attempts.set(event.fence, false);
    if (event.type === 'attempt.started') this.#attempts.set(event.fence, true);
    const isGone =
      event.type === 'attempt.exited' ||
      event.type === 'attempt.quarantined' ||
      (event.type === 'attempt.overlapped' && event.when === 'start');
    if (isGone) this.#attempts.delete(event.fence);
    if ('taskId' in event && FINAL.has(event.type)) this.#unfinished.delete(event.taskId);
  }
}

/** What keeps a queued task, by the names that `why` has for it. */
const NAMES = [
  ['mode', 'mode'],
  ['agent-type', 'agentType'],
  ['tag-paused', 'tag'],
  ['tag', 'tag'],
  ['file', 'file'],
  ['resources', 'resources'],
  ['reservation', 'reservation'],
] as const;

const causeByWhy = (state: CoordinatorState, record: TaskRecord): IdleCause => {
  const kinds = blockersIn(state)(record).map(({kind}) => kind);
  const [, cause] = NAMES.find(([kind]) => (kinds as readonly string[]).includes(kind)) ?? [];
  if (cause === undefined) throw new Error(`nothing keeps ${record.spec.id}, and a slot is free`);
  return cause;
};

/** What each free slot waits for, from the tasks and what `why` says of them. */
const freeSlotsByWhy = (state: CoordinatorState, free: number): readonly IdleCause[] => {
  const records = [...state.tasks.values()].toSorted((a, b) => a.arrival - b.arrival);
  const named = (name: string) => records.filter((record) => record.state.name === name);
  const key = ({submittedAt, spec}: TaskRecord) => orderKey(submittedAt, spec.priority, 20);
  const queued = named('queued').toSorted((a, b) => key(a) - key(b) || a.arrival - b.arrival);
  const causes: readonly IdleCause[] = [
    ...queued.slice(0, free).map((record) => causeByWhy(state, record)),
    ...named('retrying').map((): IdleCause => 'backOff'),
    ...named('waiting').map((): IdleCause => 'dependency'),
    ...Array.from({length: free}, (): IdleCause => 'noTask'),
  ];
  return causes.slice(0, free);
};

const idleSlotsByWhy = (state: CoordinatorState, {limit, held, working}: Watch): readonly IdleCause[] => {
  const free = Math.max(0, limit - held);
  const starting = Math.max(0, limit - working) - free;
  return [...freeSlotsByWhy(state, free), ...Array.from({length: starting}, (): IdleCause => 'dispatch')];
};

const total = (times: IdleTimes): number => Object.values(times).reduce((sum, ms) => sum + ms, 0);

/** What was charged in between, in slots per millisecond. */
const charged = (before: IdleTimes, after: IdleTimes, passedMs: number): Partial<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(after).flatMap(([cause, ms]) => {
      const more = ms - before[cause as IdleCause];
      return more === 0 ? [] : [[cause, more / passedMs]];
    }),
  );

const counted = (causes: readonly IdleCause[]): Partial<Record<string, number>> => {
  const counts: Partial<Record<string, number>> = {};
  for (const cause of causes) counts[cause] = (counts[cause] ?? 0) + 1;
  return counts;
};

interface Run {
  readonly state: CoordinatorState;
  readonly events: readonly DisjointEvent[];
}

const play = (
  maxParallel: number,
  planned: readonly Planned[],
  change: (input: Input) => Input = (input) => input,
  look: (
    before: CoordinatorState,
    events: readonly DisjointEvent[],
    after: CoordinatorState,
  ) => void = () => {},
): Run => {
  let state = beginning(maxParallel);
  const all: DisjointEvent[] = [];
  for (const one of planned) {
    const decided = step(state, change(one.input(state)));
    look(state, decided.events, decided.state);
    all.push(...decided.events);
    ({state} = decided);
  }
  return {state, events: all};
};

/** What has to happen at least in a run, on average: well below what was measured. */
const OFTEN_ENOUGH = {
  noTask: 2,
  mode: 3,
  agentType: 0.5,
  file: 1.5,
  reservation: 0.005,
  dependency: 0.3,
  backOff: 0.2,
  dispatch: 8,
};

describe('the accounting', () => {
  const tally = new Tally();
  const tries = runs(700);

  test('charges each slot that does no work to one cause, each millisecond, so that the causes add up', {
    timeout: patienceMs,
  }, () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 4}), inputsArbitrary, (maxParallel, inputs) => {
        const watch = new Watch(maxParallel);
        const {state} = play(maxParallel, inputs, undefined, (_, events) => {
          for (const event of events) watch.hear(event);
        });
        const now = state.accounting.untilMs + 7;
        watch.pass(now);
        const {slotMs, idleMs, idleByCauseMs} = summarize(state, now);
        expect(slotMs).toBe(watch.slotMs);
        expect(idleMs).toBe(watch.slotMs - watch.workMs);
        expect(total(idleByCauseMs)).toBe(idleMs);
      }),
      {numRuns: tries},
    );
  });

  test('charges what `why` names for the first tasks in scheduling order, one task for each free slot', {
    timeout: patienceMs,
  }, () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 4}), inputsArbitrary, (maxParallel, inputs) => {
        const watch = new Watch(maxParallel);
        play(maxParallel, inputs, undefined, (before, events, after) => {
          const passedMs = after.accounting.untilMs - before.accounting.untilMs;
          // Nothing is charged while no time passes, or with nothing to do.
          const isCharged = passedMs > 0 && watch.unfinished > 0;
          const causes = isCharged ? idleSlotsByWhy(before, watch) : [];
          for (const cause of causes) tally.tell(cause);
          expect(charged(before.accounting.idleMs, after.accounting.idleMs, passedMs)).toEqual(
            counted(causes),
          );
          for (const event of events) watch.hear(event);
        });
      }),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, OFTEN_ENOUGH)).toEqual([]);
  });

  test('comes out the same when the events are folded again', {timeout: patienceMs}, () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 4}), inputsArbitrary, (maxParallel, inputs) => {
        const {state, events} = play(maxParallel, inputs);
        const replayed = events.reduce(evolve, beginning(maxParallel));
        expect(replayed.accounting).toEqual(state.accounting);
      }),
      {numRuns: runs(200)},
    );
  });

  test('never finds a run shorter than its lower bound, whatever the disk showed meanwhile', {
    timeout: patienceMs,
  }, () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 4}), inputsArbitrary, (maxParallel, inputs) => {
        let at = 0;
        const onward = (input: Input): Input => {
          at = Math.max(at, input.at);
          return {...input, at};
        };
        const {state} = play(maxParallel, inputs, onward);
        const {lowerBoundMs, wallMs, efficiency} = summarize(state, at);
        expect(lowerBoundMs).toBeLessThanOrEqual(Math.round(wallMs));
        expect(efficiency).toBeLessThanOrEqual(1);
      }),
      {numRuns: runs(2_000)},
    );
  });
});
