import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {RedactedLines} from '../../../../src/core/secrets/redacted-lines.ts';
import {RedactedStream} from '../../../../src/core/secrets/redacted-stream.ts';
import {NO_SECRETS, Redactor} from '../../../../src/core/secrets/redactor.ts';
import {secretsIn} from '../../../../src/core/secrets/secrets.ts';
import {runs} from '../../../support/seed.ts';

const VALUE = 'pass wörd/+"1\\2"&=?';
const redactor = Redactor.of([
  {name: 'PASSWORD', value: VALUE},
  {name: 'SHORT', value: 'abcdefgh'},
  {name: 'LONGER', value: 'abcdefghijkl'},
]);

const KEY = [
  '-----BEGIN RSA PRIVATE KEY-----',
  'MIIEowIBAAKCAQEA',
  'q83vEjRWeJA=',
  '-----END RSA PRIVATE KEY-----',
];

/** A text in pieces of these lengths, the rest in one. */
const pieces = (text: string, lengths: readonly number[]): readonly string[] => {
  const parts: string[] = [];
  let from = 0;
  for (const length of lengths) {
    parts.push(text.slice(from, from + length));
    from += length;
  }
  return [...parts, text.slice(from)];
};

describe('the secrets of an environment', () => {
  test('are what variables hold whose names say so, and those that are named', () => {
    const environment = {
      ANTHROPIC_API_KEY: 'sk-ant-1234567890',
      GITHUB_TOKEN: 'abcdefgh1',
      DB_PASSWORD: 'hunter2hunter2',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
      SSH_KEY_PATH: '/home/you/.ssh/id_rsa',
      TOKEN_TTL: '1234567890',
      MONKEY: 'bananabanana',
      SHORT_TOKEN: 'true',
      DSN: 'pg:1',
      PATH: '/usr/bin:/bin',
      NONE_TOKEN: undefined,
    };
    const names = (named?: readonly string[]) => secretsIn([environment], named).map(({name}) => name);
    expect(names()).toEqual(['ANTHROPIC_API_KEY', 'GITHUB_TOKEN', 'DB_PASSWORD', 'AWS_SECRET_ACCESS_KEY']);
    expect(names(['DSN', 'SHORT_TOKEN', 'GONE'])).toContain('DSN');
    expect(names(['DSN', 'SHORT_TOKEN', 'GONE'])).toContain('SHORT_TOKEN');
  });
});

describe('a secret is replaced', () => {
  test.each([
    ['as it is', VALUE],
    ['in JSON', JSON.stringify(VALUE).slice(1, -1)],
    ['in an address', encodeURIComponent(VALUE)],
    ['in base64', Buffer.from(VALUE).toString('base64').replace(/=+$/u, '')],
    ['in base64 for addresses', Buffer.from(VALUE).toString('base64url')],
  ])('%s', (_, spelled) => {
    const plain = redactor.text(`before ${spelled} after`);
    expect(plain).toMatch(/^before \[secret PASSWORD\].{0,2} after$/u);
  });

  test('in base64 of a text around it', () => {
    for (const before of ['', 'u', 'us', 'user:']) {
      const encoded = Buffer.from(`${before}${VALUE}:x`).toString('base64');
      expect(redactor.text(encoded)).toContain('[secret PASSWORD]');
    }
  });

  test('as a whole, of two that begin alike', () => {
    expect(redactor.text('abcdefghijkl abcdefgh')).toBe('[secret LONGER] [secret SHORT]');
  });

  test('in every text of a value, and what holds none is given back as it is', () => {
    const value = {a: ['x', {b: VALUE}], c: 1, d: null};
    expect(redactor.value(value)).toEqual({a: ['x', {b: '[secret PASSWORD]'}], c: 1, d: null});
    const plain = {a: ['x', {b: 'y'}]};
    expect(redactor.value(plain)).toBe(plain);
  });

  test('and can be put in again where it has a name', () => {
    const told = {task: `Log in with ${VALUE} and sk-zyxwvutsrqponmlkjihg`};
    expect(redactor.restored(redactor.value(told))).toEqual({task: `Log in with ${VALUE} and [secret]`});
    expect(NO_SECRETS.restored('[secret PASSWORD]')).toBe('[secret PASSWORD]');
  });

  test('once and for all', () => {
    const once = redactor.text(`${VALUE} sk-abcdefghijklmnopqrstuvwx`);
    expect(redactor.text(once)).toBe(once);
  });
});

