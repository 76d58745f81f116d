import {Readable} from 'node:stream';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type InputLine, inputLines, UNREADABLE} from '../../../src/cli/input-lines.ts';
import {runs} from '../../support/seed.ts';

const arriving = (...chunks: readonly (string | Buffer)[]): AsyncIterable<Buffer> =>
  Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

const read = async (...chunks: readonly (string | Buffer)[]): Promise<readonly (readonly InputLine[])[]> => {
  const pieces: (readonly InputLine[])[] = [];
  for await (const lines of inputLines(arriving(...chunks))) pieces.push(lines);
  return pieces;
};
const lines = async (...chunks: readonly (string | Buffer)[]): Promise<readonly InputLine[]> =>
  (await read(...chunks)).flat();

const MIB = 1024 * 1024;

describe('the lines of a stream', () => {
  test('are given as they arrive, and what came at once is given at once', async () => {
    expect(await read('a\nb\nc', 'd\n', 'e\n')).toEqual([['a', 'b'], ['cd'], ['e']]);
  });

  test('need no newline at the end, and there is no line after the last one', async () => {
    expect(await lines('a\nb')).toEqual(['a', 'b']);
    expect(await lines('a\nb\n')).toEqual(['a', 'b']);
    expect(await lines('')).toEqual([]);
    expect(await lines()).toEqual([]);
  });

  test('may be empty', async () => {
    expect(await lines('\n', '\n\na\n\n')).toEqual(['', '', '', 'a', '']);
  });

  test('may end with a carriage return, wherever the stream is cut', async () => {
    expect(await lines('a\r\n\r\nb\r', '\nc\rd\n')).toEqual(['a', '', 'b', 'c\rd']);
  });

  test('that are longer than 1 MiB are not kept, in one piece or in many, and the next one is', async () => {
    const piece = 'x'.repeat(MIB / 2);
    expect(await lines(`${piece}${piece}\nb\n`)).toEqual([piece + piece, 'b']);
    expect(await lines(`${piece}${piece}x\nb\n`)).toEqual([UNREADABLE, 'b']);
    expect(await lines('a\n', piece, piece, 'x', piece, '\nb\n', 'c')).toEqual(['a', UNREADABLE, 'b', 'c']);
    expect(await lines(piece, piece, 'x')).toEqual([UNREADABLE]);
    expect(await lines(piece, piece, 'x', `\n${piece}`, piece, '\n')).toEqual([UNREADABLE, piece + piece]);
  });

  test('that are no UTF-8 are not taken for something else, and spoil no other', async () => {
    const broken = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xc3]), Buffer.from('\nb\n')]);
    expect(await lines(broken)).toEqual(['a', UNREADABLE, 'b']);
    expect(await lines('\ufffd\n')).toEqual(['\ufffd']);
  });

  test('are the same wherever the stream is cut, also within a character', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({unit: fc.constantFrom('a', 'é', '🙂', '\r', '\u2028'), maxLength: 5}), {
          maxLength: 6,
        }),
        fc.boolean(),
        fc.array(fc.nat({max: 40}), {maxLength: 6}),
        async (texts, isEnded, cuts) => {
          const bytes = Buffer.from(texts.join('\n') + (isEnded ? '\n' : ''));
          const ends = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          const chunks = ends.slice(1).map((end, i) => bytes.subarray(ends[i], end));
          const expected = bytes.toString().split('\n');
          if (expected.at(-1) === '') expected.pop();
          expect(await lines(...chunks)).toEqual(expected.map((text) => text.replace(/\r$/u, '')));
        },
      ),
      {numRuns: runs(200)},
    );
  });
});
