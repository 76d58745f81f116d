import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput} from '../../src/core/claim/claim.ts';
import {explainOverlap} from '../../src/core/claim/explain.ts';
import {EXACT, fold, PORTABLE} from '../../src/core/claim/fold.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {claimOf} from '../support/claim-of.ts';
import {anyName as name, anyText as text} from '../support/claim-texts.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const ROOT = '/home/me/repo';

const one = (input: ClaimInput): Claim => claimOf(input, {root: ROOT});

const claimsIn = (input: unknown): readonly Claim[] => {
  // Callers without types may give anything.
  const parsed = parseClaim(input as ClaimInput, {root: ROOT});
  return parsed.ok ? parsed.value : [];
};

/** All ways to write a claim, around any text, with characters that make patterns. */
const hostileText = fc.oneof(
  text,
  fc.string({unit: fc.constantFrom(...Array.from('[]{}(),*?!^-@+|.:/\\ab~$ \u0301'))}),
  fc.string({unit: 'binary'}),
);
const input: fc.Arbitrary<ClaimInput> = fc.oneof(
  hostileText,
  fc.record({path: hostileText}),
  fc.record({glob: hostileText}),
  fc.record({rename: fc.tuple(text, text)}),
);
const claim = input
  .map(claimsIn)
  .filter(({length}) => length > 0)
  .map((claims) => claims[0]!);

describe('for all claims', () => {
  test(
    'parsing answers whatever it is given, and never throws',
    () => {
      const circular: {self?: unknown} = {};
      circular.self = circular;
      const noClaims: unknown[] = [
        10n,
        Symbol('x'),
        () => 1,
        new Proxy({}, {}),
        Object.create(null),
        circular,
      ];
      noClaims.push(
        {path: circular},
        {rename: [circular, 10n]},
        [circular],
        {path: 1, glob: 'a'},
        {rename: 'ab'},
      );
      const {proxy, revoke} = Proxy.revocable<string[]>([], {});
      revoke();
      const failing = (): never => {
        throw new Error('no');
      };
      noClaims.push(
        proxy,
        {rename: proxy},
        Object.defineProperty({}, 'path', {get: failing, enumerable: true}),
      );
      for (const no of noClaims) {
        expect(parseClaim(no as ClaimInput)).toMatchObject({ok: false, failure: {code: 'E_PATH_TYPE'}});
      }
      const anything = fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withSparseArray: true,
      });
      fc.assert(
        fc.property(fc.oneof(anything, input), (given) => {
          const parsed = parseClaim(given as ClaimInput, {root: ROOT});
          expect(parsed.ok ? parsed.value.length : parsed.failure.code.length).toBeGreaterThan(0);
        }),
        {numRuns: runs(4_000)},
      );
    },
    patienceMs,
  );

  test(
    'folding twice is folding once, by all rules',
    () => {
      const rules = fc.oneof(
        fc.constantFrom(PORTABLE, EXACT),
        fc.record({
          caseless: fc.boolean(),
          expanding: fc.boolean(),
          normalized: fc.boolean(),
          compatible: fc.boolean(),
          ignoring: fc.boolean(),
          trimming: fc.boolean(),
          composing: fc.boolean(),
        }),
      );
      fc.assert(
        fc.property(fc.oneof(name, fc.string({unit: 'binary'})), rules, (segment, rule) => {
          expect(fold(fold(segment, rule), rule)).toBe(fold(segment, rule));
        }),
        {numRuns: runs(10_000)},
      );
    },
    patienceMs,
  );

  test(
    'overlap is symmetric and reflexive, and its explanation agrees with it',
    () => {
      const tries = runs(3_000);
      const tally = new Tally();
      fc.assert(
        fc.property(claim, claim, (a, b) => {
          expect(overlap(a, a)).toBe(true);
          const answer = overlap(a, b);
          tally.tell(answer ? 'overlap' : 'apart');
          if (a.kind === 'glob' && b.kind === 'glob') tally.tell('globs');
          expect(overlap(b, a)).toBe(answer);
          const explained = explainOverlap(a, b);
          expect(explained.overlap).toBe(answer);
          expect(explained.reason).toMatch(/\S/u);
        }),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {overlap: 0.05, apart: 0.3, globs: 0.05})).toEqual([]);
    },
    patienceMs,
  );

  test(
    'a claim read again from its own text is the same claim',
    () => {
      for (const path of ['./!a', './~', './~/x', 'a/../!']) {
        expect(one({path: one({path}).text})).toEqual({...one({path}), raw: one({path}).text});
        expect(explainOverlap(one({path}), one({path: path.toUpperCase()})).rule).toBe('same-path');
      }
      for (const glob of ['./!*', '.', './', 'a/', 'a/.', './a/*/', '{a,.}', 'a/{b/,c/d}']) {
        expect(one({glob: one({glob}).text})).toEqual({...one({glob}), raw: one({glob}).text});
      }
      fc.assert(
        fc.property(claim, (given) => {
          const again = given.kind === 'glob' ? {glob: given.text} : {path: given.text};
          expect(one(again)).toMatchObject({kind: given.kind, text: given.text, key: given.key});
        }),
        {numRuns: runs(1_000)},
      );
    },
    patienceMs,
  );

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

  test('names that are keys of every object are names like any other', () => {
    const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'prototype', 'valueOf', 'a'];
    for (const a of names) {
      for (const b of names) {
        for (const [left, right] of [
          [a, b],
          [`${a}/x`, `${b}/`],
          [`x/${a}`, `X/${b}`],
        ] as const) {
          expect([left, right, overlap(one(left), one(right))]).toEqual([left, right, a === b]);
        }
        expect([a, b, overlap(one({glob: `${a}/*`}), one({glob: `*/${b}`}))]).toEqual([a, b, true]);
        expect([a, b, overlap(one({glob: `*${a}`}), one({glob: `?${b}`}))]).toEqual([a, b, a === b]);
      }
    }
  });

  test('where the root of the repository lies changes nothing', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('/r', '/home/me/repo', '/Straße/x y'), (path, root) => {
        fc.pre(!/^[/\\]/u.test(path));
        const absolute = parseClaim({path: `${root}/${path}`}, {root});
        const relative = parseClaim({path}, {root});
        // A name may start with "~" or climb above its root and come back; those are refused one way or the other.
        fc.pre(absolute.ok && relative.ok);
        expect(absolute.ok && absolute.value[0]?.key).toEqual(relative.ok && relative.value[0]?.key);
      }),
    );
  });
});
