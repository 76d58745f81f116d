import fc from 'fast-check';
import {isDisjointWith} from 'refa';
import {describe, expect, test} from 'vitest';
import {EXACT} from '../../src/core/claim/fold.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {claimOf} from '../support/claim-of.ts';
import {automatonOf} from '../support/glob-automaton.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {alternativesOf} from '../support/small-paths.ts';
import {Tally} from '../support/tally.ts';

/** Automata know nothing of case, and of dots that a file system drops. */
const rules = EXACT;

/** More than any two of these have together. */
const NODES_MAX = 1_000_000;

/** Both ways to answer, and whether they agree. */
const compare = (a: string, b: string): {readonly ours: boolean; readonly theirs: boolean} => ({
  ours: overlap(claimOf({glob: a}, {rules}), claimOf({glob: b}, {rules})),
  theirs: !isDisjointWith(automatonOf(a), automatonOf(b), NODES_MAX),
});

const CLASSES = ['[ab]', '[!a]', '[b-d]', '[!b-c]', '[!A-Z]', '[.-0]', '[!.0]'] as const;
const element = fc.oneof(
  {arbitrary: fc.constantFrom('a', 'b', 'C', '.', '-', 'é'), weight: 4},
  {arbitrary: fc.constantFrom('*', '?'), weight: 2},
  {arbitrary: fc.constantFrom(...CLASSES), weight: 1},
);
const segment = fc.oneof(
  {arbitrary: fc.array(element, {minLength: 1, maxLength: 6}).map((parts) => parts.join('')), weight: 5},
  {arbitrary: fc.constant('**'), weight: 2},
);
const flat = fc.array(segment, {minLength: 1, maxLength: 5}).map((segments) => segments.join('/'));
/** Braces in a glob, with two or three alternatives that may have braces themselves. */
const bracedAround = (alternative: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom('', 'a', '**/', 'b/'),
      fc.array(fc.oneof(alternative, fc.constant('')), {minLength: 2, maxLength: 3}),
      fc.constantFrom('', '/a', '/*', 'b', '*', '/**'),
    )
    .map(([head, alternatives, tail]) => `${head}{${alternatives.join(',')}}${tail}`);
const short = fc.array(segment, {minLength: 1, maxLength: 2}).map((segments) => segments.join('/'));
const glob = fc.oneof(flat, bracedAround(fc.oneof(short, bracedAround(short))));

/** What nobody writes, and what shells differ on: names of dots alone, `***`, an alternative of which nothing is left. */
const UNUSUAL = /^\/*$|\/$|(?:^|\/)(?:\.+|\*{3,})(?:\/|$)/u;
const isUsual = (text: string): boolean => alternativesOf(text).every((one) => !UNUSUAL.test(one));
const globs = glob.filter(isUsual);

describe('two globs overlap exactly if the automata of refa meet:', () => {
  test.each([
    ['src/**', 'src/a.ts', true],
    ['src/**', 'src', true],
    ['src/**', 'lib/**', false],
    ['**/*.ts', '**/*.tsx', false],
    ['**/*.ts', 'a/**', true],
    ['**/a/**/b', 'a/**/c', false],
    ['**/a/**/b', 'c/**/b', true],
    ['*a*b', 'b*a', false],
    ['*a*b*', '*b*a*', true],
    ['a*', '*b', true],
    ['?', '??', false],
    ['[a-c]x', '[!a-c]x', false],
    ['[a-c]x', '[c-e]x', true],
    ['[a-c]x', '[c-e]X', false],
    // What is left of the range is a slash, and no name holds one.
    ['[.-0]', '[!.0]', false],
    ['{a,b}/{c,d}', '{b,e}/{d,f}', true],
    ['{a,b}/{c,d}', '{b,e}/{e,f}', false],
    ['{a/{b,c/d},e}/f', 'a/*/d/f', true],
    ['a/**/b', 'a/b', true],
    ['**/**', 'a', true],
    ['*a*a*a*a', 'a?a?a', true],
  ] as const)('%s and %s: %s', (a, b, expected) => {
    expect(compare(a, b)).toEqual({ours: expected, theirs: expected});
    expect(compare(b, a)).toEqual({ours: expected, theirs: expected});
  });

  test(
    'any two',
    () => {
      const tries = runs(4_000);
      const tally = new Tally();
      fc.assert(
        fc.property(globs, globs, (a, b) => {
          const {ours, theirs} = compare(a, b);
          tally.tell(theirs ? 'meet' : 'apart');
          if (a.includes('{') && b.includes('{')) tally.tell('braces in both');
          expect({a, b, ours}).toEqual({a, b, ours: theirs});
        }),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {meet: 0.15, apart: 0.3, 'braces in both': 0.1})).toEqual([]);
    },
    patienceMs,
  );

  test(
    'two that differ in one place',
    () => {
      const tries = runs(4_000);
      const tally = new Tally();
      const change = fc.constantFrom('a', 'b', '*', '?', '[!a]', '/', '/**/', '');
      fc.assert(
        fc.property(flat.filter(isUsual), fc.nat(), fc.nat(3), change, (a, place, taken, put) => {
          const at = place % (a.length + 1);
          const b = a.slice(0, at) + put + a.slice(at + taken);
          const rest = CLASSES.reduce((text, one) => text.replaceAll(one, ' '), b);
          fc.pre(isUsual(b) && !b.startsWith('/') && !/[[\]!]/u.test(rest));
          const {ours, theirs} = compare(a, b);
          tally.tell(theirs ? 'meet' : 'apart');
          expect({a, b, ours}).toEqual({a, b, ours: theirs});
        }),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {meet: 0.15, apart: 0.15})).toEqual([]);
    },
    patienceMs,
  );
});
