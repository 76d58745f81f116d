import {isDeepStrictEqual} from 'node:util';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Step} from '../../src/core/decision.ts';
import type {Effect} from '../../src/core/effects.ts';
import type {DisjointEvent} from '../../src/core/events.ts';
import {evolve} from '../../src/core/evolve.ts';
import {brokenInvariants} from '../../src/core/invariants.ts';
import {describeRefusal} from '../../src/core/refusals.ts';
import {type CoordinatorState, initialState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import {summarize} from '../../src/core/summary.ts';
import {viewStatus} from '../../src/core/view.ts';
import {HOSTILE_AGENTS, HOSTILE_LIMITS, inputsArbitrary} from '../support/core-inputs.ts';
import {coreSettings} from '../support/core-settings.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {deepFreeze, pictureOf} from '../support/state-picture.ts';
import {Tally} from '../support/tally.ts';

const OVERTAKES_MAX = 2;

const beginning = (maxParallel: number): CoordinatorState =>
  initialState(
    coreSettings(HOSTILE_AGENTS, {
      overtakesMax: OVERTAKES_MAX,
      agingMs: 20,
      root: '/repo',
      limits: HOSTILE_LIMITS,
    }),
    maxParallel,
  );

/** Is this effect what the event says is to be done? */
const orders = (event: DisjointEvent, effect: Effect): boolean => {
  switch (effect.kind) {
    case 'start-attempt':
      if (event.type === 'claims.changed') {
        return event.when === 'start' && event.fence === effect.fence;
      }
      return (
        event.type === 'attempt.dispatched' &&
        event.fence === effect.fence &&
        event.agentId === effect.agentId &&
        event.taskId === effect.spec.id &&
        event.attempt === effect.attempt
      );
    case 'stop-attempt':
      return (
        event.type === 'attempt.stopping' &&
        event.fence === effect.fence &&
        isDeepStrictEqual(event.cause, effect.cause)
      );
    case 'replace-agent':
      return (
        event.type === 'agent.replaced' &&
        event.agentId === effect.agentId &&
        event.fence === (effect.orphan?.fence ?? null)
      );
  }
};

const isOrder = (event: DisjointEvent): boolean =>
  event.type === 'attempt.dispatched' ||
  event.type === 'agent.replaced' ||
  (event.type === 'claims.changed' && event.when === 'start');

const expectToHold = (before: CoordinatorState, at: number, {state, events, effects}: Step): void => {
  expect(brokenInvariants(state)).toEqual([]);
  expect(events.map(({seq}) => seq)).toEqual(events.map((_, i) => before.seq + 1 + i));
  expect(state.seq).toBe(before.seq + events.length);
  expect(events.every((event) => event.at === at)).toBe(true);
  const unrecorded = effects.filter((effect) => !events.some((event) => orders(event, effect)));
  expect(unrecorded, 'effects that no event tells of').toEqual([]);
  const undone = events.filter(
    (event) => isOrder(event) && effects.filter((effect) => orders(event, effect)).length !== 1,
  );
  expect(undone, 'events that are not followed by one effect').toEqual([]);
};

/** Why tasks are refused can be said in words, whatever was handed in. */
const expectWords = (event: DisjointEvent): void => {
  if (event.type !== 'submission.refused') return;
  const {code, message, hint} = describeRefusal(event.refusal);
  expect([code, message, hint].every((text) => typeof text === 'string' && text !== '')).toBe(true);
};

/** What has to happen at least in a run, on average: well below what was measured. */
const OFTEN_ENOUGH = {
  'task.submitted': 4,
  'attempt.dispatched': 1.5,
  'task.blocked': 1,
  'task.reserved': 0.02,
  'claims.changed': 0.1,
  'attempt.overlapped': 0.005,
  'attempt.stopping': 0.5,
  'attempt.quarantined': 0.06,
  'task.retrying': 0.2,
  'task.succeeded': 0.2,
  'task.failed': 0.2,
  'task.cancelled': 0.5,
  'task.skipped': 0.2,
  'agent.replaced': 0.2,
  E_TASK_SHAPE: 0.3,
  E_CLAIM: 0.07,
  E_OWNERSHIP: 0.02,
  E_DEP_CYCLE: 0.1,
  E_STALE_FENCE: 2,
};

describe('step', () => {
  const tally = new Tally();
  const tries = runs(700);

  /**
   * Total: every input has an answer in every state, also one that breaks the types. Pure: the given state stays as
   * it was, and the same input gives the same answer. Recorded: the events tell all, so that folding them gives the
   * state, and no effect comes without its event.
   */
  test('answers every input in every state, keeps its rules, and records all it does', {
    timeout: patienceMs,
  }, () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 4}), inputsArbitrary, (maxParallel, inputs) => {
        let state = beginning(maxParallel);
        let replayed = state;
        for (const planned of inputs) {
          const input = deepFreeze(planned.input(state));
          const before = pictureOf(state);
          const decided = step(state, input);
          const again = step(state, input);
          expect(isDeepStrictEqual(pictureOf(state), before), 'the given state is as it was').toBe(true);
          const after = pictureOf(decided.state);
          expect(isDeepStrictEqual(pictureOf(again.state), after), 'the same state again').toBe(true);
          expect(isDeepStrictEqual(again.events, decided.events), 'the same events again').toBe(true);
          expect(isDeepStrictEqual(again.effects, decided.effects), 'the same effects again').toBe(true);
          expectToHold(state, input.at, decided);
          for (const event of decided.events) {
            tally.tell(event.type);
            if ('refusal' in event) tally.tell(event.refusal.code);
            expectWords(event);
            replayed = evolve(replayed, event);
          }
          expect(isDeepStrictEqual(pictureOf(replayed), after), 'its events lead to the state').toBe(true);
          ({state} = decided);
        }
        expect(viewStatus(state).tasks).toHaveLength(state.tasks.size);
        expect(summarize(state, 0).tasks.total).toBe(state.tasks.size);
      }),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, OFTEN_ENOUGH)).toEqual([]);
  });
});
