import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../src/core/claim/claim.ts';
import {answerOverlap, explainOverlap} from '../../src/core/claim/explain.ts';
import {EXACT} from '../../src/core/claim/fold.ts';
import type {Look} from '../../src/core/claim/look.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {claimOf} from '../support/claim-of.ts';

describe('names as they are written', () => {
  test.each<readonly [ClaimInput, ClaimInput]>([
    // A class that leaves lower case out holds upper case, on a disk that tells them apart.
    ['src/[!a-z]*.tsx', 'src/Button.tsx'],
    ['[!a-z]*.tsx', '[A-C]*.tsx'],
    // A sigma at the end of a word is another letter in lower case, and a pattern ends words.
    [{glob: 'ΜΕΡΟΣ*.md'}, 'ΜΕΡΟΣ.md'],
    ['*Σ', 'ΛΟΓΟΣ'],
    ['ΛΟΓΟΣ*', 'ΛΟΓΟΣΑ'],
    ['?stanbul.md', 'İstanbul.md'],
    ['?.md', 'ß.md'],
    ['a?', 'a.'],
  ])('%j covers %j, by the portable rules as by the exact ones', (a, b) => {
    for (const rules of [undefined, EXACT]) {
      const [one, other] = [a, b].map((input) => claimOf(input, rules === undefined ? {} : {rules}));
      expect(one !== undefined && other !== undefined && overlap(one, other)).toBe(true);
    }
  });

  test('are compared folded, too: a sigma is one sigma', () => {
    expect(overlap(claimOf({glob: 'ΜΕΡΟΣ.*'}), claimOf('μερος.md'))).toBe(true);
  });

  test('are not compared with folded ones', () => {
    expect(overlap(claimOf('[!A-Z]'), claimOf('C'))).toBe(false);
    expect(overlap(claimOf('[!a]'), claimOf('a'))).toBe(false);
  });

  test('count behind a link, and below a directory with two names, too', () => {
    const seen = (segments: readonly string[], ids: readonly string[]): Look => ({
      kind: 'inside',
      segments,
      ids,
      exists: true,
      isDirectory: true,
    });
    const looks: Readonly<Record<string, Look>> = {
      link: seen(['real'], ['1:1']),
      mnt: seen(['mnt'], ['1:1']),
      'real/ßß.ts': seen(['real', 'ßß.ts'], ['1:1']),
    };
    const look = (path: string): Look | undefined => looks[path];
    const file = claimOf('real/ßß.ts', {look});
    expect(overlap(claimOf({glob: 'link/?ß.ts'}, {look}), file)).toBe(true);
    expect(overlap(claimOf({glob: 'mnt/?ß.ts'}, {look}), file)).toBe(true);
  });
});

describe('a name behind brackets', () => {
  test.each([
    ['[.]git/hooks/pre-commit', 'E_PATH_GITDIR'],
    ['.gi[t]/hooks/x', 'E_PATH_GITDIR'],
    ['[.]disjoint/x', 'E_PATH_STATE'],
    ['con[.]txt', 'E_PATH_RESERVED'],
    ['[.][.]/x', 'E_PATH_CONFUSABLE'],
  ])('%s is refused like the name itself', (glob, code) => {
    const parsed = parseClaim({glob});
    expect(parsed.ok ? 'accepted' : parsed.failure.code).toBe(code);
  });

  test('is no named class', () => {
    expect(claimOf({glob: '[.]env/[.]x'}).widened).toBe(false);
    expect(claimOf({glob: 'a[[:alpha:]]'}).widened).toBe(true);
  });
});

describe('claims that nobody would write', () => {
  const PAIRS: readonly (readonly [string, string])[] = [
    [`${'**/a*/'.repeat(600)}b`, `{${'a,'.repeat(1_900)}}`],
    [`${'**/*a*b*/'.repeat(400)}x`, `${'?'.repeat(250)}/${'*'.repeat(250)}`],
    [`${'*/'.repeat(500)}b`, `{${'a,'.repeat(201)}}`],
    ['**/*a*/'.repeat(500), '**/*b*/'.repeat(500)],
  ];

  test.each(PAIRS)('are explained without a long wait: %#', (a, b) => {
    const [one, other] = [claimOf({glob: a}), claimOf({glob: b})];
    const bestOf = (answer: () => void): number =>
      Math.min(
        ...Array.from({length: 5}, () => {
          const startedAt = performance.now();
          answer();
          return performance.now() - startedAt;
        }),
      );
    // Seconds, before the search for an example and its spelling were bounded.
    expect(bestOf(() => answerOverlap(one, other))).toBeLessThan(250);
    expect(bestOf(() => explainOverlap(one, other))).toBeLessThan(250);
  });
});
