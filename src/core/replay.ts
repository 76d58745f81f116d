import type {DisjointEvent} from './events.ts';
import {evolve} from './evolve.ts';
import type {CoordinatorState} from './state.ts';

/**
 * The state that events lead to, from the one they began in: what the live run had after the last of them, and from which
 * it decides the same.
 *
 * Only what the queue had found out of what its tasks wait for is not in events: that is found again at the next look.
 */
export const replay = (initial: CoordinatorState, events: readonly DisjointEvent[]): CoordinatorState =>
  events.reduce(evolve, initial);
