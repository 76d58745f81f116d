import {defer, distinctUntilChanged, filter, map, type Observable, Subject, startWith} from 'rxjs';
import type {DisjointEvent} from '../core/events.ts';
import {tasksOf} from '../core/events.ts';
import type {CoordinatorState} from '../core/state.ts';
import type {TaskId} from '../core/task.ts';
import {type Status, viewStatus} from '../core/view.ts';
import type {OutputChannel} from '../ports/executor.ts';
import {isolated, type SubscriberFault} from './isolated-observable.ts';

/** One line that a task printed. */
export interface OutputLine {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly channel: OutputChannel;
  readonly text: string;
}

/**
 * Everything readers can follow. The write side is the runtime's alone.
 *
 * A throwing subscriber is cut off and reported; it harms neither the others nor the runtime.
 */
export class Streams {
  readonly #events = new Subject<DisjointEvent>();
  readonly #output = new Subject<OutputLine>();
  readonly #gaps = new Subject<number>();
  readonly #states = new Subject<CoordinatorState>();
  #state: CoordinatorState;
  /** Each committed event once, in order of `seq`. Does not replay. */
  readonly events$: Observable<DisjointEvent>;
  /** The current status at once, then one after the events of each commit. */
  readonly status$: Observable<Status>;
  /** What all tasks print. Does not replay. */
  readonly output$: Observable<OutputLine>;
  /** At least how long (ms) this process stood still, each time that it did. Does not replay. */
  readonly gaps$: Observable<number>;

  constructor(initial: CoordinatorState, onFault: SubscriberFault) {
    this.#state = initial;
    this.events$ = isolated(this.#events, onFault);
    this.output$ = isolated(this.#output, onFault);
    this.gaps$ = isolated(this.#gaps, onFault);
    // Not a BehaviorSubject: who subscribes while events are told would be given the state before them.
    const states$ = defer(() => this.#states.pipe(startWith(this.#state), distinctUntilChanged()));
    this.status$ = isolated(states$.pipe(map(viewStatus)), onFault);
  }

  /** The state after the last commit. */
  get state(): CoordinatorState {
    return this.#state;
  }

  eventsOf(taskId: TaskId): Observable<DisjointEvent> {
    return this.events$.pipe(filter((event) => tasksOf(event).includes(taskId)));
  }

  outputOf(taskId: TaskId): Observable<OutputLine> {
    return this.output$.pipe(filter((line) => line.taskId === taskId));
  }

  /** From here on this is the state, for whoever asks. It is told with the events that led to it. */
  moveTo(state: CoordinatorState): void {
    this.#state = state;
  }

  /** Tells the events that led to the state of now, then that state. */
  tell(events: readonly DisjointEvent[]): void {
    const state = this.#state;
    for (const event of events) this.#events.next(event);
    this.#states.next(state);
  }

  printed(line: OutputLine): void {
    this.#output.next(line);
  }

  stoodStill(gapMs: number): void {
    this.#gaps.next(gapMs);
  }

  complete(): void {
    this.#events.complete();
    this.#states.complete();
    this.#output.complete();
    this.#gaps.complete();
  }
}
