import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput} from '../../src/core/claim/claim.ts';
import {fold} from '../../src/core/claim/fold.ts';
import type {LookUp} from '../../src/core/claim/look.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {anyName, anyText, joined} from '../support/claim-texts.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const ROOT = '/home/me/repo';

const claimsIn = (input: ClaimInput, look?: LookUp): readonly Claim[] => {
  const parsed = parseClaim(input, {root: ROOT, ...(look !== undefined && {look})});
  return parsed.ok ? parsed.value : [];
};

describe('every other spelling', () => {
  /** A last segment of dots and blanks alone means another folder with one dot more, not another spelling. */
  const withMore = (path: string, more: string): string =>
    /(?:^|[/\\])[. ]*$/u.test(path) ? path : `${path}${more}`;
  const everyOther = (path: string, change: (letter: string) => string): string =>
    Array.from(path, (letter, i) => (i % 2 === 0 ? change(letter) : letter)).join('');

  /** Ways to write a path or a glob in another way. */
  const forAll: readonly ((path: string) => string)[] = [
    (path) => `./${path}`,
    (path) => path.replaceAll('/', '//'),
    (path) => path.replaceAll('/', '/./'),
    (path) => path.replaceAll('/', '\\'),
    (path) => path.toUpperCase(),
    (path) => path.toLowerCase(),
    (path) => everyOther(path, (letter) => letter.toUpperCase()),
    (path) => everyOther(path, (letter) => letter.toLowerCase()),
    (path) => `.//./${path}`,
    (path) => path.normalize('NFC'),
    (path) => path.normalize('NFD'),
  ];
  /** And those of names that are no patterns. */
  const forPaths: readonly ((path: string) => string)[] = [
    ...forAll,
    (path) => path.normalize('NFKC'),
    (path) => path.normalize('NFKD'),
    (path) => `x/../${path}`,
    (path) => path.replace('/', '/y/../'),
    (path) => `${path}/`,
    (path) => `${path}/.`,
    (path) => withMore(path, '.'),
    (path) => withMore(path, ' '),
    (path) => path.replaceAll('a', 'a\u200d'),
    (path) => path.replaceAll(/\p{L}/gu, '$&\u2060'),
    (path) => path.replaceAll(/\p{L}/gu, '$&\u00ad'),
    (path) => `x/y/../../${path}`,
    (path) => `x/../${path.replaceAll('/', '/z/..//')}`,
  ];

  /** The spellings after one change and one more, each once, without those of other spellings. */
  const twiceChanged = (
    spellings: readonly string[],
    changes: readonly ((path: string) => string)[],
  ): ReadonlySet<string> => {
    const all = new Set<string>();
    for (const spelling of spellings) {
      const once = new Set(changes.map((change) => change(spelling)));
      for (const changed of once) for (const change of changes) all.add(change(changed));
    }
    return all;
  };

  /** How many spellings are claims, and one that does not overlap, if there is one. */
  const missedBy = (
    original: Claim,
    spellings: ReadonlySet<string>,
    claimed: (written: string) => readonly Claim[],
  ): {readonly tried: number; readonly missed: readonly string[]} => {
    let tried = 0;
    for (const spelling of spellings) {
      const [other] = claimed(spelling);
      if (other === undefined) continue;
      tried++;
      if (!overlap(original, other)) return {tried, missed: [original.raw, spelling]};
    }
    return {tried, missed: []};
  };

  /** The names of a path from the root down, where each is one: no dots, no blanks alone. */
  const namesOf = (path: string): readonly string[] =>
    path.split(/[/\\]/u).filter((segment) => segment !== '');

  /** A disk where `link` leads to the folder or file of that name, in whatever spelling the disk takes for it. */
  const lookThrough =
    (link: string, to: string): LookUp =>
    (path) => {
      const names: string[] = [];
      for (const segment of path.split('/')) {
        if (segment === '..') names.pop();
        else if (segment !== '' && segment !== '.') names.push(segment);
      }
      const [first = '', ...below] = names;
      const isLink = fold(first) === fold(link);
      const place = {segments: [link], ids: []};
      return {
        kind: 'inside',
        segments: isLink ? [to, ...below] : names,
        ids: [],
        links: isLink && below.length === 0 ? [place] : [],
        exists: isLink,
        isDirectory: false,
      };
    };

  // Each name in some 400 spellings, half of them through a link: 100,000 in each run, more than 10 million in the long one, none tried twice.
  test(
    'of a path still overlaps it, also through a link',
    () => {
      const names = runs(runs(1) >= 50 ? 700 : 300);
      const tried = {plain: 0, linked: 0};
      const known = new Set<string>();
      fc.assert(
        fc.property(anyText, (path) => {
          const [to = '', ...below] = namesOf(path);
          const throughLink = ['lnk', ...below].join('/');
          const hasLink = fold(to) !== fold('lnk') && claimsIn({path: to}).length > 0 && !/^\.*$/u.test(to);
          const look = hasLink ? lookThrough('lnk', to) : undefined;
          const claimed = (written: string): readonly Claim[] => claimsIn({path: written}, look);
          const [original] = claimed(path);
          if (original === undefined || known.has(path)) return;
          known.add(path);
          const plain = missedBy(original, twiceChanged([path], forPaths), claimed);
          expect(plain.missed).toEqual([]);
          const linked = hasLink
            ? missedBy(original, twiceChanged([throughLink], forPaths), claimed)
            : {tried: 0, missed: []};
          expect(linked.missed).toEqual([]);
          tried.plain += plain.tried;
          tried.linked += linked.tried;
        }),
        {numRuns: names},
      );
      process.stdout.write(
        `spellings: ${tried.plain} of ${known.size} names, and ${tried.linked} through a link, none tried twice\n`,
      );
      // On average some 200 of each name, and as many through a link.
      expect(tried.plain).toBeGreaterThan(100 * known.size);
      expect(tried.linked).toBeGreaterThan(50 * known.size);
    },
    patienceMs,
  );

  test(
    'of a glob still overlaps it',
    () => {
      // The characters between brackets are not folded together, so letters with accents stand outside of them.
      const pattern = fc.constantFrom(
        'a*',
        '*é',
        'straße?',
        '**',
        '*',
        '[a-d]x',
        '[!b]',
        '{a,Ǆ}',
        '?ﬁ*',
        '(a|b)',
      );
      const glob = joined(fc.oneof(pattern, anyName), 4);
      const tries = runs(200);
      const tally = new Tally();
      fc.assert(
        fc.property(glob, (written) => {
          const [original] = claimsIn({glob: written});
          if (original === undefined) return;
          const {tried, missed} = missedBy(original, twiceChanged([written], forAll), (spelling) =>
            claimsIn({glob: spelling}),
          );
          if (tried > 0) tally.tell('claims');
          expect(missed).toEqual([]);
        }),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {claims: 0.5})).toEqual([]);
    },
    patienceMs,
  );
});
