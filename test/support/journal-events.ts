import type {DisjointEvent} from '../../src/core/events.ts';

/** Who has a journal in tests: a process that is not there. */
export const HOLDER = {pid: 4_711, startedAt: 1, bootId: 'boot', since: 0};

/** Records for a journal, with these numbers. */
export const eventsFrom = (
  first: number,
  last: number,
  reason = 'no longer wanted',
): readonly DisjointEvent[] =>
  Array.from({length: last - first + 1}, (_, i) => ({
    type: 'task.cancelled',
    seq: first + i,
    // Not every number of milliseconds is a whole one.
    at: 1_700_000_000_000.25 + first + i,
    taskId: `T${first + i}`,
    reason,
  }));
