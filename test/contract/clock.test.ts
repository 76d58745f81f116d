import {expect, test} from 'vitest';
import {systemClock} from '../../src/runtime/system-clock.ts';
import {SimulatedClock} from '../../src/testing/index.ts';
import {describeClockContract} from '../support/clock-contract.ts';

describeClockContract('systemClock', () => ({
  clock: systemClock,
  pass: async (ms) => {
    // A real clock has to be waited for: a timer set now runs after all that was due before it.
    await new Promise<void>((resolve) => void systemClock.setTimer(resolve, ms));
  },
}));

describeClockContract('SimulatedClock', () => {
  const clock = new SimulatedClock(1_000);
  return {
    clock,
    pass: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
  };
});

test('the simulated clock shows each timer its own moment, to the millisecond', () => {
  const clock = new SimulatedClock(1_000);
  const calls: [name: string, at: number][] = [];
  const call = (name: string) => (): void => void calls.push([name, clock.now()]);
  clock.setTimer(call('b'), 12);
  clock.setTimer(() => {
    call('a')();
    clock.setTimer(call('set meanwhile'), 5);
  }, 10);
  clock.advance(100);
  expect(calls).toEqual([
    ['a', 1_010],
    ['b', 1_012],
    ['set meanwhile', 1_015],
  ]);
  expect(clock.now()).toBe(1_100);
});

test('the simulated clock goes from timer to timer, and says when there is none', () => {
  const clock = new SimulatedClock();
  clock.setTimer(() => {}, 7);
  clock.setTimer(() => {}, 3);
  expect([clock.timers, clock.runNext(), clock.now()]).toEqual([2, true, 3]);
  expect([clock.timers, clock.runNext(), clock.now()]).toEqual([1, true, 7]);
  expect([clock.timers, clock.runNext(), clock.now()]).toEqual([0, false, 7]);
});

test('the system clock starts at the time of day', () => {
  // Both are read a moment apart, and the wall clock may have been set since the process began.
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000);
});
