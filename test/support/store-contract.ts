import fc from 'fast-check';
import {afterEach, describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../src/core/events.ts';
import type {Store} from '../../src/ports/store.ts';
import {runs} from './seed.ts';

/** How a test makes stores of one kind. */
export interface StoreMaker {
  /** A new, empty store that keeps at least so many of the latest events, and exactly so many if it forgets. */
  readonly make: (eventsKept: number) => Promise<Store>;
  /** Whether it forgets events that are older than the number asked for. */
  readonly forgets: boolean;
}

/** Some event with this number. */
const eventNumber = (seq: number): DisjointEvent => ({
  type: 'limit.changed',
  seq,
  at: 1_000 + seq,
  from: seq,
  to: seq + 1,
});

const batchesOf = (sizes: readonly number[]): readonly (readonly DisjointEvent[])[] => {
  let seq = 0;
  return sizes.map((size) => Array.from({length: size}, () => eventNumber(++seq)));
};

/** What every store promises, whatever it keeps events in. */
export const describeStoreContract = (name: string, {make, forgets}: StoreMaker): void => {
  describe(`${name}, as a store`, () => {
    const stores: Store[] = [];
    const store = async (eventsKept = 10_000): Promise<Store> => {
      const made = await make(eventsKept);
      stores.push(made);
      return made;
    };
    afterEach(async () => {
      await Promise.all(stores.splice(0).map((made) => made.close()));
    });

    test('is empty when it is new', async () => {
      const made = await store();
      await expect(made.read(0)).resolves.toEqual([]);
    });

    test('gives back what was appended, in order, with nothing changed', async () => {
      const made = await store();
      const batches = batchesOf([1, 3, 2]);
      for (const batch of batches) await made.append(batch);
      await expect(made.read(0)).resolves.toEqual(batches.flat());
    });

    test('keeps the order of appends that were not waited for', async () => {
      const made = await store();
      const batches = batchesOf([2, 1, 3, 1]);
      await Promise.all(batches.map((batch) => made.append(batch)));
      await expect(made.read(0)).resolves.toEqual(batches.flat());
    });

    test('takes an append of nothing', async () => {
      const made = await store();
      await made.append([]);
      await made.append([eventNumber(1)]);
      await made.append([]);
      await expect(made.read(0)).resolves.toEqual([eventNumber(1)]);
    });

    test('reads only what comes after a number', async () => {
      const made = await store();
      await made.append(batchesOf([5])[0] ?? []);
      await expect(made.read(2)).resolves.toEqual([3, 4, 5].map(eventNumber));
      await expect(made.read(5)).resolves.toEqual([]);
      await expect(made.read(99)).resolves.toEqual([]);
      await expect(made.read(1, 2)).resolves.toEqual([2, 3].map(eventNumber));
      await expect(made.read(4, 2)).resolves.toEqual([eventNumber(5)]);
    });

    test('knows the number of the last event, also once it is read', async () => {
      const made = await store();
      await expect(made.lastSeq()).resolves.toBe(0);
      await made.append(batchesOf([3])[0] ?? []);
      await expect(made.lastSeq()).resolves.toBe(3);
      await made.append([]);
      await expect(made.lastSeq()).resolves.toBe(3);
    });

    test('gives a reading that later appends do not change', async () => {
      const made = await store();
      await made.append([eventNumber(1)]);
      const before = await made.read(0);
      await made.append([eventNumber(2)]);
      expect(before).toEqual([eventNumber(1)]);
    });

    test('does not hold on to the array it was given', async () => {
      const made = await store();
      const batch = [eventNumber(1)];
      await made.append(batch);
      batch.push(eventNumber(2));
      await expect(made.read(0)).resolves.toEqual([eventNumber(1)]);
    });

    test('can read back at least the latest events, however they were appended', async () => {
      const sizes = fc.array(fc.nat({max: 9}), {maxLength: 12});
      const property = fc.asyncProperty(
        fc.integer({min: 1, max: 20}),
        sizes,
        fc.nat({max: 70}),
        async (kept, lengths, after) => {
          const made = await make(kept);
          const batches = batchesOf(lengths);
          for (const batch of batches) await made.append(batch);
          const events = batches.flat();
          const read = await made.read(after);
          await made.close();
          // An unbroken run up to the last event, at least as long as was asked for.
          expect(read).toEqual(events.slice(Math.max(after, events.length - read.length)));
          const all = Math.max(0, events.length - after);
          expect(read).toHaveLength(forgets ? Math.min(kept, all) : all);
        },
      );
      await fc.assert(property, {numRuns: runs(100)});
    });

    test('may be closed more than once', async () => {
      const made = await store();
      await made.append([eventNumber(1)]);
      await made.close();
      await made.close();
      await Promise.all([made.close(), made.close()]);
      expect(stores).toHaveLength(1);
    });
  });
};
