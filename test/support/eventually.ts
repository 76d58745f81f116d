/** How often to look. Only a test that waits for something outside this process needs it. */
const LOOK_AGAIN_MS = 10;

/**
 * Looks until the condition holds: for files, processes and other things that tell nobody when they change.
 *
 * @throws Error saying what did not happen, after `deadlineMs`.
 */
export const eventually = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 15_000,
): Promise<void> => {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not happen within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
};
