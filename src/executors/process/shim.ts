import {readFileSync} from 'node:fs';
import type {ExitReason} from '../../core/failures.ts';
import {LineSplitter} from './lines.ts';
import type {Shim} from './shims.ts';

/** What is to be run, and where it is written down how that ended. */
export interface ShimCall {
  /** Absolute path of the program. */
  readonly file: string;
  readonly args: readonly string[];
  /** All that the program has. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** It is given something to read; otherwise it finds nothing there. */
  readonly hasStdin: boolean;
  /** Absolute path. The folder has to be there. */
  readonly resultFile: string;
}

export interface ShimObserver {
  /** The program runs. @param pid Its own, not that of its group. */
  started(pid: number): void;
  /** Nothing ran, and nothing is left. */
  refused(error: NodeJS.ErrnoException): void;
  /** The program has ended. What it started may be alive. */
  ended(how: Extract<ExitReason, {readonly kind: 'exited' | 'signalled'}>): void;
}

/** What the shim says, as data. */
type Message =
  | {readonly type: 'started'; readonly pid: number}
  | {readonly type: 'failed'; readonly code: string; readonly message: string}
  | {readonly type: 'ended'; readonly code: number | null; readonly signal: NodeJS.Signals | null};

/** The other end is a program of ours. */
const messageIn = (line: string): Message => JSON.parse(line) as Message;

const howEnded = (
  code: number | null,
  signal: NodeJS.Signals | null,
): Extract<ExitReason, {readonly kind: 'exited' | 'signalled'}> =>
  signal === null
    ? {kind: 'exited', code: code ?? 0, result: {kind: 'not-expected'}}
    : {kind: 'signalled', signal};

/**
 * Runs a program under this shim: in a session and process group of its own, which signals reach as a whole and Ctrl-C in
 * the terminal does not; killed when this process ends, however it ends; with its end written to a file first.
 *
 * The shim leads the group, and the output of the program is that of the shim.
 */
export const runUnder = ({process: shim, wire}: Shim, call: ShimCall, observer: ShimObserver): void => {
  let last: Message | null = null;
  const lines = new LineSplitter((line) => {
    last = messageIn(line);
    if (last.type === 'started') observer.started(last.pid);
  });
  wire.on('data', (bytes: Buffer) => lines.write(bytes));
  wire.write(`${JSON.stringify(call)}\n`);
  // Only the shim has the other end, so with its death everything that it said has come.
  const isSaid = new Promise((resolve) => wire.once('close', resolve));
  const tellEnd = async (code: number | null, signal: NodeJS.Signals | null): Promise<void> => {
    await isSaid;
    if (last?.type === 'failed') observer.refused(Object.assign(new Error(last.message), {code: last.code}));
    else if (last?.type === 'ended') observer.ended(howEnded(last.code, last.signal));
    // It was killed itself, with or without its program.
    else observer.ended(howEnded(code, signal));
  };
  shim.once('exit', (code, signal) => void tellEnd(code, signal));
};

/** How an attempt ended, as its shim wrote it down. */
export interface ShimResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
}

const isResult = (value: unknown): value is ShimResult => {
  if (typeof value !== 'object' || value === null) return false;
  const {code, signal, durationMs} = value as Partial<Record<keyof ShimResult, unknown>>;
  return (
    (code === null ? typeof signal === 'string' : Number.isInteger(code) && signal === null) &&
    typeof durationMs === 'number'
  );
};

/** What the shim of an attempt wrote down; `null` if it never came to that. */
export const readResult = (file: string): ShimResult | null => {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isResult(value) ? value : null;
  } catch {
    return null;
  }
};
