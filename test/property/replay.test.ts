import {isDeepStrictEqual} from 'node:util';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../src/core/events.ts';
import {evolve} from '../../src/core/evolve.ts';
import {replay} from '../../src/core/replay.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import {eventIn, recordOf} from '../../src/store/sqlite/journal-record.ts';
import {beginning, drawFrom, Play} from '../support/random-play.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {decisionsIn, pictureOf, plain} from '../support/state-picture.ts';
import {Tally} from '../support/tally.ts';

const INPUTS_PER_RUN = 100;

/** The events as a journal gives them back: through JSON, where nothing is shared and `undefined` is not said. */
const kept = (events: readonly DisjointEvent[]): readonly DisjointEvent[] =>
  events.map((event) => eventIn(recordOf(event, 1)));

const isSame = (live: CoordinatorState, replayed: CoordinatorState): boolean =>
  isDeepStrictEqual(plain(pictureOf(live)), plain(pictureOf(replayed)));

describe('replaying the journal', () => {
  test.each(['fair', 'throughput', 'ordered'] as const)(
    'gives the live state after every step, and decides the same from there (%s)',
    {timeout: 2 * patienceMs},
    (policy) => {
      const tries = runs(6);
      const tally = new Tally();
      fc.assert(
        fc.property(fc.nat(), fc.integer({min: 0, max: 4}), (seed, overtakesMax) => {
          const play = new Play(drawFrom(seed));
          const initial = beginning({policy, overtakesMax});
          let live = initial;
          let replayed = initial;
          const journal: DisjointEvent[] = [];
          for (let i = 0; i < INPUTS_PER_RUN; i++) {
            const input = play.next(live);
            const next = step(live, input);
            // What is replayed has looked at nothing yet, and must come to the same all the same.
            const again = step(replayed, input);
            expect(decisionsIn(again.events), `step ${i}`).toEqual(decisionsIn(next.events));
            expect(isDeepStrictEqual(plain(again.effects), plain(next.effects))).toBe(true);
            for (const event of kept(next.events)) {
              replayed = evolve(replayed, event);
              tally.tell(event.type);
            }
            live = next.state;
            journal.push(...kept(next.events));
            expect(isSame(live, replayed), `step ${i} is the live state`).toBe(true);
          }
          expect(isSame(live, replay(initial, journal))).toBe(true);
        }),
        {numRuns: tries},
      );
      expect(
        tally.tooRare(tries, {
          'attempt.dispatched': 12,
          'task.retrying': 0.5,
          'tag.paused': 0.3,
          'attempt.quarantined': 0.2,
          'priority.changed': 0.1,
          'resources.changed': 0.2,
        }),
      ).toEqual([]);
    },
  );
});
