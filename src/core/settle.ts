import type {Decision} from './decision.ts';
import {type AttemptFailure, failureWithoutExit} from './failures.ts';
import {RATE_LIMITED_FREE} from './rate-limit.ts';
import {backoffMs} from './retry.ts';
import type {TaskId, TaskRecord} from './task.ts';

/** Ends or queues the tasks that waited for this one, and those that waited for them. */
const tellDependents = (decision: Decision, taskId: TaskId): void => {
  const ended: TaskId[] = [taskId];
  for (let dependency = ended.pop(); dependency !== undefined; dependency = ended.pop()) {
    const outcome = decision.state.tasks.get(dependency)?.state.name;
    for (const dependent of decision.state.dependents.get(dependency) ?? []) {
      const waiting = decision.state.tasks.get(dependent)?.state;
      if (waiting?.name !== 'waiting') continue;
      if (outcome === 'succeeded') {
        if (waiting.unmet === 0) decision.record({type: 'task.queued', taskId: dependent, attempt: 1});
      } else if (outcome === 'failed' || outcome === 'cancelled' || outcome === 'skipped') {
        decision.record({type: 'task.skipped', taskId: dependent, because: {dependency, outcome}});
        ended.push(dependent);
      }
    }
  }
};

export const cancelTask = (decision: Decision, taskId: TaskId, reason: string): void => {
  decision.record({type: 'task.cancelled', taskId, reason});
  tellDependents(decision, taskId);
};

export const failTask = (decision: Decision, taskId: TaskId, failure: AttemptFailure): void => {
  decision.record({type: 'task.failed', taskId, failure});
  tellDependents(decision, taskId);
};

export const succeedTask = (
  decision: Decision,
  event: Parameters<Decision['record']>[0] & {readonly type: 'task.succeeded'},
): void => {
  decision.record(event);
  tellDependents(decision, event.taskId);
};

/** So many interruptions cost a task none of its attempts: it could have done nothing about them. */
const INTERRUPTED_FREE = 3;

const freeOfInterruptions = ({interrupted}: TaskRecord): number => Math.min(interrupted, INTERRUPTED_FREE);

/**
 * An attempt was cut short together with its run: the next one comes at once. A task that is there whenever that happens
 * may be what brings the machine down, so after some times it costs attempts, and in the end the task fails.
 */
export const interruptedAttempt = (decision: Decision, record: TaskRecord, attempt: number): void => {
  const {id, retry} = record.spec;
  if (attempt < retry.maxAttempts + freeOfInterruptions(record)) {
    decision.record({type: 'task.queued', taskId: id, attempt: attempt + 1});
    return;
  }
  const message = `was interrupted ${record.interrupted} times, together with the whole run`;
  const hint = 'find out whether it brings the machine down, then run it again';
  failTask(decision, id, failureWithoutExit('interrupted', message, hint));
};

/** A failed attempt: tried again after its back-off, or the end of the task. */
export const retryOrFail = (
  decision: Decision,
  record: TaskRecord,
  attempt: number,
  failure: AttemptFailure,
): void => {
  const {id, retry, agentType} = record.spec;
  const isTagged = (decision.state.settings.agentTypes.get(agentType)?.tags.length ?? 0) > 0;
  // While a tag rests the attempt could have known no better.
  const free = failure.code === 'rate-limited' && isTagged ? record.rateLimited + 1 : record.rateLimited;
  const attemptsMost =
    retry.maxAttempts + (isTagged ? Math.min(free, RATE_LIMITED_FREE) : 0) + freeOfInterruptions(record);
  // Once nothing new starts, no further attempt will come: the task ends as what it came to.
  const isOver = decision.state.mode === 'draining' || decision.state.mode === 'stopped';
  if (attempt >= attemptsMost || isOver) {
    failTask(decision, id, failure);
    return;
  }
  const untilMs = decision.at + backoffMs(retry, id, attempt);
  decision.record({type: 'task.retrying', taskId: id, attempt: attempt + 1, untilMs, failure});
};

/**
 * An attempt succeeded, but its claims turned out to overlap those of another that ran beside it: it is queued once
 * more than its retries allow, and then waits for the other. If that happens again, it fails.
 */
export const runAgain = (decision: Decision, record: TaskRecord, attempt: number): void => {
  const {id, retry} = record.spec;
  const isOver = decision.state.mode === 'draining' || decision.state.mode === 'stopped';
  if (attempt <= retry.maxAttempts + freeOfInterruptions(record) && !isOver) {
    decision.record({type: 'task.queued', taskId: id, attempt: attempt + 1});
    return;
  }
  const message = 'wrote while another task held a file that it claims';
  failTask(
    decision,
    id,
    failureWithoutExit('overlapped', message, 'look at what both changed, and run it again'),
  );
};

/** Queues a new task, leaves it waiting, or skips it because a dependency can no longer succeed. */
export const placeNewTask = (decision: Decision, taskId: TaskId): void => {
  const record = decision.state.tasks.get(taskId);
  if (record?.state.name !== 'waiting') return;
  for (const dependency of record.spec.dependsOn) {
    const outcome = decision.state.tasks.get(dependency)?.state.name;
    if (outcome === 'failed' || outcome === 'cancelled' || outcome === 'skipped') {
      decision.record({type: 'task.skipped', taskId, because: {dependency, outcome}});
      tellDependents(decision, taskId);
      return;
    }
  }
  if (record.state.unmet === 0) decision.record({type: 'task.queued', taskId, attempt: 1});
};
