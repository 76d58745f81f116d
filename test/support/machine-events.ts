import type {AgentEvent} from '../../machines/agent.events.ts';
import type {CoordinatorEvent} from '../../machines/index.ts';

/** Every event an agent can be sent. A new one breaks the build here. */
const agentEvents: Record<AgentEvent['type'], true> = {
  start: true,
  adopt: true,
  stop: true,
  wake: true,
  'attempt.started': true,
  'attempt.active': true,
  'attempt.progressed': true,
  'attempt.left-behind': true,
  'attempt.ended': true,
  'attempt.dead': true,
  'attempt.survived': true,
};

type Failure = `xstate.error.actor.${string}`;

/** Every event the coordinator can be sent. A new one breaks the build here. */
const coordinatorEvents: Record<Exclude<CoordinatorEvent['type'], Failure>, true> = {
  begin: true,
  pause: true,
  resume: true,
  shutdown: true,
  'submit-tasks': true,
  'cancel-task': true,
  'retry-task': true,
  'set-priority': true,
  'set-max-parallel': true,
  'change-mode': true,
  wake: true,
  'report-started': true,
  'report-progress': true,
  'report-stopping': true,
  'report-exited': true,
  'report-quarantined': true,
  'report-start-refused': true,
  'report-looked': true,
  'report-agent-crashed': true,
  'report-resources': true,
  'replace-agent': true,
  'unknown-input': true,
  'untimely-input': true,
};

export const AGENT_EVENTS: readonly string[] = Object.keys(agentEvents);
export const COORDINATOR_EVENTS: readonly string[] = [
  ...Object.keys(coordinatorEvents),
  'xstate.error.actor.*',
];
