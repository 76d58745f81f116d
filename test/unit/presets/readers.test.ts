import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {PRESETS} from '../../../src/executors/presets/index.ts';
import {oneLine, parseJsonLine, textAt} from '../../../src/executors/presets/json-line.ts';
import {EVENT_STREAMS} from '../../support/fake-agents/streams.ts';
import {taskSpec} from '../../support/task-spec.ts';

const readerOf = (name: string) => {
  const preset = PRESETS.find((one) => one.name === name);
  if (preset === undefined) throw new Error(`there is no preset ${name}`);
  return preset.launch({spec: taskSpec(), args: [], root: '/r', scratch: '/s'}).reader;
};

/** Events with the right words in the wrong places. */
const event = fc.letrec((tie) => ({
  value: fc.oneof(
    {maxDepth: 3},
    fc.constantFrom(
      'result',
      'success',
      'error',
      'assistant',
      'item.completed',
      'step_finish',
      'stop',
      'text',
    ),
    fc.constantFrom(null, true, false, 0, ''),
    fc.array(tie('value'), {maxLength: 2}),
    fc.dictionary(
      fc.constantFrom(
        'type',
        'subtype',
        'is_error',
        'result',
        'message',
        'content',
        'item',
        'part',
        'reason',
        'error',
        'status',
        'role',
        'delta',
        '__proto__',
      ),
      tie('value'),
      {maxKeys: 4},
    ),
  ),
})).value;

describe.each(PRESETS.map(({name}) => name))('the reader of %s', (name) => {
  test('takes any line without throwing, and shows at most one line for each', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            event.map((value) => JSON.stringify(value)),
          ),
          {maxLength: 8},
        ),
        (lines) => {
          const reader = readerOf(name);
          for (const line of lines) {
            const shown = reader.line(line);
            // What is no event is shown as it is; lines hold no line ends.
            expect(shown === null || shown === line || !/[\n\r]/u.test(shown)).toBe(true);
          }
          expect(['success', 'failure', 'missing']).toContain(reader.result().kind);
        },
      ),
    );
  });

  test('says that the result is missing until it comes', () => {
    const {work, success} = EVENT_STREAMS[name as keyof typeof EVENT_STREAMS];
    const reader = readerOf(name);
    for (const line of work) {
      reader.line(line);
      expect(reader.result().kind).toBe('missing');
    }
    reader.line(success);
    expect(reader.result().kind).toBe('success');
  });
});

describe('a line of JSON', () => {
  test('is an event only if it is one object', () => {
    for (const line of ['', '[]', '"x"', '1', 'null', '{', '{]', ' {}'])
      expect(parseJsonLine(line)).toBeNull();
    expect(parseJsonLine('{"a":{"b":["c"]}}')).toEqual({a: {b: ['c']}});
  });

  test('has text where the path leads to text', () => {
    const value = {a: {b: ['c', 1]}};
    expect(textAt(value, 'a', 'b', 0)).toBe('c');
    for (const path of [['a'], ['a', 'b', 1], ['a', 'b', 2], ['x', 'y'], ['a', 'b', 0, 'length']]) {
      expect(textAt(value, ...path)).toBeNull();
    }
  });

  test('is one line for people whatever it holds', () => {
    expect(oneLine('  a\r\n\tb\u2028c  ')).toBe('a b c');
  });
});
