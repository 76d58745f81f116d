import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput, Key} from '../../src/core/claim/claim.ts';
import {isCovered} from '../../src/core/claim/covers.ts';
import {coversPath, overlap} from '../../src/core/claim/overlap.ts';
import {claimOf} from '../support/claim-of.ts';
import {namesOf} from '../support/names-of.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {namesOver, pathsOf, sequencesOf} from '../support/small-paths.ts';
import {Tally} from '../support/tally.ts';

const paths: readonly Key[] = pathsOf(namesOver('abc', 2), 2)
  .concat(pathsOf(namesOver('ab', 1), 4))
  .map((path) => path.split('/'));

/** What a plain claim is owned with: the place and everything below it. */
const isOwned = (claim: Claim, path: Key): boolean =>
  claim.kind === 'glob'
    ? coversPath(claim, namesOf(path.join('/')))
    : claim.key.every((segment, i) => segment === path[i]);

/** A path that the claim covers and none of the owned ones. */
const strayOf = (claim: Claim, owned: readonly Claim[]): Key | undefined =>
  paths.find(
    (path) => coversPath(claim, namesOf(path.join('/'))) && !owned.some((one) => isOwned(one, path)),
  );

const segments = ['a', 'b', '*', 'a*', '*b', '?', '[ab]', '[!a]', 'a?', '**'];
const globs: readonly ClaimInput[] = sequencesOf(segments, 2)
  .slice(1)
  .map((path) => ({glob: path.join('/')}));
const plain: readonly ClaimInput[] = ['a', 'b', 'a/', 'a/b', 'a/b/', './', 'ab', 'c/'];
const braces: readonly ClaimInput[] = [{glob: '{a,b}/*'}, {glob: '{a,b/{a,c}}'}, {glob: '**/{a,b*}'}];
const claims = [...plain, ...globs, ...braces].map((input) => claimOf(input));

describe('a claim that is inside of what is owned', () => {
  test('covers no path that is not, for all pairs of small claims', () => {
    const wrong: string[] = [];
    let inside = 0;
    for (const claim of claims) {
      for (const owned of claims) {
        if (!isCovered(claim, [owned])) continue;
        inside++;
        const stray = strayOf(claim, [owned]);
        if (stray !== undefined) wrong.push(`${claim.raw} in ${owned.raw}: ${stray.join('/')}`);
        if (!overlap(claim, owned)) wrong.push(`${claim.raw} in ${owned.raw}: apart`);
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(inside).toBeGreaterThan(1_000);
  });

  test(
    'covers no path that is not, for several owned ones',
    () => {
      const some = fc.array(fc.constantFrom(...claims), {minLength: 1, maxLength: 4});
      const tries = runs(3_000);
      const tally = new Tally();
      fc.assert(
        fc.property(fc.constantFrom(...claims), some, (claim, owned) => {
          if (!isCovered(claim, owned)) return;
          tally.tell('inside');
          expect([claim.raw, strayOf(claim, owned)]).toEqual([claim.raw, undefined]);
        }),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {inside: 0.1})).toEqual([]);
    },
    patienceMs,
  );

  test('is told from one that is not, where a person would see it at once', () => {
    const isIn = (claim: ClaimInput, owned: ClaimInput): boolean =>
      isCovered(claimOf(claim), [claimOf(owned)]);
    for (const [claim, owned] of [
      ['src/a.ts', 'src/'],
      ['src/', 'src/**'],
      ['src/*.ts', 'src/**'],
      ['src/*.ts', 'src/'],
      ['src/a*.ts', 'src/*.ts'],
      ['src/?.ts', 'src/*.ts'],
      ['src/**/*.test.ts', 'src/**/*.ts'],
      ['src/**', '**'],
    ] as const) {
      expect([claim, owned, isIn(claim, owned)]).toEqual([claim, owned, true]);
    }
    for (const [claim, owned] of [
      ['src/', 'src/*'],
      ['src/*', 'src/?'],
      ['src/**/*.ts', 'src/*/*.ts'],
      ['lib/*.ts', 'src/**'],
      ['**', 'src/**'],
      ['a/?', 'a/**/?/?'],
      ['a*b', 'a*ab*b'],
      ['[ab]*', 'a*a*'],
    ] as const) {
      expect([claim, owned, isIn(claim, owned)]).toEqual([claim, owned, false]);
    }
    // What a pattern begins and ends with are two things.
    for (const [claim, owned] of [
      ['?', '?*?'],
      ['[ab]', '[ab]*[ab]'],
      ['*', '?/**/?'],
    ] as const)
      expect([claim, isIn({glob: claim}, {glob: owned})]).toEqual([claim, false]);
    // On a disk that tells upper and lower case apart, only one of the two is owned; on no disk both are.
    expect(isIn({glob: '{A,a}/x'}, {glob: '[!a]/x'})).toBe(false);
    expect(isIn({glob: '{a,A}/x'}, {glob: '[!a]/x'})).toBe(false);
    expect(isIn({glob: '{A,a}/x'}, {glob: '[!b]/x'})).toBe(true);
    const ids: readonly string[] = [];
    const place = {segments: ['a', 'x'], ids};
    const linked = claimOf('A/x', {
      look: () => ({kind: 'inside', ...place, links: [], exists: true, isDirectory: false}),
    });
    expect(isCovered(linked, [claimOf({glob: '[!a]/x'})])).toBe(false);
    expect(isCovered(linked, [claimOf({glob: '[Aa]/x'})])).toBe(true);
    const both = [claimOf({glob: 'src/*'}), claimOf({glob: 'test/*'})];
    expect(isCovered(claimOf({glob: '{src,test}/a*'}), both)).toBe(true);
    expect(isCovered(claimOf({glob: '{src,lib}/a*'}), both)).toBe(false);
  });
});
