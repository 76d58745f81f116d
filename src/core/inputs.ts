import type {AgentId} from './agent-type.ts';
import type {Looks} from './claim/look.ts';
import type {StartedProgram} from './events.ts';
import type {AttemptExit, StopCause} from './failures.ts';
import type {Mode} from './mode.ts';
import type {ResourceUse} from './resources.ts';
import type {Fence, TaskId, TaskRequest} from './task.ts';

interface Timed {
  /** When it arrived, in ms. The core asks no clock. */
  readonly at: number;
}

/** All tasks are accepted, or none is. */
export interface SubmitTasks extends Timed {
  readonly type: 'submit-tasks';
  /** Chosen by the caller, to know the answer by. */
  readonly submission: string;
  readonly tasks: readonly TaskRequest[];
  /** What was seen on the disk of the paths that they claim. Left out: nobody looked. */
  readonly looks?: Looks;
}

export interface CancelTask extends Timed {
  readonly type: 'cancel-task';
  readonly taskId: TaskId;
  readonly reason: string;
}

/**
 * A task in back-off is tried now. One that ended without success is handed in again, as another task with the same
 * request: final states are final.
 */
export interface RetryTask extends Timed {
  readonly type: 'retry-task';
  readonly taskId: TaskId;
  /** The id of the new task, if there is one. */
  readonly as: TaskId;
  /** Chosen by the caller, to know the answer by. */
  readonly submission: string;
}

/** Where a task that has not started stands in the order, or stands from its next attempt on. */
export interface SetPriority extends Timed {
  readonly type: 'set-priority';
  readonly taskId: TaskId;
  readonly priority: number;
}

export interface SetMaxParallel extends Timed {
  readonly type: 'set-max-parallel';
  readonly maxParallel: number;
}

/** How much of the machine is in use. */
export interface ReportResources extends Timed {
  readonly type: 'report-resources';
  readonly use: ResourceUse;
}

/** Sent by the coordinator machine alone, as it enters a state. */
export interface ChangeMode extends Timed {
  readonly type: 'change-mode';
  readonly mode: Mode;
  /** What becomes of tasks that have not started. */
  readonly queued: 'keep' | 'cancel';
  /** What becomes of tasks that run. */
  readonly running: 'finish' | 'stop' | 'kill';
  readonly reason: string;
}

/** Some deadline has come: back-offs may have passed. */
export interface Wake extends Timed {
  readonly type: 'wake';
}

interface Report extends Timed {
  readonly taskId: TaskId;
  readonly fence: Fence;
}

export interface ReportStarted extends Report {
  readonly type: 'report-started';
  readonly program: StartedProgram | null;
}

export interface ReportProgress extends Report {
  readonly type: 'report-progress';
  readonly note: string;
}

/** The agent began to stop the attempt on its own: a timeout, or processes left behind. */
export interface ReportStopping extends Report {
  readonly type: 'report-stopping';
  readonly cause: StopCause;
}

/** Nothing of the attempt is alive. Sent once per fence, also for an attempt that never started. */
export interface ReportExited extends Report {
  readonly type: 'report-exited';
  readonly exit: AttemptExit;
}

export interface ReportQuarantined extends Report {
  readonly type: 'report-quarantined';
  readonly survivors: string;
}

/**
 * The claims of an attempt were looked at again, and the disk shows others than it did: just before the start, when
 * nothing of the attempt has run, or at its end.
 */
export interface ReportLooked extends Report {
  readonly type: 'report-looked';
  readonly when: 'start' | 'end';
  readonly looks: Looks;
  /** Of what was dispatched, what was not told to start: it will be looked at before that. */
  readonly yetToStart: readonly Fence[];
}

/** An agent was told to start while it was busy. It did nothing. */
export interface ReportStartRefused extends Report {
  readonly type: 'report-start-refused';
  readonly agentId: AgentId;
  readonly busyWith: Fence;
}

/** The actor of an agent failed. What it watched over may still be alive. */
export interface ReportAgentCrashed extends Timed {
  readonly type: 'report-agent-crashed';
  readonly agentId: AgentId;
  readonly message: string;
}

/** A command or report that no state of the machine knows. */
export interface UnknownInput extends Timed {
  readonly type: 'unknown-input';
  readonly input: string;
}

/** A known command that does not fit the mode. */
export interface UntimelyInput extends Timed {
  readonly type: 'untimely-input';
  readonly input: string;
  /** Why it does not fit: a sentence without a full stop. */
  readonly detail: string;
}

export type Command = SubmitTasks | CancelTask | RetryTask | SetPriority | SetMaxParallel | ChangeMode;

export type AttemptReport =
  | ReportStarted
  | ReportProgress
  | ReportStopping
  | ReportExited
  | ReportQuarantined
  | ReportStartRefused
  | ReportLooked;

/** Everything the core is ever told. */
export type Input =
  | Command
  | AttemptReport
  | ReportAgentCrashed
  | ReportResources
  | Wake
  | UnknownInput
  | UntimelyInput;
