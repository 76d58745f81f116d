import type {AgentId} from './agent-type.ts';
import type {Blocker} from './blocker.ts';
import type {Claim} from './claim/claim.ts';
import type {AttemptExit, AttemptFailure, StopCause} from './failures.ts';
import type {Mode} from './mode.ts';
import type {Refusal} from './refusals.ts';
import type {ResourceFigure} from './resources.ts';
import type {Tag} from './tag.ts';
import type {Fence, SkipReason, TaskId, TaskSpec} from './task.ts';
import type {TaskWarning} from './warnings.ts';

/** The program that runs an attempt, once the operating system has started it. */
export interface StartedProgram {
  readonly pid: number;
  /** Its process group: that of the shim which watches over it. */
  readonly group: number;
  /**
   * When it started, in a unit that only serves to compare processes of one boot, so that a later one with the same pid is
   * not taken for it; `null` where that is not told, or if it had ended already.
   */
  readonly startedAt: number | null;
  /** Absolute path of the executable. */
  readonly path: string;
  /** What its `--version` printed, for known agent CLIs. */
  readonly version: string | null;
}

interface AboutTask {
  readonly taskId: TaskId;
}

interface AboutAttempt extends AboutTask {
  readonly fence: Fence;
}

export interface ModeChanged {
  readonly type: 'mode.changed';
  readonly from: Mode;
  readonly to: Mode;
  readonly reason: string;
}

/**
 * A run that was cut short goes on, with all of its tasks: nothing that it had started is alive any more. Always the first
 * event of the run that goes on with it.
 */
export interface RunContinued {
  readonly type: 'run.continued';
  /** The number of the first event of the run that was cut short; if that went on with another one, of that. */
  readonly since: number;
  /** The limit from here on. */
  readonly maxParallel: number;
}

export interface LimitChanged {
  readonly type: 'limit.changed';
  readonly from: number;
  readonly to: number;
}

/** The machine is busier than it may be, or no longer is: less may run at once, or more. */
export interface ResourcesChanged {
  readonly type: 'resources.changed';
  /** Nothing starts while anything runs. */
  readonly paused: boolean;
  /** At most so many at once; `null`: as many as `maxParallel`. */
  readonly lowered: number | null;
  /** What was measured, and compared with what. */
  readonly figure: ResourceFigure;
}

/** An attempt reported that it used up what its agent type shares: nothing with this tag starts until then. */
export interface TagPaused extends AboutTask {
  readonly type: 'tag.paused';
  readonly tag: Tag;
  readonly untilMs: number;
}

/** Tasks with this tag may start again. */
export interface TagResumed {
  readonly type: 'tag.resumed';
  readonly tag: Tag;
}

/** The task was checked and accepted: from here on it ends exactly once. */
export interface TaskSubmitted extends AboutTask {
  readonly type: 'task.submitted';
  readonly submission: string;
  readonly spec: TaskSpec;
  /** How many of its dependencies have not succeeded yet. */
  readonly unmet: number;
  /** How long it is taken to last: its estimate, else the median of those handed in with it, else a minute (ms). */
  readonly expectedMs: number;
  /** The work (ms, by the estimates) along the longest chain of tasks handed in with it that begins with it. */
  readonly bottomLevelMs: number;
}

/** None of these tasks was accepted; nothing of them is kept. */
export interface SubmissionRefused {
  readonly type: 'submission.refused';
  readonly submission: string;
  readonly taskIds: readonly TaskId[];
  readonly refusal: Refusal;
}

/** All dependencies have succeeded, or the back-off has passed: the task may start when nothing is in its way. */
export interface TaskQueued extends AboutTask {
  readonly type: 'task.queued';
  readonly attempt: number;
}

/** The first look at a queued task found something in its way. Said once per attempt. */
export interface TaskBlocked extends AboutTask {
  readonly type: 'task.blocked';
  readonly blockers: readonly Blocker[];
}

/** The task was accepted, and something about it costs more than its author may think. */
export interface TaskWarned extends AboutTask {
  readonly type: 'task.warned';
  readonly warning: TaskWarning;
}

/** The task was overtaken so often that nothing which conflicts with it may start before it. */
export interface TaskReserved extends AboutTask {
  readonly type: 'task.reserved';
  readonly overtakes: number;
}

/** It has another place in the order from here on. */
export interface PriorityChanged extends AboutTask {
  readonly type: 'priority.changed';
  readonly from: number;
  readonly to: number;
}

/** Under the policy `throughput`, more tasks started before it than its patience allows: it goes to the front. */
export interface TaskPromoted extends AboutTask {
  readonly type: 'task.promoted';
  /** How many started since it was queued. */
  readonly starts: number;
}

/** The intent to start: the agent and the files are held from here on. */
export interface AttemptDispatched extends AboutAttempt {
  readonly type: 'attempt.dispatched';
  readonly attempt: number;
  readonly agentId: AgentId;
  /** Earlier tasks that conflict with this one and have to wait for it. */
  readonly overtaken: readonly TaskId[];
}

