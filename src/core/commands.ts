import {checkSubmission, idOf} from './accept.ts';
import {bottomLevels} from './bottom-levels.ts';
import type {Decision} from './decision.ts';
import {estimatesOf} from './estimates.ts';
import type {StopCause} from './failures.ts';
import type {
  CancelTask,
  ChangeMode,
  ReportResources,
  SetMaxParallel,
  SetPriority,
  SubmitTasks,
} from './inputs.ts';
import {gateAfter} from './resources.ts';
import {isMaxParallel, isPriority, MAX_PARALLEL_LIMIT, PRIORITY_LIMIT} from './settings.ts';
import {cancelTask, placeNewTask} from './settle.ts';
import {isFinal, isLive, type TaskRecord, type TaskSpec} from './task.ts';
import {warningsOf} from './warnings.ts';

/** Takes in tasks that were checked: each is queued, left waiting, or skipped. */
export const acceptTasks = (decision: Decision, submission: string, specs: readonly TaskSpec[]): void => {
  const {durationsMs} = estimatesOf(specs);
  const levels = bottomLevels(specs, durationsMs);
  for (const spec of specs) {
    const unmet = spec.dependsOn.filter(
      (dependency) => decision.state.tasks.get(dependency)?.state.name !== 'succeeded',
    ).length;
    decision.record({
      type: 'task.submitted',
      submission,
      taskId: spec.id,
      spec,
      unmet,
      expectedMs: durationsMs.get(spec.id) ?? 0,
      bottomLevelMs: levels.get(spec.id) ?? 0,
    });
  }
  for (const spec of specs) {
    for (const warning of warningsOf(decision.state, spec)) {
      decision.record({type: 'task.warned', taskId: spec.id, warning});
    }
  }
  for (const {id} of specs) placeNewTask(decision, id);
};

export const submitTasks = (decision: Decision, {submission, tasks, looks}: SubmitTasks): void => {
  const {state} = decision;
  const taskIds = tasks.map(idOf);
  if (state.mode === 'draining' || state.mode === 'stopped') {
    decision.record({
      type: 'submission.refused',
      submission,
      taskIds,
      refusal: {code: 'E_NOT_ACCEPTING', mode: state.mode},
    });
    return;
  }
  const checked = checkSubmission(state, tasks, looks === undefined ? undefined : (path) => looks.get(path));
  if (!checked.ok) {
    decision.record({type: 'submission.refused', submission, taskIds, refusal: checked.failure});
    return;
  }
  acceptTasks(decision, submission, checked.value);
};

/** Tells the agent of a live attempt to stop it. Its agent and files stay held until it is confirmed dead. */
const stopAttempt = (decision: Decision, record: TaskRecord, cause: StopCause, force: boolean): void => {
  const live = record.state;
  if (!isLive(live)) return;
  const {fence, agentId} = live;
  decision.record({type: 'attempt.stopping', taskId: record.spec.id, fence, cause});
  decision.request({kind: 'stop-attempt', agentId, fence, cause, force});
};

export const cancel = (decision: Decision, {taskId, reason}: CancelTask): void => {
  const record = decision.state.tasks.get(taskId);
  if (record === undefined) {
    decision.refuse('cancel-task', {code: 'E_TASK_UNKNOWN', taskId});
  } else if (isFinal(record.state)) {
    decision.refuse('cancel-task', {code: 'E_TASK_FINISHED', taskId, state: record.state.name});
  } else if (isLive(record.state)) {
    if (record.state.name === 'stopping' && record.state.cause.kind === 'cancelled') {
      decision.refuse('cancel-task', {
        code: 'E_NOT_NOW',
        detail: `task ${taskId} is being cancelled already`,
      });
    } else stopAttempt(decision, record, {kind: 'cancelled', reason}, false);
  } else cancelTask(decision, taskId, reason);
};

export const setPriority = (decision: Decision, {taskId, priority}: SetPriority): void => {
  const record = decision.state.tasks.get(taskId);
  if (record === undefined) decision.refuse('set-priority', {code: 'E_TASK_UNKNOWN', taskId});
  else if (!isPriority(priority)) {
    const allowed = `-${PRIORITY_LIMIT}..${PRIORITY_LIMIT}, integer`;
    decision.refuse('set-priority', {code: 'E_NUMBER_RANGE', taskId, field: 'priority', allowed});
  } else if (isFinal(record.state)) {
    decision.refuse('set-priority', {code: 'E_TASK_FINISHED', taskId, state: record.state.name});
  } else if (record.spec.priority !== priority) {
    decision.record({type: 'priority.changed', taskId, from: record.spec.priority, to: priority});
  }
};

export const setMaxParallel = (decision: Decision, {maxParallel}: SetMaxParallel): void => {
  if (!isMaxParallel(maxParallel)) {
    decision.refuse('set-max-parallel', {
      code: 'E_LIMIT_RANGE',
      allowed: `1..${MAX_PARALLEL_LIMIT}, integer`,
    });
    return;
  }
  const from = decision.state.maxParallel;
  if (from !== maxParallel) decision.record({type: 'limit.changed', from, to: maxParallel});
};

/** Less may run on a busy machine, and more again later. */
export const reportResources = (decision: Decision, {use}: ReportResources): void => {
  const {settings, gate, lockTable, maxParallel} = decision.state;
  if (settings.resources === null) return;
  const next = gateAfter(gate, use, settings.resources, {running: lockTable.running, maxParallel});
  const {paused, lowered, because: figure} = next;
  if (figure === null || (paused === gate.paused && lowered === gate.lowered)) return;
  decision.record({type: 'resources.changed', paused, lowered, figure});
};

const cancelAllNotStarted = (decision: Decision, reason: string): void => {
  const notStarted = [...decision.state.tasks.values()].filter(
    ({state}) => !isFinal(state) && !isLive(state),
  );
  // The table of tasks has no order that means anything.
  for (const record of notStarted.toSorted((a, b) => a.arrival - b.arrival)) {
    const taskId = record.spec.id;
    // Cancelling one may already have skipped those that depend on it.
    const state = decision.state.tasks.get(taskId)?.state;
    if (state !== undefined && !isFinal(state)) cancelTask(decision, taskId, reason);
  }
};

export const changeMode = (decision: Decision, input: ChangeMode): void => {
  const from = decision.state.mode;
  const {mode, reason} = input;
  if (from === 'stopped') {
    decision.refuse('change-mode', {
      code: 'E_NOT_NOW',
      detail: `the coordinator has stopped and cannot be ${mode}`,
    });
    return;
  }
  if (mode === 'stopped' && decision.state.lockTable.running > 0) {
    decision.refuse('change-mode', {
      code: 'E_NOT_NOW',
      detail: 'the coordinator cannot stop while attempts run',
    });
    return;
  }
  if (from !== mode) decision.record({type: 'mode.changed', from, to: mode, reason});
  if (input.queued === 'cancel') cancelAllNotStarted(decision, reason);
  if (input.running === 'finish') return;
  for (const {taskId} of decision.state.lockTable.holds()) {
    const record = decision.state.tasks.get(taskId);
    if (record !== undefined)
      stopAttempt(decision, record, {kind: 'shutdown', reason}, input.running === 'kill');
  }
};
