import {describe, expect, test} from 'vitest';
import type {Claim} from '../../src/core/claim/claim.ts';
import {explainOverlap} from '../../src/core/claim/explain.ts';
import {EXACT, type FoldRules, PORTABLE} from '../../src/core/claim/fold.ts';
import {coversPath, overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {claimOf} from '../support/claim-of.ts';
import {Bits, namesOver, oracleOf, pathsOf, sequencesOf} from '../support/small-paths.ts';

/** Every sequence of these parts, up to this many, that has no two stars side by side. */
const sequences = (
  parts: readonly string[],
  lengthMax: number,
  star: string,
): readonly (readonly string[])[] =>
  sequencesOf(parts, lengthMax).filter(
    (sequence) =>
      sequence.length > 0 && sequence.every((part, i) => part !== star || sequence[i - 1] !== star),
  );

const withoutStar = (sequence: readonly string[], star: string): number =>
  sequence.filter((part) => part !== star).length;

/** Globs, and paths of which two of the globs share one if they share any. */
interface Family {
  readonly globs: readonly string[];
  readonly paths: readonly string[];
}

/*
 * Two globs overlap if some path matches both, where names are told apart by case. Where they are not, they do if some
 * path matches one of them, and the other in another case.
 *
 * Why a shared path is found if there is one. Take the shortest path that both globs stand for. Of each of its names,
 * at least one of the globs has a segment for it that is not `**`: a name that both leave to a `**` could be left out.
 * So it is at most as deep as the two globs have such segments together, and exactly as deep as a glob has segments if
 * that has no `**`. The same holds for the characters of a name and the elements of two segments that are not `*`. And
 * of the letters, those that no glob names are all alike: one of them, `c`, stands for all. Where case is none, a
 * letter that is named in one case is another in the other, so those are among the letters, too.
 */

/** Names by their characters: at most 3 elements other than stars in each, so at most 6 characters. */
const CHARACTERS: Family = {
  globs: sequences(['a', 'b', '*', '?', '[ab]', '[!a]', '[b-d]'], 4, '*')
    .filter((parts) => withoutStar(parts, '*') <= 3)
    .map((parts) => parts.join('')),
  paths: namesOver('abc', 6),
};

/** Paths by their names: at most 3 segments other than `**` in each, so at most 6 deep; names of one character. */
const SEGMENTS: Family = {
  globs: sequences(['a', 'b', '*', '[!a]', '**'], 4, '**')
    .filter((parts) => withoutStar(parts, '**') <= 3)
    .map((parts) => parts.join('/'))
    .concat('**/**', 'a/**/**', '**/**/b', '[a]', 'a/[b]/**'),
  paths: pathsOf(namesOver('abc', 1), 6),
};

/** Both: at most 2 segments other than `**`, so at most 4 deep; with a star a segment has at most 1 letter. */
const BOTH: Family = {
  globs: sequences(['a', 'bb', '*a', 'a*', 'b*', '*', '**', '?b', '[!a]?'], 3, '**')
    .filter((parts) => withoutStar(parts, '**') <= 2)
    .map((parts) => parts.join('/')),
  // Every class holds `a` or `b`, and so does what any two have in common.
  paths: pathsOf(namesOver('ab', 2), 4),
};

/** Letters in both cases: at most 2 elements other than stars, so at most 4 characters. */
const CASES: Family = {
  globs: sequences(
    ['a', 'B', '*', '?', '[aB]', '[!a]', '[!aA]', '[!B]', '[A-b]', '[!A-B]', '[!b-dB-D]'],
    3,
    '*',
  )
    .filter((parts) => withoutStar(parts, '*') <= 2)
    .map((parts) => parts.join('')),
  paths: namesOver('aAbBcCe', 4),
};

/** Braces, nested and with slashes inside; at most 2 segments next to a `**`, 3 without, and 2 characters. */
const BRACES: Family = {
  globs: ['a', 'b', '*', '[!a]', 'a*'].flatMap((x) =>
    ['a', 'b', '?', '*'].flatMap((y) =>
      ['a', 'b', '*', '[ab]'].flatMap((z) => [
        `{${x},${y}}/${z}`,
        `{${x}/${y},${z}}`,
        `{${x},{${y},${z}/a}}`,
        `${y}{,${z}}/${x}`,
        `{${x},b/${z}}/${y}`,
        `{**,${x}}/${z}`,
        `{${x}/**,${y}}`,
        `{${y},**/${z}}/${x}`,
        `{${x}/,}${y}`,
        `${x}/{${y},${z}/{a,b}}`,
      ]),
    ),
  ),
  paths: pathsOf(namesOver('ab', 2), 4),
};

/** Dots are characters like any other, also the first of a name: at most 2 elements, so 4 characters, in `.a` or not. */
const DOTS: Family = {
  globs: sequences(['a', '.', '*', '?', '[.a]', '[!.]'], 3, '*')
    .filter((parts) => withoutStar(parts, '*') <= 2)
    .map((parts) => parts.join(''))
    // Names of dots alone are no claims, or mean other directories.
    .filter((name) => !/^\.+$/u.test(name))
    .flatMap((name) => [name, `**/${name}`, `.a/${name}`]),
  paths: ['', '.a/'].flatMap((above) => namesOver('ab.', 4).map((name) => above + name)),
};

interface Known {
  readonly glob: string;
  readonly claim: Claim;
  readonly matched: Bits;
}

/** A set of the keys of all paths that pass the test: where case is none, two paths are one. */
const matchedOf = (paths: readonly string[], rules: FoldRules, matches: (path: string) => boolean): Bits => {
  if (!rules.caseless) return Bits.of(paths, matches);
  const places = new Map(paths.map((path, i) => [path.toLowerCase(), i]));
  const matched = new Bits(paths.length);
  for (const path of paths) if (matches(path)) matched.add(places.get(path.toLowerCase()) ?? 0);
  return matched;
};

/** Globs that are no claim are left out. */
const knownOf = ({globs, paths}: Family, rules: FoldRules, posix = false): readonly Known[] =>
  [...new Set(globs)].flatMap((glob) => {
    const parsed = parseClaim({glob}, {rules});
    const matches = oracleOf(glob, {posix});
    return parsed.ok ? [{glob, claim: parsed.value[0]!, matched: matchedOf(paths, rules, matches)}] : [];
  });

interface Compared {
  readonly pairs: number;
  /** Overlaps that were not seen, with a path that both stand for. */
  readonly missed: readonly string[];
  /** Pairs that are said to overlap, although no path is in both. */
  readonly surplus: readonly (readonly [Known, Known])[];
}

const compareAll = (known: readonly Known[], paths: readonly string[]): Compared => {
  const missed: string[] = [];
  const surplus: (readonly [Known, Known])[] = [];
  let pairs = 0;
  for (const [i, a] of known.entries()) {
    for (let j = i; j < known.length; j++) {
      const b = known[j]!;
      const shared = a.matched.firstShared(b.matched);
      pairs++;
      // Once in this order and once in the other, in turn.
      const answer = (i + j) % 2 === 0 ? overlap(a.claim, b.claim) : overlap(b.claim, a.claim);
      if (answer === shared >= 0) continue;
      if (answer) surplus.push([a, b]);
      else missed.push(`${a.glob} and ${b.glob}: ${paths[shared]}`);
    }
  }
  return {pairs, missed, surplus};
};

const shown = (surplus: Compared['surplus']): readonly string[] =>
  surplus.slice(0, 10).map(([a, b]) => `${a.glob} and ${b.glob}`);

describe('two globs overlap exactly if some path matches both, by picomatch', () => {
  let compared = 0;
  test.each([
    ['characters of a name', CHARACTERS, EXACT],
    ['names of a path', SEGMENTS, EXACT],
    ['characters and names', BOTH, EXACT],
    ['braces', BRACES, EXACT],
    ['letters in both cases, told apart', CASES, EXACT],
    ['letters in both cases, not told apart', CASES, PORTABLE],
  ] as const)('%s', (_, family, rules) => {
    const known = knownOf(family, rules);
    expect(known.length).toBe(new Set(family.globs).size);
    // Two stars that stand side by side once it is written out mean more than its author may think.
    const widened = known.filter(({claim}) => claim.widened);
    expect(widened.every(({claim}) => claim.text.includes('*{,*}'))).toBe(true);
    const {pairs, missed, surplus} = compareAll(known, family.paths);
    expect(missed.slice(0, 10)).toEqual([]);
    expect(shown(surplus)).toEqual([]);
    compared += pairs;
  });

  test('for at least a million pairs', () => {
    process.stdout.write(`brute force: ${compared} pairs of globs\n`);
    expect(compared).toBeGreaterThan(1_000_000);
  });

  test('dots, where nothing is trimmed; two may still meet in "." or "..", which no file is called', () => {
    const known = knownOf(DOTS, EXACT);
    const {pairs, missed, surplus} = compareAll(known, DOTS.paths);
    expect(missed.slice(0, 10)).toEqual([]);
    const meetElsewhere = surplus.filter(([a, b]) => {
      // No example is shown of where no task may write.
      return explainOverlap(a.claim, b.claim).example !== null;
    });
    expect(shown(meetElsewhere)).toEqual([]);
    expect(surplus.length).toBeLessThan(pairs / 50);
  });

  test('dots at the end of a name may be trimmed, which never hides an overlap', () => {
    const {missed} = compareAll(knownOf(DOTS, PORTABLE), DOTS.paths);
    expect(missed.slice(0, 10)).toEqual([]);
  });
});

describe('what is not taken exactly', () => {
  const richer = ['@(a|b)', '*(a)', '+(a|b)', '?(b)', '!(a)', '!(a|b)', '(a|b)', '@(a|b/a)', '!(a/b)'];
  const named = ['{a}', '{1..3}', '{a..c}', '[[:alpha:]]', '[[:digit:]]', '[![:alpha:]]', '[a[:digit:]]'];
  const plain = ['a', 'b', '*', '?', 'a*', '[ab]', '**', 'ab', '1', 'a/b', '*/a', '**/b', 'b/**', '{a,b}/a'];
  const globs = [
    ...plain,
    ...[...richer, ...named].flatMap((one) => [
      one,
      `a${one}`,
      `${one}b`,
      `${one}${one}`,
      `b/${one}`,
      `${one}/a`,
      `**/${one}`,
      `${one}/**`,
      `{${one},1}`,
    ]),
  ];
  const names = [...namesOver('ab', 3), '1', '2', '3', 'c', 'ac', '1b', '12', 'a2', '{a}', 'a{a}', '{a}b'];
  const paths = pathsOf(names, 2).concat(pathsOf(namesOver('ab', 1), 4));

  test('is widened: an overlap is never missed', () => {
    const known = knownOf({globs, paths}, PORTABLE, true);
    expect(known.length).toBe(globs.length);
    const {pairs, missed, surplus} = compareAll(known, paths);
    expect(missed.slice(0, 10)).toEqual([]);
    const widened = surplus.filter(([a, b]) => a.claim.widened || b.claim.widened);
    expect(shown(surplus.filter((pair) => !widened.includes(pair)))).toEqual([]);
    const rate = ((100 * surplus.length) / pairs).toFixed(1);
    process.stdout.write(`widened globs: ${pairs} pairs, ${rate} % overlap without need\n`);
    // A widening that made everything overlap would be of no use.
    expect(surplus.length).toBeLessThan(pairs / 2);
  });
});

describe('a glob against a plain claim', () => {
  const isBelow = (lower: string, upper: string): boolean => lower.startsWith(`${upper}/`);
  const plainOf = [
    {family: SEGMENTS, plain: pathsOf(namesOver('abc', 1), 3)},
    {family: BOTH, plain: pathsOf(namesOver('ab', 2), 2)},
  ];
  const cases = plainOf.flatMap(({family, plain}) =>
    family.globs.map((glob) => {
      const matches = oracleOf(glob);
      const claim = claimOf({glob}, {rules: EXACT});
      return {glob, claim, matches, stands: family.paths.filter(matches), plain};
    }),
  );
  type Case = (typeof cases)[number];
  const disagreeing = (agrees: (one: Case, path: string) => boolean): readonly string[] =>
    cases
      .flatMap((one) =>
        one.plain.filter((path) => !agrees(one, path)).map((path) => `${one.glob} and ${path}`),
      )
      .slice(0, 10);

  test('covers a path exactly if it matches', () => {
    const wrong = disagreeing(
      ({claim, matches}, path) => coversPath(claim, [claimOf({path})]) === matches(path),
    );
    expect(wrong).toEqual([]);
  });

  test('overlaps a path if it matches, or if one of the two would have to be a directory in any case', () => {
    const wrong = disagreeing(({claim, matches, stands}, path) => {
      const isAbove = stands.every((one) => isBelow(one, path));
      const isUnder = stands.length === 1 && isBelow(path, stands[0]!);
      const [plain, isExpected] = [claimOf({path}), matches(path) || isAbove || isUnder];
      return overlap(claim, plain) === isExpected && overlap(plain, claim) === isExpected;
    });
    expect(wrong).toEqual([]);
  });

  test('overlaps a directory if it matches that or something in it, or if it is one file above it', () => {
    const wrong = disagreeing(({claim, stands}, path) => {
      if (path.split('/').length > 2) return true;
      const isIn = stands.some((one) => one === path || isBelow(one, path));
      const isUnder = stands.length === 1 && isBelow(path, stands[0]!);
      const [plain, isExpected] = [claimOf({path: `${path}/`}), isIn || isUnder];
      return overlap(claim, plain) === isExpected && overlap(plain, claim) === isExpected;
    });
    expect(wrong).toEqual([]);
  });
});
