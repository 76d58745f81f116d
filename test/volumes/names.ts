/** Plain and without case, so that no name is reserved, hidden or nothing but dots, whatever character comes after it. */
const PREFIX = '_';

const range = (from: number, to: number): readonly number[] =>
  Array.from({length: to - from + 1}, (_, i) => from + i);

/** Every code unit but the two of which no file system on Unix makes a name; the halves of surrogate pairs are in it. */
const NAMEABLE = range(0x01, 0xffff).filter((unit) => unit !== '/'.charCodeAt(0));

/** A name for each code unit of the Basic Multilingual Plane, after the name that an ignored one comes to. */
export const planeNames: readonly string[] = [
  PREFIX,
  ...NAMEABLE.map((unit) => PREFIX + String.fromCharCode(unit)),
];

type Spelling = (name: string) => string;

const FORMS: readonly Spelling[] = (['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map(
  (form) => (name) => name.normalize(form),
);
const CASES: readonly Spelling[] = [(name) => name.toUpperCase(), (name) => name.toLowerCase()];

/** What changes of case and form make of a name, one after another; nothing if they change nothing. */
const spellings = (name: string): readonly string[] => {
  const all = new Set([name]);
  for (const change of [...CASES, ...FORMS]) all.add(change(name));
  if (all.size === 1) return [];
  for (const change of [...CASES, ...FORMS]) for (const spelling of all) all.add(change(spelling));
  return [...all];
};

/** Where characters are that have another case or decompose: the first two planes, and the end of the third. */
const LIVELY = [...range(0xa0, 0xd7ff), ...range(0xe000, 0x1_ffff), ...range(0x2_f800, 0x2_fa1f)];

const IGNORABLE = [...range(0, 0xd7ff), ...range(0xe000, 0xffff), ...range(0xe_0000, 0xe_01ff)]
  .map((point) => String.fromCodePoint(point))
  .filter((character) => /\p{Default_Ignorable_Code_Point}/u.test(character));

const TRAILS = range(0, 3 ** 3 - 1).map((n) =>
  Array.from({length: 3}, (_, i) => ['', '.', ' '][Math.floor(n / 3 ** i) % 3]).join(''),
);

/**
 * Names of more than one character that some file system may take for another: each character of Unicode that
 * has another case or decomposes, in all its spellings; one that is ignored, at each place; dots and spaces at the end.
 * A name is there once. Those that come to have a slash are left out: claims with them are refused.
 */
export const spelledNames: readonly string[] = [
  ...new Set([
    ...LIVELY.flatMap((point) => spellings(PREFIX + String.fromCodePoint(point))),
    'xy',
    ...IGNORABLE.flatMap((ignored) => [`${ignored}xy`, `x${ignored}y`, `xy${ignored}`]),
    ...TRAILS.flatMap((trail) => [`z${trail}`, `Z${trail}`, `é${trail}`, `É${trail}`]),
  ]),
].filter((name) => !name.includes('/'));

/** Names of which it is written down in the README which volume takes them for one. */
export const TELLING_PAIRS: readonly (readonly [title: string, one: string, other: string])[] = [
  ['`a` / `A`', 'a', 'A'],
  ['`é` composed / decomposed', 'caf\u00e9', 'cafe\u0301'],
  ['`σ` / `ς`', 'l\u03c3', 'l\u03c2'],
  ['`ı` / `I`', 'm\u0131', 'mI'],
  ['`ß` / `SS`', 'n\u00df', 'nSS'],
  ['`ẞ` / `ß`', 'o\u1e9e', 'o\u00df'],
  ['`K` (Kelvin) / `k`', 'p\u212a', 'pk'],
  ['`ﬁ` / `fi`', 'r\ufb01', 'rfi'],
  ['`a` + ZWJ / `a`', 'sa\u200d', 'sa'],
  ['`x.` / `x`', 'x.', 'x'],
  ['`y ` / `y`', 'y ', 'y'],
];
