import type {IdleTimes} from './accounting.ts';
import {chargedUntil} from './idle-slots.ts';
import {describeLowerBound, type LowerBound, lowerBound} from './lower-bound.ts';
import type {CoordinatorState} from './state.ts';
import {tagBounds} from './tags.ts';
import {isFinal} from './task.ts';

/** What a run came to. Times in ms. */
export interface RunSummary {
  readonly type: 'run.summary';
  readonly tasks: {
    readonly total: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly skipped: number;
  };
  readonly wallMs: number;
  /** What the same attempts would have taken one after the other: the sum of their durations. */
  readonly sequentialMs: number;
  /** `sequentialMs` ÷ `wallMs`; 1 if nothing ran. */
  readonly speedup: number;
  /** No schedule that keeps the rules could have been shorter. */
  readonly lowerBoundMs: number;
  readonly lowerBoundBy: string;
  /** `lowerBoundMs` ÷ `wallMs`: 1 if no schedule could have been shorter, or nothing ran. */
  readonly efficiency: number;
  /** The limit, summed over each millisecond in which some task had not ended. */
  readonly slotMs: number;
  /** How much of it did no work: exactly the sum of `idleByCauseMs`. */
  readonly idleMs: number;
  /** What kept slots from working: the rule is in the documentation of the schedule. */
  readonly idleByCauseMs: IdleTimes;
  readonly maxConcurrent: number;
  readonly overtakesMax: number;
}

/** The lower bound of what has run so far, from the time each task really took. */
const measuredLowerBound = (state: CoordinatorState): LowerBound => {
  const tasks = state.tasks
    .valueSeq()
    .map((record) => ({spec: record.spec, workMs: record.workedMs}))
    .toArray();
  const instancesOf = (name: string): number => state.settings.agentTypes.get(name)?.instances ?? 1;
  // Under a limit that was lowered meanwhile, more may have run at once than it allows.
  return lowerBound(tasks, state.maxParallelHighest, instancesOf, tagBounds(state.settings));
};

/** From the first submission to the end of the last task, or to `now` if some have not ended, without times of absence. */
const wallTime = (state: CoordinatorState, now: number): number => {
  let since = Number.POSITIVE_INFINITY;
  let until = Number.NEGATIVE_INFINITY;
  for (const {submittedAt, state: current} of state.tasks.values()) {
    since = Math.min(since, submittedAt);
    until = Math.max(until, isFinal(current) ? current.endedAt : now);
  }
  return state.tasks.size === 0 ? 0 : Math.max(0, until - since - state.absentMs);
};

/** What came of all tasks, as of `now` (ms). The largest limit that they ran under counts for the bound. */
export const summarize = (state: CoordinatorState, now: number): RunSummary => {
  const wallMs = wallTime(state, now);
  const sequentialMs = state.tasks.reduce((sum, record) => sum + record.workedMs, 0);
  const bound = measuredLowerBound(state);
  const {slotMs, idleMs: idleByCauseMs} = chargedUntil(state, now);
  const {succeeded, failed, cancelled, skipped} = state.counts;
  return {
    type: 'run.summary',
    tasks: {total: state.tasks.size, succeeded, failed, cancelled, skipped},
    wallMs,
    sequentialMs,
    speedup: wallMs > 0 && sequentialMs > 0 ? Number((sequentialMs / wallMs).toFixed(2)) : 1,
    lowerBoundMs: Math.round(bound.ms),
    lowerBoundBy: describeLowerBound(bound.by),
    efficiency: wallMs > 0 && sequentialMs > 0 ? Number((bound.ms / wallMs).toFixed(2)) : 1,
    slotMs,
    idleMs: Object.values(idleByCauseMs).reduce((sum, ms) => sum + ms, 0),
    idleByCauseMs,
    maxConcurrent: state.concurrentMax,
    overtakesMax: state.queue.overtakesMost,
  };
};
