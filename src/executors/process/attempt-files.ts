import path from 'node:path';
import type {Fence, TaskId} from '../../core/task.ts';

/** One attempt of a run. */
export interface AttemptName {
  readonly fence: Fence;
  readonly taskId: TaskId;
  readonly attempt: number;
}

/** Absolute paths of the files of one attempt. */
export interface AttemptFiles {
  readonly logPath: string;
  /** How its program ended, as the shim wrote it down. */
  readonly resultFile: string;
  /** For a file of its program, without an extension. */
  readonly scratch: string;
}

/**
 * Where the files of an attempt are. A folder per run: no run writes over the logs of another, whatever its tasks are
 * called. The fence comes first, so that names sort by start and differ even where a file system takes "T1" and "t1" for
 * one name.
 */
export const attemptFiles = (
  stateDir: string,
  runId: string,
  {fence, taskId, attempt}: AttemptName,
): AttemptFiles => {
  const scratch = path.join(
    stateDir,
    'runs',
    runId,
    `${String(fence).padStart(4, '0')}-${taskId}-${attempt}`,
  );
  return {logPath: `${scratch}.log`, resultFile: `${scratch}.result.json`, scratch};
};
