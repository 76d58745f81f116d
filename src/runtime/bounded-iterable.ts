import type {Observable, Subscription} from 'rxjs';

/** Values of a stream for `for await`, at the reader's own pace. */
export interface BoundedIterable<T> extends AsyncIterableIterator<T> {
  /** How many values were dropped because the reader was too slow. The oldest go first. */
  readonly dropped: number;
}

/**
 * Buffers at most `bufferMax` values for a reader that pulls. RxJS has no back-pressure, so a reader that stops
 * reading would otherwise fill the memory. Ending the loop ends the subscription.
 */
export const boundedIterable = <T>(source: Observable<T>, bufferMax: number): BoundedIterable<T> => {
  const buffer: T[] = [];
  let dropped = 0;
  let ended = false;
  /** Those who asked while there was nothing to read. */
  const waiting: ((result: IteratorResult<T>) => void)[] = [];

  const finish = (): void => {
    ended = true;
    for (const answer of waiting.splice(0)) answer({value: undefined, done: true});
  };
  const subscription: Subscription = source.subscribe({
    next: (value) => {
      const answer = waiting.shift();
      if (answer !== undefined) {
        answer({value, done: false});
        return;
      }
      buffer.push(value);
      if (buffer.length > bufferMax) {
        buffer.shift();
        dropped++;
      }
    },
    error: finish,
    complete: finish,
  });

  return {
    get dropped() {
      return dropped;
    },
    next: () => {
      const value = buffer.shift();
      if (value !== undefined) return Promise.resolve({value, done: false});
      if (ended) return Promise.resolve({value: undefined, done: true});
      return new Promise((resolve) => void waiting.push(resolve));
    },
    return: () => {
      subscription.unsubscribe();
      buffer.length = 0;
      finish();
      return Promise.resolve({value: undefined, done: true});
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
