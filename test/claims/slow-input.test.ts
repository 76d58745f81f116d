import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../src/core/claim/claim.ts';
import {ClaimIndex} from '../../src/core/claim/claim-index.ts';
import {isCovered} from '../../src/core/claim/covers.ts';
import type {Look} from '../../src/core/claim/look.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {sensitivePath} from '../../src/core/claim/sensitive.ts';
import type {Place} from '../../src/core/place.ts';
import {leastMs} from '../support/processor-time.js';

const BYTES_MAX = 4096;
const NAME_MAX = 255;

/** As much of this as a claim may hold, in names as long as they may be. */
const filled = (part: string, nameMax = NAME_MAX): string => {
  const bytes = Buffer.byteLength(part);
  const name = part.repeat(Math.max(1, Math.floor(nameMax / bytes)));
  const names = Math.floor((BYTES_MAX + 1) / (Buffer.byteLength(name) + 1));
  return Array.from({length: names}, () => name).join('/');
};

/** As many alternatives as are written out, each as long as they may be together. */
const twoHundred = (head: string, tail: string): string =>
  `${head}{${Array.from({length: 200}, (_, i) => i).join(',')}}${tail}`;

const paths: Readonly<Record<string, string>> = {
  'many short names': filled('a', 1),
  'long names': filled('a'),
  'long names in capitals that fold to two letters': filled('ẞ'),
  'marks upon marks': filled('e\u0301\u0323'),
  'marks alone': filled('\u0315\u0300\u05ae'),
  'syllables that are composed': filled('\u1100\u1161\u11a8'),
  'a letter that is written out as eighteen': filled('\ufdfa'),
  'characters that nobody sees': filled('a\u200d'),
  'dots and blanks': filled('. .a'),
  'a climb and back': filled('a/..', 4),
  'nothing but slashes': `a${'/'.repeat(BYTES_MAX - 2)}a`,
  tildes: filled('a~1'),
};

const globs: Readonly<Record<string, string>> = {
  'a star for each second letter': filled('*a'),
  'stars and another end': `${'*a'.repeat(127)}b`,
  'stars of stars': filled('*'),
  'question marks': filled('?'),
  'stars and question marks': filled('?*'),
  'many names of stars': filled('*a*', 3),
  'many stars between names': filled('**/a', 4),
  'many stars between patterns': filled('**/*a?', 6),
  'stars at the end that must be tried again': filled('**/*a*b*a*b', 11),
  'open brackets': filled('['),
  'open brackets and named classes': filled('[[:a'),
  'long classes': filled(`[${'a-z'.repeat(80)}]`),
  'long classes of far letters': filled('[À-῿]*'),
  'long classes of many letters beyond ASCII': filled('[à-ýа-я]'),
  'classes of other letters, again and again': filled('[é-ê][è-é][ü-ý]', 240),
  'two hundred alternatives of letters beyond ASCII': twoHundred('é', 'ß[à-ý]é'.repeat(6)),
  'a bracket for each second name': filled('a[/]', 4),
  'classes left out': filled('[!a-y]*'),
  'classes left out, of letters beyond ASCII': filled('[!à-ý]*'),
  'two alternatives, again and again': '{a,b}'.repeat(800),
  'open braces': '{'.repeat(BYTES_MAX),
  'braces in braces': `${'{a,'.repeat(800)}b${'}'.repeat(800)}`,
  'many alternatives': `{${'a,'.repeat(2000)}b}`,
  'two hundred alternatives of stars': twoHundred(`*${'*a'.repeat(36)}`, 'b'),
  'two hundred alternatives of question marks': twoHundred('?'.repeat(37), '?c'.repeat(18)),
  'two hundred alternatives of letters': twoHundred('', 'a'.repeat(75)),
  'two hundred alternatives of many names': twoHundred('', '/*/?'.repeat(18)),
  'two hundred alternatives of many stars': twoHundred('**', '/**/*a'.repeat(12)),
  'two hundred alternatives of folders of stars': twoHundred(`**/${'a*/'.repeat(20)}c`, '/**'),
  'two hundred alternatives of folders of question marks': twoHundred('', `/${'a?/'.repeat(20)}b`),
  'two hundred alternatives that are too long': twoHundred('', '*a'.repeat(100)),
  'alternatives of long paths': `{a,b}{c,d}{e,f}/${filled('**/*x', 5).slice(0, 3000)}`,
  'braces without a comma': '{a}'.repeat(1300),
  'groups in groups': filled('@('),
  'groups that end': filled('!(a|b)'),
  'open groups': '('.repeat(BYTES_MAX),
  commas: `{${','.repeat(4000)}}`,
  'a class of beginnings of named classes': `[${'[:'.repeat(2045)}]`,
  'a named class that ends late': `[[${':['.repeat(2000)}:]`,
  'open brackets before braces': `${'['.repeat(4080)}{a,b}`,
  'a long class beyond ASCII, left out': `[!${'é'.repeat(2000)}]`,
  'dots behind a star': `*${'.'.repeat(4090)}x`,
};

