import {
  type AttemptExit,
  type AttemptFailure,
  type ExitReason,
  failureWithoutExit,
  type StopCause,
} from './failures.ts';
import {rateLimitIn} from './rate-limit.ts';
import {unreachable} from './unreachable.ts';

/** How an attempt ended, given what it was told meanwhile. */
export type Verdict =
  | {readonly kind: 'succeeded'}
  | {readonly kind: 'cancelled'; readonly reason: string}
  | {readonly kind: 'failed'; readonly failure: AttemptFailure};

const span = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${Number((ms / 1_000).toFixed(1))} s`);

/** What it said of the limit, to follow "was rate-limited". */
const rateLimitText = (how: ExitReason): string => {
  if (how.kind === 'threw') return `: ${how.message}`;
  return how.kind === 'exited' && how.result.kind === 'failure' ? `: ${how.result.text}` : '';
};

/**
 * The verdict on an attempt that is confirmed dead. Pure, total.
 *
 * The first true cause wins, in this order: cancelled or shut down, timed out, quiet, crashed agent, never
 * started, rate-limited, threw, killed by a signal, exit code, result of the program. A cancel wins over a timeout, because a
 * person's word must also stop the retries. Processes left behind by a program that succeeded are swept and do
 * not spoil its success.
 */
export const judge = (exit: AttemptExit, stop: StopCause | null): Verdict => {
  const seeLog = exit.logPath === null ? 'see the error' : `see its log: ${exit.logPath}`;
  const failed = (
    code: AttemptFailure['code'],
    message: string,
    hint: string,
    fields: Partial<AttemptFailure> = {},
  ): Verdict => ({
    kind: 'failed',
    failure: {
      ...failureWithoutExit(code, message, hint),
      durationMs: exit.durationMs,
      logPath: exit.logPath,
      tail: exit.tail,
      ...fields,
    },
  });
  switch (stop?.kind) {
    case 'cancelled':
    case 'shutdown':
      return {kind: 'cancelled', reason: stop.reason};
    case 'timed-out':
      return failed(
        'timed-out',
        `timed out after ${span(stop.afterMs)}`,
        'raise its timeout or split the task',
      );
    case 'quiet':
      return failed(
        'quiet',
        `printed nothing for ${span(stop.afterMs)}`,
        `raise its quiet timeout, or find out where it hangs: ${seeLog}`,
      );
    case 'agent-crashed':
      return failed(
        'agent-crashed',
        `its agent crashed: ${stop.message}`,
        'this is a bug in Disjoint: report it',
      );
    case 'left-behind':
    case undefined:
      break;
    default:
      return unreachable(stop);
  }
  const {how} = exit;
  if (rateLimitIn(exit) !== null) {
    const said = rateLimitText(how);
    return failed('rate-limited', `was rate-limited${said}`, 'give its agent type a tag with a limit', {
      exitCode: how.kind === 'exited' ? how.code : null,
      ...(how.kind === 'threw' && {error: how.error}),
    });
  }
  switch (how.kind) {
    case 'not-started':
      return failed('not-started', `could not start: ${how.message}`, how.hint);
    case 'threw':
      return failed('threw', `threw: ${how.message}`, 'see the error', {error: how.error});
    case 'signalled':
      return failed('signalled', `was killed by ${how.signal}`, seeLog, {signal: how.signal});
    case 'returned':
      return {kind: 'succeeded'};
    case 'exited': {
      const {code, result} = how;
      if (code !== 0) return failed('exit-code', `exited with code ${code}`, seeLog, {exitCode: code});
      switch (result.kind) {
        case 'missing': {
          const message = `exited with code 0 but never printed its ${result.expected}`;
          return failed('result-missing', message, seeLog, {exitCode: 0});
        }
        case 'failure':
          return failed('result-failure', `reported failure: ${result.text}`, seeLog, {exitCode: 0});
        case 'success':
        case 'not-expected':
          return {kind: 'succeeded'};
        default:
          return unreachable(result);
      }
    }
    default:
      return unreachable(how);
  }
};
