import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Step} from '../../src/core/decision.ts';
import {brokenInvariants} from '../../src/core/invariants.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import {nextWakeMs, step} from '../../src/core/step.ts';
import {OvertakeCount, PlainScan} from '../support/plain-scan.ts';
import {beginning, drawFrom, Play} from '../support/random-play.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const INPUTS_PER_RUN = 400;

describe('the queue, beside a plain scan of all tasks', () => {
  test.each([
    {name: 'without a guard', overtakesMax: 1_000_000, usual: 110, often: {overtake: 0.5}},
    {name: 'with a guard of 3', overtakesMax: 3, usual: 60, often: {overtake: 0.5, 'guard reached': 0.5}},
    {name: 'in order (a guard of 0)', overtakesMax: 0, usual: 40, often: {}},
  ])(
    '$name: starts the same tasks, event by event',
    {timeout: 2 * patienceMs},
    ({overtakesMax, usual, often}) => {
      const tries = runs(usual);
      const tally = new Tally();
      let steps = 0;
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          const play = new Play(drawFrom(seed));
          const scan = new PlainScan(overtakesMax < 1_000_000);
          let state = beginning({overtakesMax});
          for (let i = 0; i < INPUTS_PER_RUN; i++) {
            const input = play.next(state);
            const next = step(state, input);
            const {ours, theirs} = scan.compare(state, next);
            expect(theirs, `step ${i}: ${input.type}`).toEqual(ours);
            if (theirs.length > 0) tally.tell('start');
            if (next.events.some(({type}) => type === 'task.blocked')) tally.tell('blocked');
            expect(i % 40 === 0 ? brokenInvariants(next.state) : []).toEqual([]);
            steps += next.events.length;
            state = next.state;
          }
          if (scan.overtakesMost > 0) tally.tell('overtake');
          if (scan.overtakesMost === overtakesMax) tally.tell('guard reached');
          expect(scan.overtakesMost).toBeLessThanOrEqual(overtakesMax);
          expect(state.queue.overtakesMost).toBe(scan.overtakesMost);
        }),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {start: 60, blocked: 40, ...often})).toEqual([]);
      // More than 100,000 events without a guard alone.
      expect(steps / tries).toBeGreaterThan(2.3 * INPUTS_PER_RUN);
    },
  );
});

/** Lets it look at whatever it has not looked at yet. */
const lookOn = (from: CoordinatorState, play: Play, tell: (state: CoordinatorState, next: Step) => void) => {
  let state = from;
  for (let wakes = 0; nextWakeMs(state) === 0; wakes++) {
    if (wakes > state.queue.size) throw new Error('it asks to look without an end');
    const next = step(state, {type: 'wake', at: play.at});
    tell(state, next);
    state = next.state;
  }
  return state;
};

describe('a queue that looks at few tasks in each step', () => {
  test('has started all that could start once it asks for no more', {timeout: 2 * patienceMs}, () => {
    const tries = runs(40);
    const tally = new Tally();
    fc.assert(
      fc.property(fc.nat(), fc.integer({min: 1, max: 4}), (seed, lookahead) => {
        const play = new Play(drawFrom(seed));
        let state = beginning({overtakesMax: 1_000_000, lookahead});
        for (let i = 0; i < INPUTS_PER_RUN; i++) {
          const next = step(state, play.next(state));
          const blocked = next.events.filter(({type}) => type === 'task.blocked').length;
          expect(blocked).toBeLessThanOrEqual(lookahead);
          state = next.state;
          if (i % 3 !== 0) continue;
          state = lookOn(state, play, () => tally.tell('looks on'));
          const {ours} = new PlainScan(false).compare(state, {state, events: [], effects: []});
          expect(ours).toEqual([]);
        }
      }),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, {'looks on': 5})).toEqual([]);
  });

  test('overtakes nobody more often than is allowed', {timeout: 2 * patienceMs}, () => {
    const tries = runs(40);
    const tally = new Tally();
    fc.assert(
      fc.property(fc.nat(), fc.integer({min: 1, max: 4}), (seed, lookahead) => {
        const play = new Play(drawFrom(seed));
        const count = new OvertakeCount();
        let state = beginning({overtakesMax: 2, lookahead});
        for (let i = 0; i < INPUTS_PER_RUN; i++) {
          const next = step(state, play.next(state));
          count.hear(state, next);
          state = next.state;
          if (i % 3 === 0) state = lookOn(state, play, (before, after) => count.hear(before, after));
        }
        expect(count.most).toBeLessThanOrEqual(2);
        expect(state.queue.overtakesMost).toBe(count.most);
        tally.tell(`overtaken ${count.most} times`);
      }),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, {'overtaken 2 times': 0.5})).toEqual([]);
  });
});
