import type {Clock, Timer} from '../ports/clock.ts';

/** The longest a platform timer can wait; a longer one would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The clock of this machine: starts at the wall time and then only ever goes forward, one ms per ms. */
export const systemClock: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  setTimer: (callback, ms): Timer => {
    const handle = setTimeout(callback, Math.min(Math.max(0, ms), TIMER_MS_MAX));
    return {cancel: () => clearTimeout(handle)};
  },
};
