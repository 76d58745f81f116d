import {describe, expect, test} from 'vitest';
import type {Clock} from '../../src/ports/clock.ts';

/** A clock, and how a test lets its time pass. */
export interface ClockUnderTest {
  readonly clock: Clock;
  /** Resolves when at least `ms` milliseconds of this clock have passed and all that was due has run. */
  readonly pass: (ms: number) => Promise<void>;
}

/** What every clock promises. Durations are small, because one of the clocks is real. */
export const describeClockContract = (name: string, make: () => ClockUnderTest): void => {
  describe(`${name}, as a clock`, () => {
    test('tells whole milliseconds that never go back', async () => {
      const {clock, pass} = make();
      const times = [clock.now()];
      for (let i = 0; i < 5; i++) {
        await pass(3);
        times.push(clock.now());
      }
      expect(times.every(Number.isInteger)).toBe(true);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[5]! - times[0]!).toBeGreaterThanOrEqual(10);
    });

    test('calls back once, not before the time', async () => {
      const {clock, pass} = make();
      const due = clock.now() + 20;
      const calls: number[] = [];
      clock.setTimer(() => void calls.push(clock.now()), 20);
      expect(calls).toEqual([]);
      await pass(60);
      expect(calls).toHaveLength(1);
      // The platform rounds down to whole milliseconds on its way.
      expect(calls[0]).toBeGreaterThanOrEqual(due - 1);
    });

    test('calls back in the order of time, and then of setting', async () => {
      const {clock, pass} = make();
      const order: string[] = [];
      clock.setTimer(() => void order.push('late'), 40);
      clock.setTimer(() => void order.push('early'), 10);
      clock.setTimer(() => void order.push('early, set later'), 10);
      clock.setTimer(() => void order.push('at once'), 0);
      await pass(100);
      expect(order).toEqual(['at once', 'early', 'early, set later', 'late']);
    });

    test('calls a timer that is set meanwhile, not before its own time', async () => {
      const {clock, pass} = make();
      const calls: number[] = [];
      const both = new Promise<void>((resolve) => {
        clock.setTimer(() => {
          calls.push(clock.now());
          clock.setTimer(() => {
            calls.push(clock.now());
            resolve();
          }, 20);
        }, 10);
      });
      await pass(50);
      await both;
      expect(calls[1]! - calls[0]!).toBeGreaterThanOrEqual(19);
    });

    test('does not call back what was cancelled, also if that was on the way', async () => {
      const {clock, pass} = make();
      const order: string[] = [];
      const cancelled = clock.setTimer(() => void order.push('cancelled'), 10);
      const later = clock.setTimer(() => void order.push('cancelled on the way'), 60);
      clock.setTimer(() => {
        order.push('kept');
        later.cancel();
      }, 20);
      cancelled.cancel();
      cancelled.cancel();
      await pass(100);
      expect(order).toEqual(['kept']);
      later.cancel();
    });

    test('takes a negative time as at once', async () => {
      const {clock, pass} = make();
      const calls: string[] = [];
      clock.setTimer(() => void calls.push('called'), -5);
      expect(calls).toEqual([]);
      await pass(20);
      expect(calls).toEqual(['called']);
    });

    test('does not call back at once what is longer than a platform timer can wait', async () => {
      const {clock, pass} = make();
      const calls: string[] = [];
      const timer = clock.setTimer(() => void calls.push('called'), 2 ** 31);
      await pass(20);
      timer.cancel();
      expect(calls).toEqual([]);
    });
  });
};
