import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Claim, Form} from '../../src/core/claim/claim.ts';
import {exampleOf} from '../../src/core/claim/example.ts';
import {coversPath, formsMeet, formsOf} from '../../src/core/claim/overlap.ts';
import {MANY, type Sequence, sequencesMeet, WORK_MAX} from '../../src/core/claim/sequence.ts';
import {claimOf} from '../support/claim-of.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {namesOver, pathsOf, sequencesOf} from '../support/small-paths.ts';

/** An element is a set of two things, as bits: one, the other, or both. */
type Elements = Sequence<number>;
const meet = (a: number, b: number): boolean => (a & b) !== 0;

const closed = (a: Elements, b: Elements, aFrom = 0, bFrom = 0): boolean =>
  sequencesMeet(meet, a, aFrom, b, bFrom, {left: WORK_MAX});

/** The product of the two automata, state by state. */
const plain = (a: Elements, b: Elements): boolean => {
  const seen = new Set<number>();
  const pending: [number, number][] = [[0, 0]];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    const [i, j] = state;
    const id = i * (b.length + 1) + j;
    if (i > a.length || j > b.length || seen.has(id)) continue;
    seen.add(id);
    if (i === a.length && j === b.length) return true;
    const [left, right] = [a[i], b[j]];
    // A `MANY` ends without a thing, or takes one and stays.
    if (left === MANY) pending.push([i + 1, j]);
    if (right === MANY) pending.push([i, j + 1]);
    if (left === MANY && right != null) pending.push([i, j + 1]);
    if (right === MANY && left != null) pending.push([i + 1, j]);
    if (left != null && right != null && meet(left, right)) pending.push([i + 1, j + 1]);
  }
  return false;
};

describe('the closed form agrees with the product of the automata', () => {
  test.each([
    ['up to 4 elements, each one thing, the other or both', sequencesOf([1, 2, 3, MANY], 4)],
    ['up to 5 elements, each one thing or the other', sequencesOf([1, 2, MANY], 5)],
  ] as const)('for all sequences of %s', (_, all) => {
    const wrong: string[] = [];
    for (const a of all) {
      for (const b of all) {
        if (closed(a, b) !== plain(a, b)) wrong.push(`${JSON.stringify(a)} and ${JSON.stringify(b)}`);
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  test(
    'for long ones, and for what is left of them behind a place',
    () => {
      const element = fc.oneof(
        {arbitrary: fc.constantFrom(1, 1, 2, 3), weight: 3},
        {arbitrary: fc.constant(MANY), weight: 1},
      );
      const long = fc.array(element, {maxLength: 24});
      fc.assert(
        fc.property(long, long, fc.nat(3), fc.nat(3), (a, b, aFrom, bFrom) => {
          const [aLeft, bLeft] = [a.slice(aFrom), b.slice(bFrom)];
          expect(closed(a, b, Math.min(aFrom, a.length), Math.min(bFrom, b.length))).toBe(
            plain(aLeft, bLeft),
          );
        }),
        {numRuns: runs(4_000)},
      );
    },
    patienceMs,
  );

  test(
    'where one has no MANY, and its end decides',
    () => {
      const fixed = fc.array(fc.constantFrom(1, 2), {maxLength: 40});
      const blocks = fc.array(fc.array(fc.constantFrom(1, 2, 3), {maxLength: 4}), {
        minLength: 2,
        maxLength: 6,
      });
      const loose = blocks.map(
        (all): Elements => all.flatMap((block, i) => (i === 0 ? block : [MANY, ...block])),
      );
      fc.assert(
        fc.property(fixed, loose, (a, b) => {
          expect(closed(a, b)).toBe(plain(a, b));
          expect(closed(b, a)).toBe(plain(a, b));
        }),
        {numRuns: runs(4_000)},
      );
    },
    patienceMs,
  );

  test('and says yes when no work may be done any more', () => {
    const [loose, fixed] = [[MANY, 1, MANY] as const, Array.from({length: 50}, () => 2)];
    expect(closed(loose, fixed)).toBe(false);
    expect(sequencesMeet(meet, loose, 0, fixed, 0, {left: 10})).toBe(true);
  });
});

describe('an example', () => {
  const segments = ['a', 'b', 'ab', '*', 'a*', '*b', '?', '[!a]', '**'];
  const globs = sequencesOf(segments, 3)
    .filter((path) => path.length > 0 && (path.length < 3 || path.includes('**')))
    .map((path) => claimOf({glob: path.join('/')}));
  const paths = pathsOf(namesOver('ab', 1), 3);
  const claims: readonly Claim[] = [
    ...globs,
    ...paths.map((path) => claimOf({path})),
    ...paths.map((path) => claimOf({path: `${path}/`})),
    claimOf('./'),
    claimOf({glob: '{a,b/**}/{c,d*}'}),
    claimOf({glob: '**/*[0-9].{ts,tsx}'}),
    claimOf({glob: 'straße*/x'}),
  ];

  const isPrefix = (upper: Form, lower: Form): boolean =>
    upper.key.every((segment, i) => segment === lower.key[i]);
  /** One is a plain path that would have to be a directory for the other to exist. */
  const isAbove = (upper: Form, lower: Form): boolean =>
    upper.segments.length === upper.key.length && isPrefix(upper, lower);
  const covers = (claim: Claim, form: Form, path: readonly string[]): boolean =>
    coversPath({...claim, ...form, others: []}, [{key: path, readings: form.readings}]);

  test('is found exactly if two forms meet, and both cover it', () => {
    const wrong: string[] = [];
    let found = 0;
    let above = 0;
    for (const [i, a] of claims.entries()) {
      // Every third one, a different third for each: pairs enough, of all kinds.
      for (let j = i % 3; j < claims.length; j += 3) {
        const b = claims[j]!;
        for (const one of formsOf(a)) {
          for (const other of formsOf(b)) {
            if ((one.readings & other.readings) === 0) continue;
            const doMeet = formsMeet(one, 0, other, 0, {left: WORK_MAX});
            const example = exampleOf(one, 0, other, 0);
            const isRight =
              example === null
                ? !doMeet || isAbove(one, other) || isAbove(other, one)
                : doMeet && example.length > 0 && covers(a, one, example) && covers(b, other, example);
            if (example !== null) found++;
            else if (doMeet) above++;
            if (!isRight) wrong.push(`${a.raw} and ${b.raw}: ${example?.join('/')}`);
          }
        }
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(found).toBeGreaterThan(10_000);
    expect(above).toBeGreaterThan(50);
  });
});
