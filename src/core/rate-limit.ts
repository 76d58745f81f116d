import type {AttemptExit} from './failures.ts';
import {isObject} from './shape.ts';

/** What an attempt used up: when it may try again (ms from its end); `null` if it did not say. */
export interface RateLimit {
  readonly retryAfterMs: number | null;
}

/** EX_TEMPFAIL of sysexits.h: "temporary failure, the user is invited to retry". */
const EXIT_CODE_RATE_LIMITED = 75;

/** The longest that is believed (ms): a day. */
const RETRY_AFTER_MAX_MS = 86_400_000;

/** What agent CLIs and the services behind them say: with the codes of HTTP, of Anthropic and of Google. */
const SAID =
  /\b429\b|rate.?limit(?:ed|_error|_exceeded)|rate.?limit (?:exceeded|reached|hit)|too many requests|overloaded_error|usage limit reached|quota exceeded|RESOURCE_EXHAUSTED/iu;

/** How many of the last lines are believed to be about the end. */
const LAST_LINES = 3;

const field = (error: object, name: string): unknown => {
  try {
    return Reflect.get(error, name);
  } catch {
    return undefined;
  }
};

/** An error with `retryAfterMs`, or one of an HTTP client with the status 429. */
const inError = (error: unknown): RateLimit | null => {
  if (!isObject(error)) return null;
  const retryAfterMs = field(error, 'retryAfterMs');
  if (typeof retryAfterMs === 'number' && retryAfterMs >= 0) {
    return {retryAfterMs: Math.min(Math.round(retryAfterMs), RETRY_AFTER_MAX_MS)};
  }
  return field(error, 'status') === 429 || field(error, 'statusCode') === 429 ? {retryAfterMs: null} : null;
};

/**
 * Did the attempt end because of a rate limit? A function says so by what it throws, a command by its exit code, a known
 * agent CLI by what it says last. `null` if it did not.
 */
export const rateLimitIn = ({how, tail}: AttemptExit): RateLimit | null => {
  if (how.kind === 'threw') return inError(how.error);
  if (how.kind !== 'exited' || how.result.kind === 'success') return null;
  if (how.code === EXIT_CODE_RATE_LIMITED) return {retryAfterMs: null};
  switch (how.result.kind) {
    case 'not-expected':
      return null;
    case 'failure':
      return SAID.test(how.result.text) ? {retryAfterMs: null} : null;
    case 'missing':
      return tail.slice(-LAST_LINES).some((line) => SAID.test(line)) ? {retryAfterMs: null} : null;
  }
};

const FIRST_PAUSE_MS = 15_000;
const PAUSE_MAX_MS = 600_000;
/** Jacobson and Karels 1988: waits that double do not keep a service down that is used up. */
export const pauseMs = ({retryAfterMs}: RateLimit, times: number): number =>
  retryAfterMs ?? Math.min(PAUSE_MAX_MS, FIRST_PAUSE_MS * 2 ** Math.min(times, 10));

/** So many attempts that were rate-limited do not use up the retries of a task. */
export const RATE_LIMITED_FREE = 5;
