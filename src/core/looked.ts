import {blockersFor} from './admission.ts';
import type {Decision} from './decision.ts';
import {failureWithoutExit} from './failures.ts';
import type {ReportLooked} from './inputs.ts';
import {reclaim} from './reclaim.ts';
import {cancelTask, failTask} from './settle.ts';
import type {LiveAttempt, TaskRecord} from './task.ts';

/** An attempt that will not be started after all: nothing of it ever ran. */
const callOff = (decision: Decision, {taskId, fence}: ReportLooked, message: string, hint: string): void => {
  const how = {kind: 'not-started' as const, message, hint};
  const exit = {how, durationMs: 0, logPath: null, tail: [], changed: null};
  decision.record({type: 'attempt.exited', taskId, fence, exit});
};

const lookedAtStart = (
  decision: Decision,
  report: ReportLooked,
  record: TaskRecord,
  live: LiveAttempt,
): void => {
  const {taskId, fence} = report;
  if (record.state.name === 'stopping') {
    // It was told to stop while it was looked at what it claims.
    const {cause} = record.state;
    callOff(decision, report, 'it was stopped first', 'nothing to do');
    cancelTask(decision, taskId, 'reason' in cause ? cause.reason : 'it was stopped before it started');
    return;
  }
  const sets = reclaim(record.spec, decision.state.settings, (path) => report.looks.get(path));
  if (!sets.ok) {
    const {message, hint} = sets.failure;
    callOff(decision, report, message, hint);
    failTask(decision, taskId, failureWithoutExit('not-started', `could not start: ${message}`, hint));
    return;
  }
  const blockers = blockersFor(decision.state.lockTable.collisions(sets.value, fence));
  if (blockers.length > 0) {
    decision.record({type: 'attempt.overlapped', taskId, fence, when: 'start', ...sets.value, blockers});
    return;
  }
  decision.record({type: 'claims.changed', taskId, fence, when: 'start', ...sets.value});
  const {spec} = decision.state.tasks.get(taskId) ?? record;
  const {agentId, attempt} = live;
  decision.request({kind: 'start-attempt', agentId, fence, attempt, spec, looked: true});
};

const lookedAtEnd = (decision: Decision, report: ReportLooked, record: TaskRecord): void => {
  const {taskId, fence} = report;
  const sets = reclaim(record.spec, decision.state.settings, (path) => report.looks.get(path));
  if (!sets.ok) {
    decision.refuse(report.type, {code: 'E_CLAIM', taskId, failure: sets.failure});
    return;
  }
  const blockers = blockersFor(decision.state.lockTable.collisions(sets.value, fence));
  if (blockers.length === 0)
    decision.record({type: 'claims.changed', taskId, fence, when: 'end', ...sets.value});
  else decision.record({type: 'attempt.overlapped', taskId, fence, when: 'end', ...sets.value, blockers});
};

/**
 * The claims of an attempt were looked at again, and stand for other files than before.
 *
 * Just before the start they are taken as they are now; if they overlap those of a running attempt, the task goes back
 * to the queue. At the end an overlap means that both may have written one file.
 */
export const looked = (
  decision: Decision,
  report: ReportLooked,
  record: TaskRecord,
  live: LiveAttempt,
): void =>
  report.when === 'start'
    ? lookedAtStart(decision, report, record, live)
    : lookedAtEnd(decision, report, record);
