import type {StopLadder} from './agent-type.ts';
import type {StopCause} from './failures.ts';
import type {Fence, TaskSpec} from './task.ts';

/** One attempt as it is given to an agent. */
export interface Assignment {
  readonly fence: Fence;
  readonly attempt: number;
  readonly spec: TaskSpec;
  readonly ladder: StopLadder;
}

/** An assignment with its deadlines, all in ms on the clock that `at` comes from; `null` if there is none. */
export interface ActiveAttempt extends Assignment {
  /** True if the processes were started by another actor, which failed. */
  readonly adopted: boolean;
  readonly timeoutAt: number | null;
  readonly quietAt: number | null;
  /** When the next rung of the stop ladder is due. */
  readonly rungAt: number | null;
}

/** Activity is reported at most once in this time (ms), so a quiet timeout may come that much late; never early. */
export const ACTIVITY_RESOLUTION_MS = 250;

const after = (at: number, ms: number | null): number | null => (ms === null ? null : at + ms);

const quietFrom = ({spec}: Assignment, at: number): number | null =>
  after(at, spec.quietTimeoutMs === null ? null : spec.quietTimeoutMs + ACTIVITY_RESOLUTION_MS);

export const beginAttempt = (assignment: Assignment, at: number): ActiveAttempt => ({
  ...assignment,
  adopted: false,
  timeoutAt: after(at, assignment.spec.timeoutMs),
  quietAt: quietFrom(assignment, at),
  rungAt: null,
});

/** Takes over what another actor left: there is nothing to time, only something to end. */
export const adoptAttempt = (assignment: Assignment): ActiveAttempt => ({
  ...assignment,
  adopted: true,
  timeoutAt: null,
  quietAt: null,
  rungAt: null,
});

/** It said something: the quiet timeout begins anew. */
export const noteActivity = (active: ActiveAttempt, at: number): ActiveAttempt => ({
  ...active,
  quietAt: quietFrom(active, at),
});

/** Enters a rung of the ladder: from here on only the rung has a deadline. */
export const enterRung = (active: ActiveAttempt, at: number, rung: keyof StopLadder): ActiveAttempt => ({
  ...active,
  timeoutAt: null,
  quietAt: null,
  rungAt: at + active.ladder[rung],
});

/** Quarantine waits for the operating system alone. */
export const withoutDeadlines = (active: ActiveAttempt): ActiveAttempt => ({
  ...active,
  timeoutAt: null,
  quietAt: null,
  rungAt: null,
});

/** Why the attempt has to be stopped now; `null` if it may go on. */
export const overdue = (active: ActiveAttempt, at: number): StopCause | null => {
  const {timeoutMs, quietTimeoutMs} = active.spec;
  if (active.timeoutAt !== null && timeoutMs !== null && at >= active.timeoutAt) {
    return {kind: 'timed-out', afterMs: timeoutMs};
  }
  if (active.quietAt !== null && quietTimeoutMs !== null && at >= active.quietAt) {
    return {kind: 'quiet', afterMs: quietTimeoutMs};
  }
  return null;
};

export const isRungDue = (active: ActiveAttempt, at: number): boolean =>
  active.rungAt !== null && at >= active.rungAt;

/** When somebody has to look at the attempt next; `null` if only its own reports matter. */
export const nextDeadline = (active: ActiveAttempt): number | null => {
  const deadlines = [active.timeoutAt, active.quietAt, active.rungAt].filter((at) => at !== null);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
};
