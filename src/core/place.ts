/** Where something stands in an order. No two things in one order have the same place. */
export interface Place {
  /** Smaller goes first. */
  readonly key: number;
  /** Breaks ties by order of arrival. */
  readonly arrival: number;
}

/** Before every other place, and after. */
export const AT_THE_START: Place = {key: -Infinity, arrival: -Infinity};
export const AT_THE_END: Place = {key: Infinity, arrival: Infinity};

/** The key of who goes before all that have a turn of their own. A number that JSON knows. */
export const FRONT = -Number.MAX_VALUE;

/** Is the first one's turn before the other's? */
export const isBefore = (a: Place, b: Place): boolean =>
  a.key < b.key || (a.key === b.key && a.arrival < b.arrival);

export const isSamePlace = (a: Place, b: Place): boolean => a.key === b.key && a.arrival === b.arrival;

/**
 * The static key of (priority with linear aging, arrival): one level of priority is worth `agingMs` of waiting.
 *
 * A task submitted at time t is overtaken in the order only by tasks that came less than (difference of
 * priority x agingMs) later, so a low priority waits within a bound.
 */
export const orderKey = (submittedAt: number, priority: number, agingMs: number): number =>
  submittedAt - priority * agingMs;
