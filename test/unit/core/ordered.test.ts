import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {Ordered} from '../../../src/core/ordered.ts';
import {isBefore, isSamePlace, type Place} from '../../../src/core/place.ts';
import {patienceMs, runs} from '../../support/seed.ts';

interface Named extends Place {
  readonly name: number;
}

const place = fc.record({key: fc.nat(40), arrival: fc.nat(30)});
const act = fc.oneof(
  {weight: 5, arbitrary: fc.record({type: fc.constant('insert' as const), place})},
  {weight: 3, arbitrary: fc.record({type: fc.constant('remove' as const), place})},
  // Long rows in order: nodes fill up, and empty again from one side.
  {
    weight: 1,
    arbitrary: fc.record({type: fc.constantFrom('insert-row', 'remove-row'), place, length: fc.nat(120)}),
  },
);

const row = (from: Place, length: number): readonly Place[] =>
  Array.from({length}, (_, i) => ({key: from.key, arrival: from.arrival + i}));

/** The same as a plain list. */
class Plain {
  readonly things: readonly Named[];

  constructor(things: readonly Named[]) {
    this.things = things;
  }

  insert(thing: Named): Plain {
    return new Plain([...this.remove(thing).things, thing].toSorted((a, b) => (isBefore(a, b) ? -1 : 1)));
  }

  remove(at: Place): Plain {
    return new Plain(this.things.filter((thing) => !isSamePlace(thing, at)));
  }
}

describe('an ordered set', () => {
  test(
    'is the same as a sorted list after every change, and older ones stay as they were',
    () => {
      fc.assert(
        fc.property(
          fc.array(act, {maxLength: 60, size: 'max'}),
          fc.array(place, {maxLength: 8}),
          (acts, asked) => {
            let [ordered, plain] = [Ordered.empty<Named>(), new Plain([])];
            const versions = [{ordered, plain}];
            for (const [name, one] of acts.entries()) {
              const places = 'length' in one ? row(one.place, one.length) : [one.place];
              for (const at of places) {
                const isInsert = one.type === 'insert' || one.type === 'insert-row';
                ordered = isInsert ? ordered.insert({...at, name}) : ordered.remove(at);
                plain = isInsert ? plain.insert({...at, name}) : plain.remove(at);
              }
              versions.push({ordered, plain});
            }
            for (const {
              ordered: set,
              plain: {things},
            } of versions) {
              expect([...set]).toEqual(things);
              expect([set.size, set.first]).toEqual([things.length, things[0]]);
              for (const at of asked) {
                expect(set.get(at)).toEqual(things.find((thing) => isSamePlace(thing, at)));
                const visited: Named[] = [];
                set.visitBefore(at, (thing) => visited.push(thing) === 5);
                expect(visited).toEqual(things.filter((thing) => isBefore(thing, at)).slice(0, 5));
              }
            }
          },
        ),
        {numRuns: runs(150)},
      );
    },
    patienceMs,
  );
});