test.each([
  ['an API key', 'sk-proj-abcdefghij0123456789'],
  ['a token of GitHub', `ghp_${'a1'.repeat(18)}`],
  ['a finer one', `github_pat_${'a1'.repeat(20)}`],
  ['a token of GitLab', 'glpat-abcdefghij0123456789'],
  ['a token of Slack', 'xoxb-123456789012-abcdef'],
  ['a key of AWS', 'AKIAIOSFODNN7EXAMPLE'],
  ['a web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
  ['a header', 'Authorization: Bearer abcdef123456'],
])('%s is known by its looks', (_, text) => {
  const plain = NO_SECRETS.text(`x ${text} y`);
  expect(plain).toMatch(/^x (?:Authorization: Bearer )?\[secret\] y$/u);
});

test('what only resembles one stays', () => {
  for (const text of [
    'sk-1',
    'task-force-of-many-people-in-a-row',
    'AKIA',
    'eyJ',
    'a.b.c',
    'Authorization: required',
  ])
    expect(NO_SECRETS.text(text)).toBe(text);
});

test('any text may be a secret', () => {
  const odd = fc.oneof(
    fc.string({unit: 'binary', minLength: 4}),
    fc.string({unit: fc.constantFrom(...Array.from('\\[]{}()*+?.^$|/- \n&%"'))}),
  );
  fc.assert(
    fc.property(odd, fc.string(), (value, around) => {
      const by = Redactor.of([{name: 'X', value}]);
      const plain = by.text(`${around} ${value} ${around}`);
      expect(value.trim().length < 4 || /[\r\n]/u.test(value.trim()) || plain.includes('[secret X]')).toBe(
        true,
      );
      expect(by.ofBytes.text('x')).toBe('x');
    }),
    {numRuns: runs(1_000)},
  );
});

describe('in a text that comes in pieces', () => {
  const throughStream = (by: Redactor, parts: readonly string[]): string => {
    const stream = new RedactedStream(by);
    return parts.map((part) => stream.write(part)).join('') + stream.end();
  };

  test('no secret gets through, wherever it is cut, and the rest comes out as it went in', () => {
    const words = [
      'a ',
      'b',
      '\n',
      'pass ',
      'abc',
      'sk-',
      '-----BEGIN',
      'Authorization: ',
      'abcdefgh',
      'abcdefghijkl',
    ];
    const secrets = [VALUE, 'ghp_abcdefghijklmnopqrstuvwxyz', 'Authorization: Bearer abcdef123456'];
    const texts = fc.constantFrom(...words, ...secrets, `${KEY.join('\n')}\n`);
    fc.assert(
      fc.property(fc.array(texts, {maxLength: 8}), fc.array(fc.nat(30), {maxLength: 12}), (parts, cuts) => {
        const text = parts.join(' ');
        const whole = throughStream(redactor, [text]);
        expect(throughStream(redactor, pieces(text, cuts))).toBe(whole);
        for (const canary of [VALUE, 'abcdefgh', 'ghp_abcdef', 'abcdef123456', 'MIIEow', 'q83vEj'])
          expect(whole).not.toContain(canary);
        const isPlain = !/BEGIN|pass|abcd|ghp|Auth/u.test(text);
        expect(isPlain ? whole : text).toBe(text);
      }),
      {numRuns: runs(2_000)},
    );
  });

  test('of bytes, letters beyond ASCII may be cut as well', () => {
    const bytes = Buffer.from(`x ${VALUE} é`).toString('latin1');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const out = throughStream(redactor.ofBytes, pieces(bytes, [cut]));
      expect(Buffer.from(out, 'latin1').toString()).toBe('x [secret PASSWORD] é');
    }
  });

  test('what is no beginning of a secret is not held back', () => {
    const stream = new RedactedStream(redactor);
    expect(stream.write('Continue? [y/N] ')).toBe('Continue? [y/N] ');
    expect(stream.write('...')).toBe('...');
    expect(stream.write('abc')).toBe('');
    expect(stream.write('z')).toBe('abcz');
  });

  test('a long line is no reason to hold much back', () => {
    const stream = new RedactedStream(redactor);
    const startedAt = performance.now();
    let out = '';
    for (let i = 0; i < 64; i++) out += stream.write('eyJ'.repeat(5_000));
    expect(out.length).toBeGreaterThan(64 * 15_000 - 10_000);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

test('of a private key in lines nothing is left', () => {
  const lines = new RedactedLines(NO_SECRETS);
  expect(['a', ...KEY, 'b'].map((line) => lines.line(line))).toEqual([
    'a',
    '[secret]',
    null,
    null,
    null,
    'b',
  ]);
});
