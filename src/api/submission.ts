import type {z} from 'zod';
import type {Problem} from '../config/problem.ts';
import {checkRequest, readSubmission, type SubmittedTask, submittedFile} from '../config/submission.ts';
import type {Result} from '../core/result.ts';
import {DisjointError} from './errors.ts';

export {submissionSchema} from '../config/schema.ts';
export type {SubmittedTask};

/** @throws DisjointError what is wrong. */
const valueOf = <T>(result: Result<T, Problem>): T => {
  if (result.ok) return result.value;
  const {code, message, hint, field} = result.failure;
  throw new DisjointError(code, message, hint, {field});
};

/**
 * The tasks in what somebody hands in, with durations in ms.
 *
 * @param shown What it is, for messages: `the request`.
 * @throws DisjointError `E_REQUEST_KEY`, `E_REQUEST_VALUE` or `E_DURATION`, naming the field.
 */
export const tasksIn = (value: unknown, shown: string): readonly SubmittedTask[] =>
  valueOf(readSubmission(value, shown));

/** The same the other way round: as it is handed in to the run of another process. */
export const submissionOf = (tasks: readonly SubmittedTask[]): object => ({
  tasks: tasks.map((task) => submittedFile(task)),
});

/**
 * What somebody asks for, as a schema describes it.
 *
 * @throws DisjointError `E_REQUEST_KEY` or `E_REQUEST_VALUE`, naming the field.
 */
export const requestIn = <T>(value: unknown, schema: z.ZodType<T>, shown: string): T =>
  valueOf(checkRequest(value, schema, shown));
