// oxlint-disable typescript/no-deprecated -- RxJS 7 keeps a subclass through `pipe` only by `lift`; RxJS 8 will hide it.
import {
  Observable,
  type Observer,
  type Operator,
  Subscriber,
  type Subscription,
  type TeardownLogic,
} from 'rxjs';

/** Told of what a subscriber threw. Must not throw itself. */
export type SubscriberFault = (error: unknown) => void;

type PartialObserver<T> = Partial<Observer<T>> | ((value: T) => void) | null;

const attempt = (call: () => void, onFault: SubscriberFault): void => {
  try {
    call();
  } catch (fault) {
    onFault(fault);
  }
};

/**
 * An observable whose subscribers cannot harm anybody: one that throws, or that has no handler for an error in
 * its own pipeline, is unsubscribed and reported. With a plain Observable, RxJS would throw it again from a timer
 * and so end the process.
 *
 * `pipe` keeps the protection, because operators build their results through `lift`.
 */
class IsolatedObservable<T> extends Observable<T> {
  readonly #onFault: SubscriberFault;

  constructor(onFault: SubscriberFault, subscribe?: (subscriber: Subscriber<T>) => TeardownLogic) {
    super(subscribe);
    this.#onFault = onFault;
  }

  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new IsolatedObservable<R>(this.#onFault);
    lifted.source = this;
    lifted.operator = operator;
    return lifted;
  }

  override subscribe(
    observerOrNext?: PartialObserver<T>,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // The inner subscribers of operators bring their own handling of errors.
    if (observerOrNext instanceof Subscriber) return super.subscribe(observerOrNext);
    const observer: Partial<Observer<T>> =
      typeof observerOrNext === 'function'
        ? {next: observerOrNext, ...(error && {error}), ...(complete && {complete})}
        : (observerOrNext ?? {});
    const guard = (call: () => void): void => {
      try {
        call();
      } catch (fault) {
        this.#onFault(fault);
        attempt(() => subscription.unsubscribe(), this.#onFault);
      }
    };
    // Declared first: a source may emit while `subscribe` is still running.
    const subscription: Subscriber<T> = new Subscriber<T>({
      next: (value: T) => guard(() => observer.next?.(value)),
      error: (fault: unknown) => {
        if (observer.error) guard(() => observer.error?.(fault));
        else this.#onFault(fault);
      },
      complete: () => guard(() => observer.complete?.()),
    });
    return super.subscribe(subscription);
  }
}

/**
 * The source for readers who can harm nobody. What a reader throws as it is torn down is caught here: RxJS passes it
 * on to whoever made the source emit, and the readers after it would miss the value.
 */
export const isolated = <T>(source: Observable<T>, onFault: SubscriberFault): Observable<T> =>
  new IsolatedObservable<T>(onFault, (subscriber) =>
    source.subscribe({
      next: (value) => attempt(() => subscriber.next(value), onFault),
      error: (error: unknown) => attempt(() => subscriber.error(error), onFault),
      complete: () => attempt(() => subscriber.complete(), onFault),
    }),
  );
