import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseDuration} from '../../../src/config/duration.ts';
import {loadConfigFile, loadPlanFile} from '../../../src/config/load.ts';
import {parseYaml} from '../../../src/config/yaml.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const valueOf = (text: string): unknown => {
  const parsed = parseYaml('config', text, 'f.yaml');
  return parsed.ok ? parsed.value.value : `${parsed.failure.code}: ${parsed.failure.message}`;
};

describe('what YAML 1.1 would have read as something else', () => {
  test.each([
    ['[no, yes, on, off, y, n, No, YES]', ['no', 'yes', 'on', 'off', 'y', 'n', 'No', 'YES']],
    ['[true, false]', [true, false]],
    ['[1:30, 12:30:45]', ['1:30', '12:30:45']],
    ['[1_000]', ['1_000']],
    ['[2001-01-01]', ['2001-01-01']],
    ['[0x10, 0o14]', [16, 12]],
    ['["012", "no"]', ['012', 'no']],
    ['[~, null, ]', [null, null]],
    ['{<<: 1}', {'<<': 1}],
    ['[=]', ['=']],
  ])('%s is read as YAML 1.2 says', (text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  test.each(['012', '-007', '+01', '00'])('%s is refused: octal to some and decimal to others', (digits) => {
    expect(valueOf(`a: ${digits}`)).toBe(
      `E_CONFIG_AMBIGUOUS: f.yaml:1:4: ${digits} is octal to some readers and decimal to others`,
    );
    expect(valueOf(`a: "${digits}"`)).toEqual({a: digits});
  });
});

describe('what a file of ours may not have', () => {
  test.each([
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 'E_CONFIG_DUPLICATE: f.yaml:3:1: a key stands here twice'],
    ['a key twice in JSON', '{"a": 1, "a": 1}', 'E_CONFIG_DUPLICATE: f.yaml:1:10: a key stands here twice'],
    [
      'a number and its text as keys',
      '{1: a, "1": b}',
      'E_CONFIG_DUPLICATE: f.yaml:1:8: a key stands here twice',
    ],
    ['__proto__', 'a:\n  __proto__: {x: 1}\n', 'E_CONFIG_KEY: f.yaml:2:3: "__proto__" may not be a key'],
    [
      '__proto__ by another name',
      'a: &k __proto__\n*k : 1\n',
      'E_CONFIG_KEY: f.yaml:2:1: a key must be plain text',
    ],
    ['a key that is a list', '? [a]\n: 1\n', 'E_CONFIG_KEY: f.yaml:1:3: a key must be plain text'],
    ['a tag that makes a set', 'a: !!set {x}', 'E_CONFIG_TAG: f.yaml:1:10: the tag !!set is not read'],
    [
      'a tag that runs a program',
      'a: !!js/function x',
      'E_CONFIG_TAG: f.yaml:1:18: the tag !!js/function is not read',
    ],
    ['a tag that makes bytes', 'a: !!binary aGk=', 'E_CONFIG_TAG: f.yaml:1:13: the tag !!binary is not read'],
    ['a tag of its own', 'a: !mine x', 'E_CONFIG_TAG: f.yaml:1:10: the tag !mine is not read'],
    ['an alias of nothing', 'a: *b', 'E_CONFIG_SYNTAX: f.yaml:1:4: *b stands for nothing'],
    ['an alias before its anchor', 'a: *b\nc: &b 1', 'E_CONFIG_SYNTAX: f.yaml:1:4: *b stands for nothing'],
    [
      'a list that holds itself',
      'a: &b [*b]',
      'E_CONFIG_COMPLEX: f.yaml:1:8: *b stands for a value that it is a part of',
    ],
    [
      'a value that holds itself far below',
      'a: &b {c: [1, {d: *b}]}',
      'E_CONFIG_COMPLEX: f.yaml:1:19: *b stands for a value that it is a part of',
    ],
    ['a second document', 'a: 1\n---\nb: 2\n', 'E_CONFIG_SYNTAX: f.yaml:2:1: a second document begins here'],
    [
      'lists in lists without end',
      '['.repeat(50_000),
      'E_CONFIG_COMPLEX: f.yaml nests more than 100 levels deep',
    ],
    [
      'lists in lists, closed',
      '['.repeat(5_000) + ']'.repeat(5_000),
      'E_CONFIG_COMPLEX: f.yaml nests more than 100 levels deep',
    ],
    ['an open bracket', 'a: [1,\n', /^E_CONFIG_SYNTAX: f\.yaml:2:1: /u],
    ['a tab for indentation', 'a:\n\tb: 1\n', /^E_CONFIG_SYNTAX: f\.yaml:2:1: /u],
    ['an open quote', 'a: "b\n', /^E_CONFIG_SYNTAX: f\.yaml:\d+:\d+: Missing closing "quote$/u],
  ])('%s', (_, text, says) => {
    expect(String(valueOf(text))).toMatch(says);
  });

  test('text that would fill the memory through its aliases', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [last, next] of ['ab', 'bc', 'cd', 'de', 'ef'])
      bomb.push(`${next}: &${next} [${`*${last},`.repeat(9)}]`);
    expect(valueOf(bomb.join('\n'))).toBe('E_CONFIG_COMPLEX: f.yaml repeats itself through too many aliases');
  });

  test('and an ordinary alias is fine', () => {
    expect(valueOf('a: &x [1]\nb: *x\nc: [*x, *x]\n')).toEqual({a: [1], b: [1], c: [[1], [1]]});
  });

  test('nothing of all this reaches the prototype of any object', () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) valueOf(`{${key}: {polluted: 1}}`);
    expect(({} as {polluted?: unknown}).polluted).toBeUndefined();
  });
});

