import {isUtf8} from 'node:buffer';

/** A longer line is no question, whatever it is. */
const LINE_BYTES_MAX = 1024 * 1024;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = /^\uFEFF/u;

/** A line that was too long to keep, or is no text. */
export const UNREADABLE = Symbol('a line that cannot be read');

export type InputLine = string | typeof UNREADABLE;

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

const lineOf = (bytes: Buffer): InputLine =>
  bytes.length > LINE_BYTES_MAX || !isUtf8(bytes) ? UNREADABLE : withoutReturn(bytes.toString());

/** The lines in these bytes, which do not end with a newline. */
function* linesOf(bytes: Buffer): Generator<InputLine> {
  for (let from = 0; from <= bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from);
    const end = newline === -1 ? bytes.length : newline;
    yield lineOf(bytes.subarray(from, end));
    from = end + 1;
  }
}

/**
 * The lines of a stream, in the pieces in which they arrive: what came at once is given at once. Keeps no more of a line
 * that has not ended yet than 1 MiB and a piece.
 */
export async function* inputLines(stream: AsyncIterable<Buffer>): AsyncGenerator<readonly InputLine[]> {
  let open: Buffer[] = [];
  let openBytes = 0;
  let isTooLong = false;
  let isFirst = true;
  const end = (bytes: Buffer): readonly InputLine[] => {
    const lines = [...linesOf(Buffer.concat([...open, bytes]))];
    const [first] = lines;
    if (isTooLong) lines[0] = UNREADABLE;
    // Some editors begin a file with a mark that is no part of its text.
    else if (isFirst && typeof first === 'string') lines[0] = first.replace(BYTE_ORDER_MARK, '');
    isFirst = false;
    open = [];
    openBytes = 0;
    isTooLong = false;
    return lines;
  };
  for await (const chunk of stream) {
    const newline = chunk.lastIndexOf(NEWLINE);
    if (newline !== -1) yield end(chunk.subarray(0, newline));
    const rest = chunk.subarray(newline + 1);
    if (isTooLong || rest.length === 0) continue;
    open.push(rest);
    openBytes += rest.length;
    if (openBytes <= LINE_BYTES_MAX) continue;
    isTooLong = true;
    open = [];
  }
  if (openBytes > 0) yield end(Buffer.alloc(0));
}
