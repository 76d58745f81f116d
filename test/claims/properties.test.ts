import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput} from '../../../src/core/claim/claim.ts';
import {explainOverlap} from '../../../src/core/claim/explain.ts';
import {fold} from '../../../src/core/claim/fold.ts';
import {overlap} from '../../../src/core/claim/overlap.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';

const ROOT = '/home/me/repo';

const one = (input: ClaimInput): Claim => {
  const parsed = parseClaim(input, {root: ROOT});
  const [claim, ...more] = parsed.ok ? parsed.value : [];
  if (claim === undefined || more.length > 0) throw new Error(`not one claim: ${JSON.stringify(parsed)}`);
  return claim;
};

const codeOf = (input: unknown, root: string | undefined = ROOT): string => {
  const parsed = parseClaim(input as ClaimInput, root === undefined ? {} : {root});
  return parsed.ok ? 'accepted' : parsed.failure.code;
};

/** Names that fold, that are special, or that are quite ordinary. */
const segment = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'A',
    'src',
    'SRC',
    'straße',
    'STRASSE',
    'ﬁ',
    'FI',
    'é',
    'e\u0301',
    'ς',
    'Σ',
    '가',
    'a.',
    'a ',
    '\u1e9e',
    'İ',
    'ı',
  ),
  fc.string({unit: 'grapheme', minLength: 1, maxLength: 4}),
  fc.constantFrom('.', '..', '', '*', '**', '?', '[a]', '{a,b}', '__proto__', 'constructor', 'a\u200d'),
);
const text = fc.array(segment, {minLength: 1, maxLength: 5}).map((segments) => segments.join('/'));
const claims = text
  .map((raw) => parseClaim(raw))
  .filter((parsed) => parsed.ok)
  .map((parsed) => (parsed.ok ? parsed.value[0]! : one('a')));

describe('for all claims', () => {
  test('parsing answers whatever it is given, and never throws', () => {
    const hostile: unknown[] = [10n, Symbol('x'), () => 1, new Proxy({}, {}), Object.create(null)];
    const circular: {self?: unknown} = {};
    circular.self = circular;
    hostile.push(circular, {path: circular}, {rename: [circular, 10n]}, [circular]);
    for (const input of hostile) expect(codeOf(input)).toBe('E_PATH_TYPE');
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(
        fc.oneof(anything, fc.string({unit: 'binary'}), text, fc.record({glob: fc.string({unit: 'binary'})})),
        (input) => {
          const parsed = parseClaim(input as ClaimInput, {root: ROOT});
          expect(parsed.ok ? parsed.value.length : parsed.failure.code.length).toBeGreaterThan(0);
        },
      ),
      {numRuns: 2_000},
    );
  });

  test('folding twice is folding once', () => {
    fc.assert(
      fc.property(fc.oneof(segment, fc.string({unit: 'binary'}), fc.string({unit: 'grapheme'})), (name) => {
        expect(fold(fold(name))).toBe(fold(name));
      }),
      {numRuns: 5_000},
    );
  });

  test('overlap is symmetric and reflexive, and its explanation agrees with it', () => {
    fc.assert(
      fc.property(claims, claims, (a, b) => {
        expect(overlap(a, b)).toBe(overlap(b, a));
        expect(overlap(a, a)).toBe(true);
        const explained = explainOverlap(a, b);
        expect(explained.overlap).toBe(overlap(a, b));
        expect(explained.reason).toMatch(/\S/u);
      }),
      {numRuns: 2_000},
    );
  });

  test('a claim read again from its own text is the same claim', () => {
    fc.assert(
      fc.property(claims, (claim) => {
        const input = claim.kind === 'glob' ? {glob: claim.text} : {path: claim.text};
        expect(one(input)).toMatchObject({kind: claim.kind, text: claim.text, key: claim.key});
      }),
    );
  });

  test('every other spelling of a name still overlaps it', () => {
    const respell = fc.constantFrom<(name: string) => string>(
      (name) => `./${name}`,
      (name) => name.replaceAll('/', '//'),
      (name) => name.replaceAll('/', '/./'),
      (name) => name.replaceAll('/', '\\'),
      (name) => `x/../${name}`,
      (name) => `${name}/`,
      // A last segment of dots alone means another folder with one dot more, not another spelling.
      (name) => (/(?:^|[/\\\\])[. ]*$/u.test(name) ? name : `${name}.`),
      (name) => (/(?:^|[/\\\\])[. ]*$/u.test(name) ? name : `${name} `),
      (name) => name.toUpperCase(),
      (name) => name.toLowerCase(),
      (name) => name.normalize('NFC'),
      (name) => name.normalize('NFD'),
      (name) => name.normalize('NFKC'),
      (name) => name.replaceAll('a', 'a\u200d'),
    );
    fc.assert(
      fc.property(text, fc.array(respell, {maxLength: 3}), (name, respells) => {
        const other = respells.reduce((spelled, change) => change(spelled), name);
        const [a, b] = [parseClaim({path: name}), parseClaim({path: other})];
        fc.pre(a.ok && b.ok);
        expect([name, other, overlap(a.ok ? a.value[0]! : one('a'), b.ok ? b.value[0]! : one('b'))]).toEqual([
          name,
          other,
          true,
        ]);
      }),
      {numRuns: 2_000},
    );
  });

  test('names that part at a plain letter never overlap', () => {
    const rest = fc.array(fc.constantFrom('a', 'B', 'é', 'x.ts'), {maxLength: 3});
    fc.assert(
      fc.property(rest, rest, rest, (start, a, b) => {
        expect(overlap(one([...start, 'p', ...a].join('/')), one([...start, 'q', ...b].join('/')))).toBe(
          false,
        );
      }),
    );
  });

  test('where the root of the repository lies changes nothing', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('/r', '/home/me/repo', '/Straße/x y'), (name, root) => {
        const absolute = parseClaim({path: `${root}/${name}`}, {root});
        const relative = parseClaim({path: name}, {root});
        // A name may start with "~" or climb above its root and come back; those are refused one way or the other.
        fc.pre(absolute.ok && relative.ok);
        expect(absolute.ok && absolute.value[0]?.key).toEqual(relative.ok && relative.value[0]?.key);
      }),
    );
  });
});
