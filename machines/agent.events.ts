import type {AgentId} from '../src/core/agent-type.ts';
import type {ActiveAttempt, Assignment} from '../src/core/attempt.ts';
import type {StartedProgram} from '../src/core/events.ts';
import type {AttemptExit, StopCause} from '../src/core/failures.ts';
import type {Fence} from '../src/core/task.ts';

interface Timed {
  readonly at: number;
}

/** Run this attempt. Only an idle agent does. */
export interface Start extends Timed {
  readonly type: 'start';
  readonly assignment: Assignment;
}

/** Finish off what a failed actor left alive. */
export interface Adopt extends Timed {
  readonly type: 'adopt';
  readonly assignment: Assignment;
}

/** Stop the attempt with this fence. `force` goes straight to SIGKILL. */
export interface Stop extends Timed {
  readonly type: 'stop';
  readonly fence: Fence;
  readonly cause: StopCause;
  readonly force: boolean;
}

/** A deadline has come. */
export interface WakeAgent extends Timed {
  readonly type: 'wake';
}

/** What the actor of an attempt tells its agent. */
export type AttemptSignal = Timed &
  (
    | {readonly type: 'attempt.started'; readonly program: StartedProgram | null}
    /** It printed something. Sent at most a few times a second. */
    | {readonly type: 'attempt.active'}
    | {readonly type: 'attempt.progressed'; readonly note: string}
    /** The program has ended, but processes it started live on. */
    | {readonly type: 'attempt.left-behind'; readonly processes: number}
    /** Nothing of the attempt is alive; `attempt.dead` follows when it is known what it changed. */
    | {readonly type: 'attempt.ended'}
    /** Nothing of the attempt is alive, and this is how it ended. */
    | {readonly type: 'attempt.dead'; readonly exit: AttemptExit}
    /** Nothing more can be done to end it. */
    | {readonly type: 'attempt.survived'; readonly survivors: string}
  );

export type AgentEvent = Start | Adopt | Stop | WakeAgent | AttemptSignal;

/** What an agent tells the actor of its attempt: the rungs of the ladder. */
export type AttemptCommand = {readonly type: 'ask'} | {readonly type: 'terminate'} | {readonly type: 'kill'};

export interface AttemptInput {
  readonly active: ActiveAttempt;
}

export interface AgentInput {
  readonly agentId: AgentId;
}

export interface AgentContext {
  readonly agentId: AgentId;
  /** The attempt it works on; `null` exactly in `idle`. */
  readonly active: ActiveAttempt | null;
}
