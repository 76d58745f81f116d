import {cancel, changeMode, reportResources, setMaxParallel, setPriority, submitTasks} from './commands.ts';
import {Decision, type Step} from './decision.ts';
import type {Input} from './inputs.ts';
import {agentCrashed, report} from './reports.ts';
import {retryTask} from './retry-task.ts';
import {hasMoreToLookAt, schedule} from './schedule.ts';
import type {CoordinatorState} from './state.ts';

/** Queues the tasks whose back-off has passed. */
const queueRested = (decision: Decision): void => {
  for (const [taskId, untilMs] of decision.state.backoffs) {
    const state = decision.state.tasks.get(taskId)?.state;
    if (untilMs > decision.at || state?.name !== 'retrying') continue;
    decision.record({type: 'task.queued', taskId, attempt: state.attempt});
  }
};

/** Lets tasks start again whose tag has rested. */
const resumeTags = (decision: Decision): void => {
  for (const [tag, {untilMs}] of decision.state.tagPauses) {
    if (untilMs !== null && untilMs <= decision.at) decision.record({type: 'tag.resumed', tag});
  }
};

const decide = (decision: Decision, input: Input): void => {
  switch (input.type) {
    case 'submit-tasks':
      return submitTasks(decision, input);
    case 'cancel-task':
      return cancel(decision, input);
    case 'retry-task':
      return retryTask(decision, input);
    case 'set-priority':
      return setPriority(decision, input);
    case 'set-max-parallel':
      return setMaxParallel(decision, input);
    case 'report-resources':
      return reportResources(decision, input);
    case 'change-mode':
      return changeMode(decision, input);
    case 'report-started':
    case 'report-progress':
    case 'report-stopping':
    case 'report-exited':
    case 'report-quarantined':
    case 'report-start-refused':
    case 'report-looked':
      return report(decision, input);
    case 'report-agent-crashed':
      return agentCrashed(decision, input);
    case 'wake':
      // Which back-offs have passed is looked at after every input.
      return;
    case 'unknown-input':
      return decision.refuse('unknown-input', {code: 'E_UNKNOWN_INPUT', input: input.input});
    case 'untimely-input':
      return decision.refuse(input.input, {code: 'E_NOT_NOW', detail: input.detail});
  }
};

/**
 * The coordinator's decision on one input: the next state, the events that describe it, and the effects to
 * perform once the events are stored.
 *
 * Pure and total: the same state and input always give the same answer, every input has one in every state, and
 * the given state is left as it was.
 */
export const step = (state: CoordinatorState, input: Input): Step => {
  const decision = new Decision(state, input.at);
  decide(decision, input);
  queueRested(decision);
  resumeTags(decision);
  schedule(decision);
  return decision.done();
};

/** When the next back-off, of a task or of a tag, passes (ms); `null` if none is running. */
export const nextBackoffMs = ({backoffs, tagPauses}: CoordinatorState): number | null => {
  const ofTags = tagPauses.valueSeq().flatMap(({untilMs}) => (untilMs === null ? [] : [untilMs]));
  return backoffs.valueSeq().concat(ofTags).min() ?? null;
};

/**
 * When somebody has to wake the coordinator (ms), `null` if only its inputs matter: when the next back-off passes, and at
 * once (0) if a step did not look at all tasks that may be able to start.
 */
export const nextWakeMs = (state: CoordinatorState): number | null =>
  hasMoreToLookAt(state) ? 0 : nextBackoffMs(state);
