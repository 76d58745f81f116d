import {z} from 'zod';
import {fail, ok, type Result} from '../core/result.ts';
import {describeIssue} from './describe-issue.ts';
import {type InputKind, type Problem, problem} from './problem.ts';
import type {ParsedYaml} from './yaml.ts';

/** What a schema is about: of a choice the part that is an object. */
const contentOf = (schema: unknown): unknown => {
  let at = schema;
  while (at instanceof z.ZodOptional) at = at.unwrap();
  return at instanceof z.ZodUnion ? at.options.find((option) => option instanceof z.ZodObject) : at;
};

/** The keys of the object schema at a place in the file. */
const keysAt = (schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] => {
  let at: unknown = schema;
  for (const key of path) {
    at = contentOf(at);
    if (at instanceof z.ZodObject) at = at.shape[String(key)];
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else if (at instanceof z.ZodArray) at = at.element;
  }
  at = contentOf(at);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
};

/** Checks what was read against a schema; the first thing that is wrong is told in the words of its author. */
export const checkValue = <T>(
  kind: InputKind,
  parsed: ParsedYaml,
  schema: z.ZodType<T>,
  shown: string,
): Result<T, Problem> => {
  const checked = schema.safeParse(parsed.value);
  if (checked.success) return ok(checked.data);
  // A misspelled key explains a missing one better than the missing one does.
  const {issues} = checked.error;
  const issue = issues.find(({code}) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined)
    return fail(problem(kind, 'VALUE', `${shown} is not valid`, 'compare it with the schema'));
  return fail(describeIssue(kind, issue, parsed, (path) => keysAt(schema, path)));
};
