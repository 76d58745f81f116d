import type {AgentId} from './agent-type.ts';
import type {StopCause} from './failures.ts';
import type {Fence, TaskSpec} from './task.ts';

/** Tell an agent to run one attempt. */
export interface StartAttempt {
  readonly kind: 'start-attempt';
  readonly agentId: AgentId;
  readonly fence: Fence;
  readonly attempt: number;
  readonly spec: TaskSpec;
}

/** Tell an agent to stop its attempt. `force` skips the polite rungs of the ladder. */
export interface StopAttempt {
  readonly kind: 'stop-attempt';
  readonly agentId: AgentId;
  readonly fence: Fence;
  readonly cause: StopCause;
  readonly force: boolean;
}

/** Put a new actor in the place of a failed one; if it watched an attempt, the new one finishes it off. */
export interface ReplaceAgent {
  readonly kind: 'replace-agent';
  readonly agentId: AgentId;
  readonly orphan: {
    readonly fence: Fence;
    readonly attempt: number;
    readonly spec: TaskSpec;
    readonly cause: StopCause;
  } | null;
}

/** What the runtime has to do once the events of the same decision are stored. Data until then. */
export type Effect = StartAttempt | StopAttempt | ReplaceAgent;
