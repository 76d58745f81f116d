/** A field that does not have the type it must have. */
export interface WrongField {
  readonly field: string;
  /** What it must be, as the end of "must be ...". */
  readonly expected: string;
}

/** One field, what it must be, and the test of that. */
export type FieldCheck = readonly [field: string, expected: string, isRight: (value: unknown) => boolean];

export const isText = (value: unknown): value is string => typeof value === 'string';

export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isListOfText = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

export const optional =
  (isRight: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || isRight(value);

/** Text that can be an argument of a program: the operating system ends one at the first NUL. */
export const isArgument = (value: unknown): value is string => isText(value) && !value.includes('\0');

/** A program with its arguments, and nothing that a shell would have to take apart. */
export const isArgv = (value: unknown): value is readonly [string, ...string[]] =>
  Array.isArray(value) && value.every(isArgument) && value.length > 0 && value[0] !== '';

/**
 * The first field that is not what it must be; `null` if all are. JavaScript callers, files and sockets are not held
 * to types, and a text where a list belongs (`files: "src"`) would be read letter by letter.
 */
export const wrongField = (given: unknown, checks: readonly FieldCheck[]): WrongField | null => {
  if (!isObject(given)) return {field: 'it', expected: 'an object'};
  for (const [field, expected, isRight] of checks) if (!isRight(given[field])) return {field, expected};
  return null;
};
