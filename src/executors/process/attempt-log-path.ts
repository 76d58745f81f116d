import path from 'node:path';
import type {Fence, TaskId} from '../../core/task.ts';

export interface AttemptPlace {
  /** Absolute path of the folder for logs and other files of attempts. */
  readonly stateDir: string;
  readonly runId: string;
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly fence: Fence;
}

/**
 * Where the files of one attempt lie, without the end of their name.
 *
 * A folder per run: no run writes over the logs of another, whatever its tasks are called. The fence comes first, so that
 * names sort by start and differ even where a file system takes "T1" and "t1" for one name.
 */
export const attemptFiles = ({stateDir, runId, taskId, attempt, fence}: AttemptPlace): string =>
  path.join(stateDir, 'runs', runId, `${String(fence).padStart(4, '0')}-${taskId}-${attempt}`);

/** Where all that it prints goes. */
export const attemptLogPath = (place: AttemptPlace): string => `${attemptFiles(place)}.log`;
