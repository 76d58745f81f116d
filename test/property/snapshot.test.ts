import {isDeepStrictEqual} from 'node:util';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../src/core/events.ts';
import {brokenInvariants} from '../../src/core/invariants.ts';
import {replay} from '../../src/core/replay.ts';
import {restoreState} from '../../src/core/restore-state.ts';
import type {SnapshotPart} from '../../src/core/snapshot.ts';
import {snapshotParts} from '../../src/core/snapshot-parts.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import {eventIn, recordOf} from '../../src/store/sqlite/journal-record.ts';
import {beginning, drawFrom, Play} from '../support/random-play.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {decisionsIn, pictureOf, plain} from '../support/state-picture.ts';
import {Tally} from '../support/tally.ts';

const INPUTS_PER_RUN = 80;

const kept = (events: readonly DisjointEvent[]): readonly DisjointEvent[] =>
  events.map((event) => eventIn(recordOf(event, 1)));

/** Through JSON, as a store gives it back. */
const restored = (state: CoordinatorState): CoordinatorState =>
  restoreState(
    [...snapshotParts(state)].map((part) => JSON.parse(JSON.stringify(part)) as SnapshotPart),
    state.settings,
  );

const sorted = (value: unknown): unknown =>
  Array.isArray(value) ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value;

/** What can be seen of it. Of small tables that were changed often the order says nothing. */
const seen = (state: CoordinatorState): unknown => {
  const picture = plain(pictureOf(state)) as Readonly<Record<string, unknown>>;
  return {...picture, backoffs: sorted(picture['backoffs']), tagPauses: sorted(picture['tagPauses'])};
};

describe('a snapshot', () => {
  test.each(['fair', 'throughput', 'ordered'] as const)(
    'of any moment gives the state of that moment; with the events after it, that of the end; and the same is decided from it (%s)',
    {timeout: 2 * patienceMs},
    (policy) => {
      const tries = runs(6);
      const tally = new Tally();
      fc.assert(
        fc.property(fc.nat(), fc.integer({min: 0, max: 4}), (seed, overtakesMax) => {
          const play = new Play(drawFrom(seed));
          let live = beginning({policy, overtakesMax});
          const moments: {readonly state: CoordinatorState; readonly told: number}[] = [];
          const journal: DisjointEvent[] = [];
          for (let i = 0; i < INPUTS_PER_RUN; i++) {
            const found = restored(live);
            expect(isDeepStrictEqual(seen(found), seen(live)), `step ${i} is the live state`).toBe(true);
            expect(brokenInvariants(found)).toEqual([]);
            moments.push({state: found, told: journal.length});
            const input = play.next(live);
            const next = step(live, input);
            const again = step(found, input);
            expect(decisionsIn(again.events), `step ${i}`).toEqual(decisionsIn(next.events));
            expect(isDeepStrictEqual(plain(again.effects), plain(next.effects))).toBe(true);
            for (const {type} of next.events) tally.tell(type);
            journal.push(...kept(next.events));
            live = next.state;
          }
          const end = seen(live);
          for (const {state, told} of moments) {
            // Every moment would take minutes; each has its turn over the runs.
            if ((told + seed) % 5 !== 0) continue;
            expect(isDeepStrictEqual(seen(replay(state, journal.slice(told))), end), `from ${told}`).toBe(
              true,
            );
          }
        }),
        {numRuns: tries},
      );
      const often = {
        'attempt.dispatched': 10,
        'task.retrying': 0.5,
        'tag.paused': 0.2,
        'attempt.quarantined': 0.2,
      };
      expect(tally.tooRare(tries, often)).toEqual([]);
    },
  );

  test('is made in pieces, none of which grows with the number of tasks', () => {
    const play = new Play(drawFrom(7));
    let state = beginning({});
    while (state.tasks.size < 500) state = step(state, play.next(state)).state;
    const parts = [...snapshotParts(state)];
    const sizes = parts.flatMap((part) => (part.kind === 'tasks' ? [part.tasks.length] : []));
    expect(Math.max(...sizes)).toBe(100);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(state.tasks.size);
    expect(parts[0]).toMatchObject({kind: 'head', seq: state.seq});
  });
});
