import {FIRST_PAIR, fileBlockers} from './admission.ts';
import type {LookUp} from './claim/look.ts';
import type {Decision} from './decision.ts';
import {failureWithoutExit} from './failures.ts';
import type {ReportLooked} from './inputs.ts';
import type {ClaimSets, Collision, Hold} from './lock-table.ts';
import {refuseWrites} from './may-write.ts';
import {isSameClaims, reclaim, reclaimed} from './reclaim.ts';
import {describeRefusal, type Refusal} from './refusals.ts';
import {fail, ok, type Result} from './result.ts';
import {cancelTask, failTask} from './settle.ts';
import {type Fence, isLive, type LiveAttempt, type TaskRecord} from './task.ts';

/** What was seen of a path; of what nobody looked at this time, nothing. */
const lookIn =
  ({looks}: ReportLooked): LookUp =>
  (path) =>
    looks.get(path);

/** The claims of a task as the disk shows them now, if it may still have them. */
const startable = (
  decision: Decision,
  report: ReportLooked,
  {spec}: TaskRecord,
): Result<ClaimSets, Refusal> => {
  const {settings} = decision.state;
  const sets = reclaim(spec, settings, lookIn(report));
  if (!sets.ok) return fail({code: 'E_CLAIM', taskId: spec.id, failure: sets.failure});
  const type = settings.agentTypes.get(spec.agentType);
  if (type === undefined) throw new Error(`Internal error: no agent type ${spec.agentType}`);
  // A task that only reads has nothing to be refused for.
  const writer = {taskId: spec.id, type, sensitive: spec.sensitive};
  const refusal = refuseWrites(writer, sets.value.writes, [...settings.agentTypes.values()]);
  return refusal === null ? ok(sets.value) : fail(refusal);
};

/**
 * The attempt holds other claims from here on. If they overlap those of others, both may have written one file: whose work
 * is left there nobody knows, so neither is believed.
 */
const changeRunning = (
  decision: Decision,
  {taskId, fence}: Hold,
  sets: ClaimSets,
  when: 'running' | 'end',
  collisions: readonly Collision[],
): void => {
  const blockers = fileBlockers(decision.state, collisions, FIRST_PAIR);
  if (blockers.length === 0) {
    decision.record({type: 'claims.changed', taskId, fence, when, ...sets});
    return;
  }
  decision.record({type: 'attempt.overlapped', taskId, fence, when, ...sets, blockers});
  for (const {holder} of collisions) distrust(decision, holder, fence);
};

/** Another attempt came to overlap this one, which goes on as it is. */
const distrust = (decision: Decision, {taskId, fence, overlapped}: Hold, other: Fence): void => {
  const record = decision.state.tasks.get(taskId);
  if (overlapped || record === undefined || !isLive(record.state) || record.state.fence !== fence) return;
  const {writes, reads} = record.spec;
  const collisions = decision.state.lockTable
    .collisions({writes, reads}, FIRST_PAIR.pairsMax, fence)
    .filter(({holder}) => holder.fence === other);
  const blockers = fileBlockers(decision.state, collisions, FIRST_PAIR);
  decision.record({type: 'attempt.overlapped', taskId, fence, when: 'running', writes, reads, blockers});
};

/** Is all of this held already, in one form or another? A hold only grows. */
const isHeld = (hold: Hold, {writes, reads}: ClaimSets): boolean => {
  const known = new Set([...hold.writes, ...hold.reads].map((claim) => JSON.stringify(claim)));
  return [...writes, ...reads].every((claim) => known.has(JSON.stringify(claim)));
};

/**
 * What runs may have come to stand for other files as well: a link was moved, or a file got a second name. Looks at all
 * but the attempt that the report is about.
 */
const lookAtOthers = (decision: Decision, report: ReportLooked): void => {
  for (const hold of decision.state.lockTable.holds()) {
    const record = decision.state.tasks.get(hold.taskId);
    const isItself = hold.fence === report.fence;
    const isToCome = report.yetToStart.includes(hold.fence);
    if (isItself || isToCome || record === undefined) continue;
    const isRunning = isLive(record.state) && record.state.fence === hold.fence;
    // What could not be stopped can still write, whatever became of its task.
    if (!isRunning && !hold.quarantined) continue;
    const {sets} = reclaimed(record.spec, decision.state.settings, lookIn(report));
    if (isSameClaims(sets, record.spec) || (hold.quarantined && isHeld(hold, sets))) continue;
    if (hold.quarantined) {
      const {taskId, fence} = hold;
      const others = decision.state.lockTable.collisions(sets, FIRST_PAIR.pairsMax, fence);
      decision.record({type: 'claims.changed', taskId, fence, when: 'running', ...sets});
      for (const {holder} of others) if (holder.fence !== report.fence) distrust(decision, holder, fence);
      continue;
    }
    const collisions = decision.state.lockTable
      .collisions(sets, FIRST_PAIR.pairsMax, hold.fence)
      // Who has not started yet is looked at after this, and is the one to wait.
      .filter(({holder}) => report.when === 'end' || holder.fence !== report.fence);
    changeRunning(decision, hold, sets, 'running', collisions);
  }
};

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
  lookAtOthers(decision, report);
  const sets = startable(decision, report, record);
  if (!sets.ok) {
    const {message, hint} =
      sets.failure.code === 'E_CLAIM' ? sets.failure.failure : describeRefusal(sets.failure);
    callOff(decision, report, message, hint);
    failTask(decision, taskId, failureWithoutExit('not-started', `could not start: ${message}`, hint));
    return;
  }
  const blockers = fileBlockers(
    decision.state,
    decision.state.lockTable.collisions(sets.value, FIRST_PAIR.pairsMax, fence),
    FIRST_PAIR,
  );
  if (blockers.length > 0) {
    decision.record({type: 'attempt.overlapped', taskId, fence, when: 'start', ...sets.value, blockers});
    return;
  }
  // Also where only those of its neighbours have changed: nothing is started that no event tells of.
  decision.record({type: 'claims.changed', taskId, fence, when: 'start', ...sets.value});
  const {spec} = decision.state.tasks.get(taskId) ?? record;
  const {agentId, attempt} = live;
  decision.request({kind: 'start-attempt', agentId, fence, attempt, spec});
};

const lookedAtEnd = (decision: Decision, report: ReportLooked, record: TaskRecord): void => {
  const {taskId, fence} = report;
  const hold = decision.state.lockTable.get(fence);
  const {sets, failure} = reclaimed(record.spec, decision.state.settings, lookIn(report));
  if (failure !== null) decision.refuse(report.type, {code: 'E_CLAIM', taskId, failure});
  if (hold !== undefined && !isSameClaims(sets, record.spec)) {
    const collisions = decision.state.lockTable.collisions(sets, FIRST_PAIR.pairsMax, fence);
    changeRunning(decision, hold, sets, 'end', collisions);
  }
  lookAtOthers(decision, report);
};

/**
 * What an attempt and those beside it claim was looked at again, and stands for other files than before.
 *
 * Just before the start the claims are taken as they are now; if they overlap those of a running attempt, the task goes
 * back to the queue. At the end, and for what runs, an overlap means that both may have written one file.
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