/**
 * The disk shows other files behind the claims than it did: these are held now. Just before the start, which follows,
 * while it runs, or at its end.
 */
export interface ClaimsChanged extends AboutAttempt {
  readonly type: 'claims.changed';
  readonly when: 'start' | 'running' | 'end';
  readonly writes: readonly Claim[];
  readonly reads: readonly Claim[];
}

/**
 * The claims of the attempt turned out to overlap those of a running one. Before the start: nothing of it ran, its
 * agent is free and the task is queued again. While it runs or at its end: what it did may be mixed with what the other did, and it will
 * be tried again once the other has ended.
 */
export interface AttemptOverlapped extends AboutAttempt {
  readonly type: 'attempt.overlapped';
  readonly when: 'start' | 'running' | 'end';
  readonly writes: readonly Claim[];
  readonly reads: readonly Claim[];
  /** The running attempts in the way, with the claims that meet. */
  readonly blockers: readonly Blocker[];
}

/** The work really began. `program` is `null` for a function. */
export interface AttemptStarted extends AboutAttempt {
  readonly type: 'attempt.started';
  readonly program: StartedProgram | null;
}

export interface AttemptProgressed extends AboutAttempt {
  readonly type: 'attempt.progressed';
  readonly note: string;
}

/** The attempt was told to stop. Its agent and its files stay held. */
export interface AttemptStopping extends AboutAttempt {
  readonly type: 'attempt.stopping';
  readonly cause: StopCause;
}

/** Nothing of the attempt is alive any more: its agent and files are free from here on. */
export interface AttemptExited extends AboutAttempt {
  readonly type: 'attempt.exited';
  readonly exit: AttemptExit;
}

/** Something of the attempt survived SIGKILL: the task fails, its agent and its files stay held. */
export interface AttemptQuarantined extends AboutAttempt {
  readonly type: 'attempt.quarantined';
  readonly agentId: AgentId;
  /** What is still alive, for people: "pid 4711", or "a function that does not return". */
  readonly survivors: string;
}

/**
 * The run was cut short while the attempt was live, and nothing of it is alive any more: its agent and files are free from
 * here on. What it came to is not known.
 */
export interface AttemptInterrupted extends AboutAttempt {
  readonly type: 'attempt.interrupted';
}

export interface TaskRetrying extends AboutTask {
  readonly type: 'task.retrying';
  /** The number of the next attempt. */
  readonly attempt: number;
  readonly untilMs: number;
  readonly failure: AttemptFailure;
}

export interface TaskSucceeded extends AboutTask {
  readonly type: 'task.succeeded';
  readonly exit: AttemptExit;
}

export interface TaskFailed extends AboutTask {
  readonly type: 'task.failed';
  readonly failure: AttemptFailure;
}

export interface TaskCancelled extends AboutTask {
  readonly type: 'task.cancelled';
  readonly reason: string;
}

export interface TaskSkipped extends AboutTask {
  readonly type: 'task.skipped';
  readonly because: SkipReason;
}

/** An agent actor failed and a new one stands in its place. `fence` is the attempt it watched, if any. */
export interface AgentReplaced {
  readonly type: 'agent.replaced';
  readonly agentId: AgentId;
  readonly fence: Fence | null;
  readonly message: string;
}

/** A command or report that could not be followed. Recorded, and without any other effect. */
export interface InputRefused {
  readonly type: 'input.refused';
  readonly input: string;
  readonly refusal: Refusal;
}

/** Everything that can happen. */
export type EventBody =
  | ModeChanged
  | RunContinued
  | LimitChanged
  | ResourcesChanged
  | TagPaused
  | TagResumed
  | TaskSubmitted
  | SubmissionRefused
  | TaskQueued
  | TaskBlocked
  | TaskReserved
  | TaskPromoted
  | PriorityChanged
  | TaskWarned
  | AttemptDispatched
  | ClaimsChanged
  | AttemptOverlapped
  | AttemptStarted
  | AttemptProgressed
  | AttemptStopping
  | AttemptExited
  | AttemptQuarantined
  | AttemptInterrupted
  | TaskRetrying
  | TaskSucceeded
  | TaskFailed
  | TaskCancelled
  | TaskSkipped
  | AgentReplaced
  | InputRefused;

export interface EventStamp {
  /** Counts from 1 without gaps. */
  readonly seq: number;
  /** When it was decided, in ms since the epoch (monotonic within one process). */
  readonly at: number;
}

export type DisjointEvent = EventBody & EventStamp;

/** The tasks an event is about. */
export const tasksOf = (event: DisjointEvent): readonly TaskId[] => {
  if ('taskId' in event) return [event.taskId];
  return event.type === 'submission.refused' ? event.taskIds : [];
};