describe('a duration', () => {
  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1.5h', 5_400_000],
    ['500ms', 500],
    ['0.5s', 500],
    ['1ms', 1],
    ['596h', 2_145_600_000],
  ])('%s is read', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    '',
    '10',
    '-5s',
    '1y',
    '1d',
    '1h30m',
    ' 1s',
    '1 s',
    '1S',
    '.5s',
    '5.s',
    '1e3s',
    '0s',
    '0.4ms',
    '597h',
    '99999999999h',
    '١s',
    'Infinitys',
    '1s\n',
  ])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('whatever stands in a file', () => {
  const nasty = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'agents',
          'tasks',
          ': ',
          '- ',
          '\n',
          '  ',
          '[',
          ']',
          '{',
          '}',
          ',',
          '&a ',
          '*a',
          '!!x ',
          '"',
          "'",
          '|\n',
          '? ',
          '#',
          '---\n',
          '...\n',
          '%YAML 1.1\n',
          '\t',
          '\r\n',
          '<<',
          '012',
          '~',
        ),
        fc.string({maxLength: 5}),
      ),
      {maxLength: 40},
    )
    .map((parts) => parts.join(''));
  const shaped = fc.record(
    {
      agents: fc.oneof(fc.dictionary(fc.string(), fc.anything()), fc.anything()),
      tasks: fc.oneof(
        fc.array(fc.dictionary(fc.constantFrom('agent', 'files', 'id', 'timeout', 'x'), fc.jsonValue())),
        fc.anything(),
      ),
      maxParallel: fc.anything(),
    },
    {requiredKeys: []},
  );
  const bytes = fc.oneof(
    nasty.map((text) => Buffer.from(text)),
    shaped.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
    fc.uint8Array({maxLength: 60}).map((array) => Buffer.from(array)),
  );

  test('it loads or is refused with a code, a place or a file, and a hint: never an exception', async () => {
    const folder = temporaryFolder();
    mkdirSync(folder, {recursive: true});
    const file = path.join(folder, 'file');
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        writeFileSync(file, content);
        for (const load of [loadConfigFile, loadPlanFile]) {
          const loaded = await load(file, 'f.yaml');
          const failure = loaded.ok ? {code: 'E_FINE', message: 'f.yaml', hint: 'x'} : loaded.failure;
          expect(failure.code).toMatch(/^E_[A-Z_]+$/u);
          expect(failure.message).toMatch(/^f\.yaml/u);
          expect(failure.message).not.toMatch(/[\n\r]|undefined/u);
          expect(failure.message.length).toBeLessThan(400);
          expect(failure.hint).not.toBe('');
        }
      }),
      {numRuns: 400},
    );
  });

  test('twice as much of it takes no more than about twice as long', () => {
    const timeOf = (text: string): number => {
      const startedAt = performance.now();
      parseYaml('plan', text, 'f.yaml');
      return performance.now() - startedAt;
    };
    const shapes: readonly ((n: number) => string)[] = [
      (n) => Array.from({length: n}, (_, i) => `k${i}: 1\n`).join(''),
      (n) => `[${','.repeat(n)}`,
      (n) => '"'.repeat(n),
      (n) => `[${'[],'.repeat(n)}]`,
    ];
    for (const shape of shapes) {
      timeOf(shape(2_000));
      // Eight times the text: 8 times the time if it grows in line, 64 times if with the square.
      expect(timeOf(shape(16_000)) / timeOf(shape(2_000))).toBeLessThan(32);
    }
  });
});
