/**
 * In which order queued tasks start.
 *
 * - `fair`: by priority with aging, then arrival. No task is overtaken more than `overtakesMax` times.
 * - `throughput`: what the end of the run waits for first. No task is left behind for ever.
 * - `ordered`: of two tasks that conflict, the one that came first.
 */
export const POLICIES = ['fair', 'throughput', 'ordered'] as const;

export type Policy = (typeof POLICIES)[number];

/** More overtakes than there ever are. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** How often a task may be overtaken, under the policy, before it reserves. `throughput` has a guard of its own. */
export const guardOf = ({
  policy,
  overtakesMax,
}: {
  readonly policy: Policy;
  readonly overtakesMax: number;
}): number => {
  switch (policy) {
    case 'fair':
      return overtakesMax;
    case 'throughput':
      return NEVER;
    case 'ordered':
      return 0;
  }
};

/**
 * Under `throughput`, the task that came first of all that are queued goes to the front once more than this many others
 * started since it was queued.
 */
export const patienceAmong = (queued: number): number => Math.max(64, 2 * queued);
