import {syncBuiltinESMExports} from 'node:module';
import timersModule from 'node:timers';
import timerPromises from 'node:timers/promises';

/** Timers set by our own code and not yet run or cancelled, with the place that set them. */
const timers = new Map<unknown, string>();

const isOurs = (stack: string): boolean =>
  /[/](src|machines|test)[/]/u.test(stack.replaceAll('node_modules', '')) &&
  !stack.includes('node_modules/vitest');

const callers = (): string => new Error().stack?.split('\n').slice(3).join('\n') ?? '';

const watch = (set: typeof setTimeout, once: boolean): typeof setTimeout =>
  ((callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const stack = callers();
    const handle = set(
      (...given: unknown[]) => {
        if (once) timers.delete(handle);
        callback(...given);
      },
      ms,
      ...args,
    );
    if (isOurs(stack)) timers.set(handle, stack);
    return handle;
  }) as unknown as typeof setTimeout;

const unwatch =
  (clear: typeof clearTimeout): typeof clearTimeout =>
  (handle) => {
    timers.delete(handle);
    clear(handle);
  };

/** A promise that a timer fulfils: until then, the timer is set. */
const watchPromise = (set: typeof timerPromises.setTimeout): typeof timerPromises.setTimeout =>
  ((...args: Parameters<typeof set>) => {
    const stack = callers();
    const promise = set(...args);
    if (!isOurs(stack)) return promise;
    timers.set(promise, stack);
    const ended = (): boolean => timers.delete(promise);
    promise.then(ended, ended);
    return promise;
  }) as typeof set;

/** Watches the timers of all three places they can be taken from. Call it before anything else is imported. */
export const watchTimers = (): void => {
  const watched = {
    setTimeout: watch(setTimeout, true),
    setInterval: watch(setInterval as typeof setTimeout, false) as unknown as typeof setInterval,
    clearTimeout: unwatch(clearTimeout),
    clearInterval: unwatch(clearInterval),
  };
  Object.assign(globalThis, watched);
  Object.assign(timersModule, watched);
  Object.assign(timerPromises, {setTimeout: watchPromise(timerPromises.setTimeout)});
  // Imports by name see the change as well.
  syncBuiltinESMExports();
};

/** Where each of those that are still set was set. */
export const timersSet = (): readonly string[] => [...timers.values()];

export const forgetTimers = (): void => timers.clear();
