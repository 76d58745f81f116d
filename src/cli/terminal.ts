import {isatty} from 'node:tty';
import pc from 'picocolors';
import {BoundedWriter} from './bounded-writer.ts';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command writes, and how. */
export interface Terminal {
  /** One line to stdout. Never blocks and never throws. */
  line(text: string): void;
  /** One line to stderr. */
  errorLine(text: string): void;
  /** True if a person is watching stdout. */
  readonly isTty: boolean;
  readonly colors: Colors;
  /** Width of the terminal. */
  columns(): number;
  /** Resolves when what was written has left this process. */
  flush(): Promise<void>;
}

const STDOUT = 1;

/** The terminal of this process. */
export const processTerminal = (
  environment: Readonly<Record<string, string | undefined>>,
  json: boolean,
): Terminal => {
  const isTty = isatty(STDOUT) && environment['TERM'] !== 'dumb';
  const noColor = environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== '';
  const writer = isTty
    ? null
    : new BoundedWriter(STDOUT, (lines) =>
        json
          ? JSON.stringify({type: 'stream.dropped', lines})
          : `… ${lines} lines were dropped: they were not read in time`,
      );
  // A terminal that is closed under us must not end the work.
  if (isTty) process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  return {
    line: (text) => {
      if (writer === null) process.stdout.write(`${text}\n`);
      else writer.line(text);
    },
    errorLine: (text) => void process.stderr.write(`${text}\n`),
    isTty,
    colors: pc.createColors(isTty && !noColor),
    columns: () => (isTty ? (process.stdout.columns ?? 80) : 80),
    flush: () => writer?.flush() ?? Promise.resolve(),
  };
};
