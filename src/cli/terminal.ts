import pc from 'picocolors';
import {BoundedWriter} from './bounded-writer.ts';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command writes, and how. */
export interface Terminal {
  /** One line to stdout. Dropped, and counted, if a reader has left too many unread. Never throws. */
  line(text: string): void;
  /** One of the few lines that a command ends with: never dropped, however slow the reader is. */
  lastLine(text: string): void;
  /** One line to stderr. */
  errorLine(text: string): void;
  /** True if a person is watching stdout. */
  readonly isTty: boolean;
  readonly colors: Colors;
  /** Width of the terminal. */
  columns(): number;
  /** Height of the terminal. */
  rows(): number;
  /** Stdout for what draws on it itself: it always knows its size. */
  readonly screen: NodeJS.WriteStream;
  /** Resolves when what was written has left this process; false if nobody takes it. */
  flush(): Promise<boolean>;
  /** True once nothing that is written reaches anybody: the reader went away, say. */
  readonly isOver: boolean;
  /** From here on, this is applied to whatever is written. */
  hide(redact: (text: string) => string): void;
  /** Why something that was written never arrived; `null` if all did, or if its reader went away. */
  readonly failure: Error | null;
}

/** A terminal that does not know its size says 0. */
const sizeOr = (usual: number, size: number | undefined): number =>
  size === undefined || size === 0 ? usual : size;

/** The terminal of this process. */
export const processTerminal = (
  environment: Readonly<Record<string, string | undefined>>,
  json: boolean,
): Terminal => {
  const {stdout, stderr} = process;
  // Absent, not false, when stdout is a pipe; picocolors would then decide by its own rules, which colour under CI.
  const isTty = Boolean(stdout.isTTY) && environment['TERM'] !== 'dumb';
  const wantsNone = (environment['NO_COLOR'] ?? '') !== '';
  const wantsColor = (environment['FORCE_COLOR'] ?? '') !== '' && environment['FORCE_COLOR'] !== '0';
  const writer = new BoundedWriter(stdout, (lines) =>
    json
      ? JSON.stringify({type: 'stream.dropped', lines})
      : `… ${lines} lines were dropped: they were not read in time`,
  );
  stderr.on('error', () => {});
  const columns = (): number => sizeOr(80, stdout.columns);
  const rows = (): number => sizeOr(24, stdout.rows);
  let redact = (text: string): string => text;
  const draw = (text: string | Uint8Array): boolean =>
    stdout.write(typeof text === 'string' ? redact(text) : text);
  return {
    line: (text) => writer.line(redact(text)),
    lastLine: (text) => writer.lastLine(redact(text)),
    errorLine: (text) => void stderr.write(`${redact(text)}\n`),
    hide: (by) => {
      redact = by;
    },
    isTty,
    colors: pc.createColors(!wantsNone && (isTty || wantsColor)),
    columns,
    rows,
    screen: Object.create(stdout, {
      columns: {get: columns},
      rows: {get: rows},
      write: {value: draw},
    }) as NodeJS.WriteStream,
    flush: () => writer.flush(),
    get isOver() {
      return writer.isOver;
    },
    get failure() {
      return writer.failure;
    },
  };
};
