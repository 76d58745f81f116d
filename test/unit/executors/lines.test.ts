import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {LineSplitter} from '../../../src/executors/process/lines.ts';

/** A small bound, so that properties reach the cut. */
const BOUND = 8;

const linesOf = (chunks: readonly Uint8Array[], charactersMax?: number): readonly string[] => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line), charactersMax);
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
};

const chunksOf = (bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place));
};

const cuts = fc.array(fc.nat(), {maxLength: 12});
/** Bytes in which line ends, halves of characters and plain nonsense are all common. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', 'a', 'é', '€', '😀', '\u0000', 'xxxxxxxx'),
      fc.constantFrom([0xe2], [0x82], [0xf0, 0x9f], [0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90]),
    ),
    {maxLength: 30},
  )
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part as string))));

describe('the lines of an output', () => {
  test('are the same however the bytes were cut into chunks', () => {
    fc.assert(
      fc.property(bytes, cuts, (all, places) => {
        expect(linesOf(chunksOf(all, places), BOUND)).toEqual(linesOf([all], BOUND));
      }),
      {numRuns: 2_000},
    );
  });

  test('are those of the decoded text, whatever bytes came', () => {
    fc.assert(
      fc.property(bytes, cuts, (all, places) => {
        const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(all);
        const expected = text.split('\n').map((line) => line.replace(/\r$/u, ''));
        if (text.endsWith('\n') || text === '') expected.pop();
        // A lone carriage return at the very end is a line end that was not finished.
        expect(linesOf(chunksOf(all, places))).toEqual(expected);
      }),
      {numRuns: 2_000},
    );
  });

  test('are never longer than the bound, and nothing of a long line is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'é', '😀', '\n'), {maxLength: 200}),
        cuts,
        (parts, places) => {
          const lines = linesOf(chunksOf(Buffer.from(parts.join('')), places), BOUND);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(BOUND);
          expect(lines.join('')).toBe(parts.filter((part) => part !== '\n').join(''));
        },
      ),
    );
  });

  test('a line of 64 KiB is whole, and one character more begins a second', () => {
    const bound = 64 * 1024;
    expect(linesOf([Buffer.from(`${'a'.repeat(bound)}\n`)]).map((line) => line.length)).toEqual([bound]);
    expect(linesOf([Buffer.from(`${'a'.repeat(bound + 1)}\n`)]).map((line) => line.length)).toEqual([
      bound,
      1,
    ]);
  });

  test('cost no more per byte when a line is long than when lines are short', () => {
    const timeOf = (line: string): number => {
      const chunk = Buffer.from(line.repeat(Math.ceil(65_536 / line.length)));
      const splitter = new LineSplitter(() => {}, 4 * 1024 * 1024);
      const startedAt = performance.now();
      for (let i = 0; i < 400; i++) splitter.write(chunk);
      splitter.end();
      return performance.now() - startedAt;
    };
    timeOf('warm up\n');
    const short = timeOf('a line of ordinary length, as programs print them all day long\n');
    expect(timeOf('x')).toBeLessThan(short * 20);
  });
});