const inputs: readonly (readonly [string, ClaimInput])[] = [
  ...Object.entries(paths).map(([name, path]) => [name, {path}] as const),
  ...Object.entries(globs).map(([name, glob]) => [`${name}, as a glob`, {glob}] as const),
  ...Object.entries(globs).map(([name, glob]) => [`${name}, as a bare text`, `*${glob}`] as const),
];

/** The claims these inputs are; those that are refused are none. */
const claims = inputs.flatMap(([name, input]) => {
  const parsed = parseClaim(input);
  return parsed.ok ? parsed.value.map((claim) => ({name, claim})) : [];
});

/** A look that knows each folder of a long path, and all by one id: a mount in a mount in a mount. */
const deep =
  (id: (i: number) => string) =>
  (path: string): Look => {
    const segments = path.split('/');
    return {
      kind: 'inside',
      segments,
      ids: segments.map((_, i) => id(i)),
      links: [],
      exists: true,
      isDirectory: false,
    };
  };
for (const [name, id] of [
  ['one id', () => '1:1'],
  ['ids of their own', (i: number) => `1:${i % 7}`],
] as const) {
  const parsed = parseClaim({path: filled('a', 1)}, {look: deep(id)});
  if (parsed.ok) claims.push(...parsed.value.map((claim) => ({name: `a deep path with ${name}`, claim})));
}

const SLOW_MS = 5;

describe('no input is slow:', () => {
  test.each(inputs)('%s is understood or refused', (_, input) => {
    expect(leastMs(() => parseClaim(input))).toBeLessThan(SLOW_MS);
  });

  test('most of these are claims', () => {
    expect(claims.length).toBeGreaterThan(inputs.length / 2);
  });

  test.each(claims)('$name, compared with all others', ({claim}) => {
    const slow = claims.flatMap((other) => {
      const ms = leastMs(() => overlap(claim, other.claim));
      return ms < SLOW_MS ? [] : [`${other.name}: ${ms.toFixed(1)} ms`];
    });
    expect(slow).toEqual([]);
  });

  /** Seconds, before all forms of two claims had one bound on their work together. */
  const LOOKED_UP_SLOW_MS = 20;
  /** Those with the most forms, of which the index keeps each for itself. */
  const crowds = claims
    .filter(({name}) => name.startsWith('two hundred') && name.endsWith('as a glob'))
    .map((one, key) => ({
      ...one,
      index: ClaimIndex.empty<Place>().add({key, arrival: 0}, [one.claim]),
    }));

  test.each(crowds)('$name, looked up among others of that kind', ({claim}) => {
    const slow = crowds.flatMap(({name, index}) => {
      const ms = leastMs(() => index.visitOverlapping(claim, () => true));
      return ms < LOOKED_UP_SLOW_MS ? [] : [`${name}: ${ms.toFixed(1)} ms`];
    });
    expect(slow).toEqual([]);
  });

  test.each(claims)('$name, asked for what it has of programs that it makes run', ({claim}) => {
    expect(leastMs(() => sensitivePath(claim))).toBeLessThan(SLOW_MS);
  });

  test.each(claims)('$name, asked for whether it is inside of others', ({claim}) => {
    const slow = claims.flatMap((other) => {
      const ms = leastMs(() => isCovered(claim, [other.claim]));
      return ms < SLOW_MS ? [] : [`${other.name}: ${ms.toFixed(1)} ms`];
    });
    expect(slow).toEqual([]);
  });
});
