import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput} from '../../../src/core/claim/claim.ts';
import {overlap} from '../../../src/core/claim/overlap.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';

/** Two claims and what must come of them, on every host and file system. `{ROOT}` is the root of the repository. */
interface Vector {
  readonly a: ClaimInput;
  readonly b: ClaimInput;
  readonly overlap: 'yes' | 'no' | 'reject';
  readonly error?: string;
  readonly why: string;
}

const ROOT = '/home/me/repo';
const vectors = JSON.parse(
  readFileSync(new URL('../../support/path-vectors.json', import.meta.url), 'utf8').replaceAll(
    '{ROOT}',
    ROOT,
  ),
) as readonly Vector[];

const parse = (input: ClaimInput) => parseClaim(input, {root: ROOT});

const claimsOf = (input: ClaimInput): readonly Claim[] => {
  const parsed = parse(input);
  if (!parsed.ok) throw new Error(`${parsed.failure.code}: ${parsed.failure.message}`);
  return parsed.value;
};

const overlaps = (a: ClaimInput, b: ClaimInput): boolean =>
  claimsOf(a).some((one) => claimsOf(b).some((other) => overlap(one, other)));

const shown = ({a, b, why}: Vector): string =>
  `${JSON.stringify(a).slice(0, 40)} and ${JSON.stringify(b)} (${why})`;

const isGlob = (input: ClaimInput): boolean => claimsOf(input).some((claim) => claim.kind === 'glob');

const of = (wanted: Vector['overlap']) =>
  vectors.filter((one) => one.overlap === wanted).map((one) => [shown(one), one] as const);

describe('claims that can name a common file overlap:', () => {
  test.each(of('yes'))('%s', (_, {a, b}) => {
    expect(overlaps(a, b)).toBe(true);
    expect(overlaps(b, a)).toBe(true);
  });
});

describe('claims that cannot name a common file do not overlap:', () => {
  const plain = of('no').filter(([, {a, b}]) => !isGlob(a) && !isGlob(b));
  test.each(plain)('%s', (_, {a, b}) => {
    expect(overlaps(a, b)).toBe(false);
    expect(overlaps(b, a)).toBe(false);
  });

  test('globs may still overlap, since a glob counts as its literal leading directory; they are few', () => {
    const globs = of('no').filter(([, {a, b}]) => isGlob(a) || isGlob(b));
    expect(globs.length).toBeGreaterThan(0);
    expect(globs.length).toBeLessThan(plain.length);
  });
});

describe('a claim is refused, and for the reason that counts:', () => {
  test.each(of('reject'))('%s', (_, {a, b, error}) => {
    const codes = [a, b].map((input) => {
      const parsed = parse(input);
      return parsed.ok ? null : parsed.failure.code;
    });
    expect(codes).toContain(error);
  });
});
