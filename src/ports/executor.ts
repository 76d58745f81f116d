import type {AgentType} from '../core/agent-type.ts';
import type {StartedProgram} from '../core/events.ts';
import type {AttemptExit} from '../core/failures.ts';
import type {Fence, TaskSpec} from '../core/task.ts';

/** One attempt to run. */
export interface AttemptRequest {
  readonly spec: TaskSpec;
  readonly agentType: AgentType;
  readonly attempt: number;
  readonly fence: Fence;
}

export type OutputChannel = 'stdout' | 'stderr' | 'log';

/** What an executor tells of an attempt. None of these throws, and all may be called from within `start`. */
export interface AttemptObserver {
  /** The work has begun. At most once. */
  started(program: StartedProgram | null): void;
  /** It printed something, whether or not a line of it is shown. May be called very often. */
  active(): void;
  /** One line of output, without its end. It counts as activity. */
  output(channel: OutputChannel, line: string): void;
  progressed(note: string): void;
  /** The program has ended, but so many processes it started have not. */
  leftBehind(processes: number): void;
  /** Nothing of the attempt is alive. Exactly once, and the last call; also if nothing ever ran. */
  dead(exit: AttemptExit): void;
  /** After `kill`: nothing more can be done. `dead` may still follow, much later. */
  survived(survivors: string): void;
}

/** The rungs of the ladder that stops an attempt. Each is idempotent and returns at once. */
export interface RunningAttempt {
  /** Asks politely: an abort signal, or SIGINT to the process group. */
  ask(): void;
  /** SIGTERM to the process group. */
  terminate(): void;
  /** SIGKILL to the process group and to descendants that left it, again and again until none is left. */
  kill(): void;
  /** Stops watching: nobody listens any more. A program is killed then; a function goes on. */
  abandon(): void;
}

/** Runs attempts of one kind of work. */
export interface Executor {
  /** Starts the attempt. Never throws: what goes wrong is reported as `dead`. */
  start(request: AttemptRequest, observer: AttemptObserver): RunningAttempt;
  /** Nothing more will be started: lets go of what is kept for that. What is alive is not touched. */
  close(): void;
}
