/**
 * The end of an exhaustive switch: a new member of the union breaks the build exactly there.
 *
 * @throws Error if it is reached all the same, which is a bug (or a value that never went through the types).
 */
export const unreachable = (value: never): never => {
  throw new Error(`Internal error: unhandled case ${JSON.stringify(value)}`);
};
