import type {z} from 'zod';
import {ok, type Result} from '../core/result.ts';
import {checkValue} from './check-value.ts';
import {optional} from './optional.ts';
import {type PlannedTask, plannedTask, taskFile} from './planned-task.ts';
import type {Problem} from './problem.ts';
import {submissionSchema} from './schema.ts';

/** A task that is handed in to a run. */
export interface SubmittedTask extends PlannedTask {
  /** Who hands in the same task with it again gets the id of the first one, and no second task. */
  readonly key?: string;
}

/**
 * Checks a value that came from somebody else against a schema.
 *
 * @param shown What it is, for messages: `the request`.
 */
export const checkRequest = <T>(value: unknown, schema: z.ZodType<T>, shown: string): Result<T, Problem> =>
  checkValue('request', {value, placeOf: () => shown}, schema, shown);

/** As it is written down for a run to read. */
export const submittedFile = (task: SubmittedTask): object => ({
  ...taskFile(task),
  ...optional('key', task.key),
});

/** The tasks in a value such as `{"tasks": [{"agent": "dev", "description": "..."}]}`, with durations in ms. */
export const readSubmission = (value: unknown, shown: string): Result<readonly SubmittedTask[], Problem> => {
  const checked = checkRequest(value, submissionSchema, shown);
  if (!checked.ok) return checked;
  return ok(checked.value.tasks.map((task) => ({...plannedTask(task), ...optional('key', task.key)})));
};
