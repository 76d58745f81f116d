/** When a failed attempt is tried again. */
export interface RetryPolicy {
  /** How many attempts a task has in all. 1 means no retry. */
  readonly maxAttempts: number;
  /** The longest possible wait before the second attempt; it doubles with each further one. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
}

export const NO_RETRY: RetryPolicy = {maxAttempts: 1, backoffMs: 1_000, backoffMaxMs: 60_000};

/**
 * A fraction in [0, 1) from a text, the same on every machine: the core has no random source, and a replay must
 * wait exactly as long as the first run did. 32-bit FNV-1a with a final mix (Fowler, Noll, Vo).
 */
const fraction = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return (hash >>> 0) / 2 ** 32;
};

/**
 * How long to wait (ms) after attempt number `attempt` (from 1) failed.
 *
 * Exponential with "equal jitter": between half the cap and the cap, so that tasks which failed together do not
 * come back together, and none comes back at once.
 */
export const backoffMs = (policy: RetryPolicy, taskId: string, attempt: number): number => {
  const cap = Math.min(policy.backoffMaxMs, policy.backoffMs * 2 ** Math.min(attempt - 1, 52));
  return Math.round(cap / 2 + (cap / 2) * fraction(`${taskId}:${attempt}`));
};
