/** Why a running attempt was told to stop. */
export type StopCause =
  | {readonly kind: 'timed-out'; readonly afterMs: number}
  | {readonly kind: 'quiet'; readonly afterMs: number}
  | {readonly kind: 'cancelled'; readonly reason: string}
  | {readonly kind: 'shutdown'; readonly reason: string}
  /** The actor that watched over the process failed; the process is stopped to be sure. */
  | {readonly kind: 'agent-crashed'; readonly message: string}
  /** The program ended but left processes behind, which could still write. */
  | {readonly kind: 'left-behind'; readonly processes: number};

/** What an executor knows of an attempt once nothing of it is alive any more. */
export interface AttemptExit {
  readonly how: ExitReason;
  /** From start to confirmed death (ms). */
  readonly durationMs: number;
  /** Where all output went; `null` for functions. */
  readonly logPath: string | null;
  /** The last lines of output. */
  readonly tail: readonly string[];
  /** The claimed files that differ from before the attempt; `null` if that was not looked at. */
  readonly changed: readonly string[] | null;
}

export type ExitReason =
  | {readonly kind: 'returned'; readonly value: unknown}
  | {readonly kind: 'threw'; readonly message: string; readonly error: unknown}
  | {readonly kind: 'exited'; readonly code: number; readonly result: ProgramResult}
  | {readonly kind: 'signalled'; readonly signal: string}
  /** Nothing ever ran. */
  | {readonly kind: 'not-started'; readonly message: string; readonly hint: string};

/** What a known agent CLI said about itself in its event stream. */
export type ProgramResult =
  /** A plain command: its exit code says it all. */
  | {readonly kind: 'not-expected'}
  | {readonly kind: 'success'; readonly text: string}
  | {readonly kind: 'failure'; readonly text: string}
  /** The stream ended without its last event, so the work was cut short whatever the exit code says. */
  | {readonly kind: 'missing'; readonly expected: string};

/** Why an attempt failed. `message` is one sentence for people, composed in `judge` alone. */
export interface AttemptFailure {
  readonly code:
    | 'timed-out'
    | 'quiet'
    | 'agent-crashed'
    | 'start-refused'
    | 'survived'
    | 'signalled'
    | 'rate-limited'
    | 'exit-code'
    | 'result-missing'
    | 'result-failure'
    | 'threw'
    | 'not-started'
    | 'overlapped'
    | 'interrupted'
    | 'agent-type-gone'
    | 'function-gone';
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number | null;
  readonly logPath: string | null;
  readonly tail: readonly string[];
  /** What the function threw, for the caller who knows its type; `undefined` for processes. */
  readonly error: unknown;
}

/** A failure without a process to tell of: the attempt never ran, or is not known to have ended. */
export const failureWithoutExit = (
  code: AttemptFailure['code'],
  message: string,
  hint: string,
): AttemptFailure => ({
  code,
  message,
  hint,
  exitCode: null,
  signal: null,
  durationMs: null,
  logPath: null,
  tail: [],
  error: undefined,
});
