import type {AgentId} from '../core/agent-type.ts';
import type {DisjointEvent} from '../core/events.ts';
import type {ExitReason} from '../core/failures.ts';
import type {Fence, TaskId} from '../core/task.ts';
import {unreachable} from '../core/unreachable.ts';
import {attemptFiles} from '../executors/process/attempt-files.ts';

/** One attempt of a task, as far as events tell. */
export interface AttemptRecord {
  readonly attempt: number;
  readonly agent: AgentId;
  /** On the clock of events (ms). */
  readonly startedAt: number;
  /** `null` while it is live. */
  readonly endedAt: number | null;
  /** How it ended, as the end of a sentence: `exited with code 1`. `null` while it is live. */
  readonly ended: string | null;
  /** Absolute path of the file that has all it printed, whether or not it was made; `null` for functions. */
  readonly logPath: string | null;
}

/** The folder of logs of the run to which an event belongs, by its number. */
export type RunIdOf = (seq: number) => string;

const describeExit = (how: ExitReason): string => {
  switch (how.kind) {
    case 'returned':
      return 'returned';
    case 'threw':
      return `threw: ${how.message}`;
    case 'exited':
      return `exited with code ${how.code}`;
    case 'signalled':
      return `was killed by ${how.signal}`;
    case 'not-started':
      return `could not start: ${how.message}`;
    default:
      return unreachable(how);
  }
};

/** The attempts of all tasks, from the events of a run. Grows with the attempts, and not with what they print. */
export class AttemptHistory {
  readonly #stateDir: string;
  readonly #runIdOf: RunIdOf;
  readonly #attempts = new Map<TaskId, Map<Fence, AttemptRecord>>();

  /** @param stateDir Absolute path of the folder with the logs. */
  constructor(stateDir: string, runIdOf: RunIdOf) {
    this.#stateDir = stateDir;
    this.#runIdOf = runIdOf;
  }

  /** Oldest first. */
  of(taskId: TaskId): readonly AttemptRecord[] {
    return [...(this.#attempts.get(taskId)?.values() ?? [])];
  }

  apply(event: DisjointEvent): void {
    switch (event.type) {
      case 'attempt.dispatched': {
        const {taskId, attempt, fence, agentId: agent, at: startedAt, seq} = event;
        const {logPath} = attemptFiles(this.#stateDir, this.#runIdOf(seq), {fence, taskId, attempt});
        const ofTask = this.#attempts.get(taskId) ?? new Map<Fence, AttemptRecord>();
        this.#attempts.set(taskId, ofTask);
        ofTask.set(fence, {
          attempt,
          agent,
          startedAt,
          endedAt: null,
          ended: null,
          logPath,
        });
        return;
      }
      case 'attempt.exited':
        return this.#end(event, {ended: describeExit(event.exit.how), logPath: event.exit.logPath});
      case 'attempt.interrupted':
        return this.#end(event, {ended: 'was interrupted together with the run'});
      case 'attempt.quarantined':
        return this.#end(event, {ended: `could not be stopped (${event.survivors})`});
      case 'attempt.overlapped':
        // Nothing of it ran.
        if (event.when === 'start') this.#attempts.get(event.taskId)?.delete(event.fence);
        return;
      default:
        return;
    }
  }

  #end(
    {taskId, fence, at}: {readonly taskId: TaskId; readonly fence: Fence; readonly at: number},
    end: Partial<AttemptRecord>,
  ): void {
    const ofTask = this.#attempts.get(taskId);
    const known = ofTask?.get(fence);
    if (known !== undefined) ofTask?.set(fence, {...known, ...end, endedAt: at});
  }
}
