import {acceptTasks} from './commands.ts';
import type {Decision} from './decision.ts';
import type {RetryTask} from './inputs.ts';
import type {Refusal} from './refusals.ts';
import {fail, ok, type Result} from './result.ts';
import type {CoordinatorState} from './state.ts';
import {TASK_ID, type TaskId, type TaskRecord, type TaskSpec} from './task.ts';

const hasFailed = ({state}: TaskRecord): boolean =>
  state.name === 'failed' || state.name === 'cancelled' || state.name === 'skipped';

/** The latest task that was handed in in the place of this one, directly or not; itself if there is none. */
const latestRetryOf = ({tasks}: CoordinatorState, taskId: TaskId): TaskId => {
  // A retry comes after what it retries, so that looking at each task once in that order finds them all.
  const chain = new Set([taskId]);
  let latest = taskId;
  for (const {spec} of tasks.valueSeq().sortBy(({arrival}) => arrival)) {
    if (spec.retryOf === undefined || !chain.has(spec.retryOf)) continue;
    chain.add(spec.id);
    latest = spec.id;
  }
  return latest;
};

/** The same dependencies, each that was retried meanwhile in the person of its retry. */
const dependenciesNow = (state: CoordinatorState, {spec}: TaskRecord): Result<readonly TaskId[], Refusal> => {
  const latest: TaskId[] = [];
  for (const dependency of spec.dependsOn) {
    const now = latestRetryOf(state, dependency);
    const record = state.tasks.get(now);
    if (record !== undefined && hasFailed(record)) {
      const {name} = record.state;
      return fail({code: 'E_RETRY_DEPENDENCY', taskId: spec.id, dependency: now, state: name});
    }
    latest.push(now);
  }
  return ok(latest);
};

/** The task to hand in in the place of one that ended without success. */
const retryOf = (state: CoordinatorState, {taskId, as}: RetryTask): Result<TaskSpec, Refusal> => {
  const record = state.tasks.get(taskId);
  if (record === undefined) return fail({code: 'E_TASK_UNKNOWN', taskId});
  const {mode, settings} = state;
  if (mode === 'draining' || mode === 'stopped') return fail({code: 'E_NOT_ACCEPTING', mode});
  if (!hasFailed(record)) return fail({code: 'E_TASK_NOT_RETRIABLE', taskId, state: record.state.name});
  const {agentType} = record.spec;
  // It may be that of a run that was cut short.
  if (!settings.agentTypes.has(agentType)) {
    return fail({code: 'E_AGENT_UNKNOWN', agentType, known: [...settings.agentTypes.keys()]});
  }
  if (!TASK_ID.test(as)) return fail({code: 'E_TASK_ID', taskId: as});
  if (state.tasks.has(as)) return fail({code: 'E_TASK_DUPLICATE', taskId: as});
  const dependsOn = dependenciesNow(state, record);
  if (!dependsOn.ok) return dependsOn;
  // The key stays with the task that was first handed in with it.
  const {key: _, ...spec} = record.spec;
  return ok({...spec, id: as, dependsOn: [...new Set(dependsOn.value)], retryOf: taskId});
};

export const retryTask = (decision: Decision, input: RetryTask): void => {
  const {taskId, as, submission} = input;
  const record = decision.state.tasks.get(taskId);
  if (record?.state.name === 'retrying') {
    decision.record({type: 'task.queued', taskId, attempt: record.state.attempt});
    return;
  }
  const again = retryOf(decision.state, input);
  if (again.ok) acceptTasks(decision, submission, [again.value]);
  else decision.record({type: 'submission.refused', submission, taskIds: [as], refusal: again.failure});
};
