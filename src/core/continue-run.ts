import {Decision, type Step} from './decision.ts';
import {type AttemptExit, type AttemptFailure, failureWithoutExit, type StopCause} from './failures.ts';
import {settleExited} from './reports.ts';
import {cancelTask, failTask, interruptedAttempt, retryOrFail} from './settle.ts';
import type {CoordinatorState} from './state.ts';
import {type Fence, isFinal, isLive, type TaskRecord} from './task.ts';
import {judge} from './verdict.ts';

/** What is known of the run that goes on. */
export interface Continuation {
  /** In ms. */
  readonly at: number;
  /** The number of its first event. */
  readonly since: number;
  /** The limit from here on. */
  readonly maxParallel: number;
  /** How attempts ended that came to their end before anybody was told, by their fences. */
  readonly reached?: ReadonlyMap<Fence, AttemptExit>;
}

/** Why nobody is there any more who could do the task; `null` if somebody is. */
const whyNobody = ({settings}: CoordinatorState, {spec}: TaskRecord): AttemptFailure | null => {
  if (!settings.agentTypes.has(spec.agentType)) {
    const message = `was left of a run that was cut short, and there is no agent type ${spec.agentType} any more`;
    return failureWithoutExit(
      'agent-type-gone',
      message,
      'put it back into the configuration, and run it again',
    );
  }
  if (spec.work.kind === 'function') {
    const message = 'was left of a run that was cut short, and its function went with that process';
    return failureWithoutExit('function-gone', message, 'hand it in again');
  }
  return null;
};

/** Whatever it was stopped for is why it ended, although the run ended first. */
const settleStopped = (decision: Decision, record: TaskRecord, attempt: number, cause: StopCause): void => {
  const how = {kind: 'signalled', signal: 'SIGKILL'} as const;
  const verdict = judge({how, durationMs: 0, logPath: null, tail: [], changed: null}, cause);
  switch (verdict.kind) {
    case 'cancelled':
      return cancelTask(decision, record.spec.id, verdict.reason);
    case 'failed':
      return cause.kind === 'left-behind'
        ? interruptedAttempt(decision, record, attempt)
        : retryOrFail(decision, record, attempt, verdict.failure);
    case 'succeeded':
      throw new Error('Internal error: an attempt that was killed has succeeded');
  }
};

/** Lets go of all that was held, and decides what becomes of each task that had begun. */
const settleInterrupted = (decision: Decision, reached: ReadonlyMap<Fence, AttemptExit>): void => {
  for (const {taskId, fence, attempt, overlapped} of decision.state.lockTable.holds()) {
    const before = decision.state.tasks.get(taskId);
    const isOfTask = before !== undefined && isLive(before.state) && before.state.fence === fence;
    const exit = reached.get(fence);
    if (isOfTask && exit !== undefined) {
      decision.record({type: 'attempt.exited', taskId, fence, exit});
      settleExited(decision, before, {attempt, overlapped}, exit);
      continue;
    }
    decision.record({type: 'attempt.interrupted', taskId, fence});
    const record = decision.state.tasks.get(taskId);
    // What was quarantined is gone now, and its task failed long ago.
    if (!isOfTask || record === undefined) continue;
    if (record.state.name === 'stopping') settleStopped(decision, record, attempt, record.state.cause);
    else interruptedAttempt(decision, record, attempt);
  }
};

/** The tasks that have not ended, in the order in which they came. */
const unfinished = ({tasks}: CoordinatorState): readonly TaskRecord[] =>
  [...tasks.values()].filter(({state}) => !isFinal(state)).toSorted((a, b) => a.arrival - b.arrival);

/** Whatever becomes of one may have ended those that depend on it. */
const endEach = (decision: Decision, end: (record: TaskRecord) => void): void => {
  for (const {spec} of unfinished(decision.state)) {
    const record = decision.state.tasks.get(spec.id);
    if (record !== undefined && !isFinal(record.state)) end(record);
  }
};

const continued = (
  state: CoordinatorState,
  {at, since, maxParallel, reached = new Map()}: Continuation,
): Decision => {
  const decision = new Decision(state, at);
  decision.record({type: 'run.continued', since, maxParallel});
  settleInterrupted(decision, reached);
  return decision;
};

/**
 * Goes on with a run that was cut short, from the state that its events lead to.
 *
 * To be called only when nothing that it started is alive. Each attempt that had no end is interrupted, and its task is
 * tried again if it may be, unless its program came to its end before anybody was told of it: that end counts. Tasks that
 * waited go on waiting; tasks that nobody can do any more fail. Starts nothing: the coordinator has to begin first, so
 * there are no effects.
 */
export const continueRun = (state: CoordinatorState, continuation: Continuation): Step => {
  const decision = continued(state, continuation);
  endEach(decision, (record) => {
    const nobody = whyNobody(decision.state, record);
    if (nobody !== null) failTask(decision, record.spec.id, nobody);
  });
  return decision.done();
};

/** Ends a run that was cut short: whatever of it has not ended is cancelled. The same holds as for `continueRun`. */
export const cancelRun = (state: CoordinatorState, continuation: Continuation, reason: string): Step => {
  const decision = continued(state, continuation);
  endEach(decision, ({spec}) => cancelTask(decision, spec.id, reason));
  return decision.done();
};
