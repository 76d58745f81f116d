import type {Decision} from './decision.ts';
import {type AttemptExit, failureWithoutExit, type StopCause} from './failures.ts';
import type {
  AttemptReport,
  ReportAgentCrashed,
  ReportExited,
  ReportQuarantined,
  ReportStartRefused,
} from './inputs.ts';
import {looked} from './looked.ts';
import {pauseMs, rateLimitIn} from './rate-limit.ts';
import {cancelTask, failTask, retryOrFail, runAgain, succeedTask} from './settle.ts';
import {isLive, type LiveAttempt, type TaskRecord} from './task.ts';
import {unreachable} from './unreachable.ts';
import {judge} from './verdict.ts';

/** The task whose live attempt the report is about; `null` if the report's fence is not the current one. */
const liveRecord = (
  decision: Decision,
  report: AttemptReport,
): {readonly record: TaskRecord; readonly live: LiveAttempt & TaskRecord['state']} | null => {
  const record = decision.state.tasks.get(report.taskId);
  if (record === undefined || !isLive(record.state) || record.state.fence !== report.fence) return null;
  return {record, live: record.state};
};

const stopCause = (record: TaskRecord): StopCause | null =>
  record.state.name === 'stopping' ? record.state.cause : null;

/** Decides what becomes of a task whose attempt is dead. @param record As it was before that was recorded. */
export const settleExited = (
  decision: Decision,
  record: TaskRecord,
  {attempt, overlapped}: {readonly attempt: number; readonly overlapped: boolean},
  exit: AttemptExit,
): void => {
  const verdict = judge(exit, stopCause(record));
  switch (verdict.kind) {
    case 'succeeded':
      if (overlapped) runAgain(decision, record, attempt);
      else succeedTask(decision, {type: 'task.succeeded', taskId: record.spec.id, exit});
      break;
    case 'cancelled':
      cancelTask(decision, record.spec.id, verdict.reason);
      break;
    case 'failed':
      if (verdict.failure.code === 'rate-limited') pauseTags(decision, record, exit);
      retryOrFail(decision, record, attempt, verdict.failure);
      break;
    default:
      unreachable(verdict);
  }
};

/** What the attempt used up rests: for as long as it said, else longer each time. */
const pauseTags = (decision: Decision, {spec}: TaskRecord, exit: AttemptExit): void => {
  const limit = rateLimitIn(exit);
  if (limit === null) return;
  for (const tag of decision.state.settings.agentTypes.get(spec.agentType)?.tags ?? []) {
    const before = decision.state.tagPauses.get(tag);
    const untilMs = decision.at + pauseMs(limit, before?.times ?? 0);
    // Several that run at once find out one after the other: that is one pause.
    const isKnown = before?.untilMs != null && (limit.retryAfterMs === null || untilMs <= before.untilMs);
    if (!isKnown) decision.record({type: 'tag.paused', taskId: spec.id, tag, untilMs});
  }
};

const exited = (decision: Decision, report: ReportExited): void => {
  const {taskId, fence, exit} = report;
  const found = liveRecord(decision, report);
  const hold = decision.state.lockTable.get(fence);
  if (found === null && hold?.quarantined !== true) {
    decision.refuse(report.type, {code: 'E_STALE_FENCE', fence});
    return;
  }
  decision.record({type: 'attempt.exited', taskId, fence, exit});
  // A quarantined attempt ends late: its task failed long ago, now its agent and files are free.
  if (found === null) return;
  const overlapped = hold?.overlapped === true;
  settleExited(decision, found.record, {attempt: found.live.attempt, overlapped}, exit);
};

const quarantined = (
  decision: Decision,
  report: ReportQuarantined,
  record: TaskRecord,
  live: LiveAttempt,
): void => {
  const {taskId, fence, survivors} = report;
  decision.record({type: 'attempt.quarantined', taskId, fence, agentId: live.agentId, survivors});
  const cause = stopCause(record);
  const failure = failureWithoutExit(
    'survived',
    `could not be stopped: ${survivors}`,
    `${live.agentId} and its files stay held until that has ended; end it by hand`,
  );
  if (cause?.kind === 'cancelled' || cause?.kind === 'shutdown') {
    cancelTask(decision, taskId, `${cause.reason}; it could not be stopped: ${survivors}`);
  } else failTask(decision, taskId, failure);
};

const startRefused = (decision: Decision, report: ReportStartRefused, record: TaskRecord): void => {
  const {taskId, fence, agentId, busyWith} = report;
  decision.refuse(report.type, {
    code: 'E_NOT_NOW',
    detail: `${agentId} was told to start attempt ${fence} while it was busy with attempt ${busyWith}`,
  });
  const failure = failureWithoutExit(
    'start-refused',
    `was not started: ${agentId} was busy`,
    'this is a bug in Disjoint: report it',
  );
  const how = {kind: 'not-started' as const, message: failure.message, hint: failure.hint};
  decision.record({
    type: 'attempt.exited',
    taskId,
    fence,
    exit: {how, durationMs: 0, logPath: null, tail: [], changed: null},
  });
  const cause = stopCause(record);
  if (cause?.kind === 'cancelled' || cause?.kind === 'shutdown') cancelTask(decision, taskId, cause.reason);
  else failTask(decision, taskId, failure);
};

/** A report of an agent on its attempt. One with an old fence is recorded and has no other effect. */
export const report = (decision: Decision, input: AttemptReport): void => {
  if (input.type === 'report-exited') {
    exited(decision, input);
    return;
  }
  const found = liveRecord(decision, input);
  const {taskId, fence} = input;
  if (found === null) {
    decision.refuse(input.type, {code: 'E_STALE_FENCE', fence});
    return;
  }
  const {record, live} = found;
  switch (input.type) {
    case 'report-started':
      decision.record({type: 'attempt.started', taskId, fence, program: input.program});
      break;
    case 'report-progress':
      decision.record({type: 'attempt.progressed', taskId, fence, note: input.note});
      break;
    case 'report-stopping':
      // Whoever stopped it first gave the reason; a cancel that came before must not be overwritten.
      if (record.state.name === 'running') {
        decision.record({type: 'attempt.stopping', taskId, fence, cause: input.cause});
      }
      break;
    case 'report-quarantined':
      quarantined(decision, input, record, live);
      break;
    case 'report-start-refused':
      startRefused(decision, input, record);
      break;
    case 'report-looked':
      looked(decision, input, record, live);
      break;
    default:
      unreachable(input);
  }
};

/** The actor of an agent failed: a new one takes its place and makes sure that nothing of its attempt lives on. */
export const agentCrashed = (decision: Decision, {agentId, message}: ReportAgentCrashed): void => {
  const hold = decision.state.lockTable.holderOf(agentId);
  const record = hold === undefined ? undefined : decision.state.tasks.get(hold.taskId);
  decision.record({type: 'agent.replaced', agentId, fence: hold?.fence ?? null, message});
  if (hold === undefined || record === undefined) {
    decision.request({kind: 'replace-agent', agentId, orphan: null});
    return;
  }
  const {taskId, fence, attempt} = hold;
  const cause: StopCause = stopCause(record) ?? {kind: 'agent-crashed', message};
  if (record.state.name === 'running') decision.record({type: 'attempt.stopping', taskId, fence, cause});
  decision.request({kind: 'replace-agent', agentId, orphan: {fence, attempt, spec: record.spec, cause}});
};
