/** Ends a test as skipped, and says in the output what was not checked. */
export const skipLoudly = (context: {skip: (reason: string) => void}, what: string): void => {
  process.stdout.write(`NOT CHECKED: ${what}\n`);
  context.skip(what);
};
