/** A longer line is no question, whatever it is. */
const LINE_CHARACTERS_MAX = 1024 * 1024;

/** A line that was too long to keep. */
export const TOO_LONG = Symbol('a line that is too long');

export type InputLine = string | typeof TOO_LONG;

/**
 * The lines of a stream, in the pieces in which they arrive: what came at once is given at once. Keeps at most one line
 * of at most 1 Mi characters that has not ended yet.
 */
export async function* inputLines(stream: NodeJS.ReadStream): AsyncGenerator<readonly InputLine[]> {
  stream.setEncoding('utf8');
  let open = '';
  let isTooLong = false;
  const end = (line: string): InputLine => {
    const whole = isTooLong || line.length > LINE_CHARACTERS_MAX ? TOO_LONG : line.replace(/\r$/u, '');
    isTooLong = false;
    return whole;
  };
  for await (const chunk of stream as AsyncIterable<string>) {
    const [first = '', ...rest] = chunk.split('\n');
    open += first;
    const lines: InputLine[] = [];
    for (const next of rest) {
      lines.push(end(open));
      open = next;
    }
    if (open.length > LINE_CHARACTERS_MAX) {
      isTooLong = true;
      open = '';
    }
    if (lines.length > 0) yield lines;
  }
  if (open !== '' || isTooLong) yield [end(open)];
}
