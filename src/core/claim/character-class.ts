import {ANY, charSet, complement} from './char-set.ts';
import {type FoldRules, foldCharacters} from './fold.ts';
import {type Character, codePointsOf} from './segment.ts';
import {MANY} from './sequence.ts';

/** Ranges with more characters beyond ASCII than this are not folded one by one. */
const FOLDED_ONE_BY_ONE_MAX = 512;
const LAST_ASCII = 0x7f;
const SLASH = 0x2f;

const CASE_DISTANCE = 0x20;

/** The part of a range that is ASCII. No name holds a slash, so no class does. */
const foldedAscii = (
  low: number,
  high: number,
  {caseless}: FoldRules,
): readonly (readonly [number, number])[] => {
  const within = (from: number, to: number): readonly [number, number] => [
    Math.max(low, from),
    Math.min(high, to),
  ];
  const [upperLow, upperHigh] = within(0x41, 0x5a);
  const distance = caseless ? CASE_DISTANCE : 0;
  return [
    within(0, SLASH - 1),
    within(SLASH + 1, 0x40),
    [upperLow + distance, upperHigh + distance],
    within(0x5b, LAST_ASCII),
  ];
};

/** What a class stands for once names are folded; `null` if one of its characters folds to several. */
const foldedRange = (
  low: number,
  high: number,
  rules: FoldRules,
): readonly (readonly [number, number])[] | null => {
  const ranges = [...foldedAscii(low, high, rules)];
  if (high <= LAST_ASCII) return ranges;
  const from = Math.max(low, LAST_ASCII + 1);
  if (high - from > FOLDED_ONE_BY_ONE_MAX) return null;
  for (let i = from; i <= high; i++) {
    const [one, ...more] = codePointsOf(foldCharacters(String.fromCodePoint(i), rules));
    if (one === undefined || more.length > 0) return null;
    ranges.push([one, one], [i, i]);
  }
  return ranges;
};

/** One member of a class: a character, a range, or something named, such as `[:alpha:]`, that is not looked into. */
const MEMBER = /\[[:.=].*?[:.=]\]|(?<low>.)-(?<high>.)|(?<one>.)/gsu;

/**
 * A class such as `[a-c]` or `[!x]`, given what stands between its brackets. A range that runs backwards is turned
 * round. What cannot be told exactly is widened: to any character, or to any number of them where a character beyond
 * ASCII folds to several. A class of one character is that character: people write `[*]` for a star that is a letter.
 */
export const classOf = (body: string, isNegated: boolean, rules: FoldRules): Character | typeof MANY => {
  const ranges: (readonly [number, number])[] = [];
  let isAny = false;
  let isMany = false;
  for (const {groups = {}} of body.matchAll(MEMBER)) {
    const {low = groups['one'], high = low} = groups;
    if (low === undefined || high === undefined) {
      isAny = true;
      continue;
    }
    const ends = [low, high].map((end) => end.codePointAt(0) ?? 0);
    const folded = foldedRange(Math.min(...ends), Math.max(...ends), rules);
    if (folded === null) isMany = true;
    else ranges.push(...folded);
  }
  if (isNegated) {
    // Leaving out less is the safe side.
    const left = isAny ? ANY : complement(charSet([...ranges, [SLASH, SLASH]]));
    return left.ranges.length === 0 ? ANY : left;
  }
  if (isMany) return MANY;
  const set = isAny ? ANY : charSet(ranges);
  const [low, high] = set.ranges;
  return low !== undefined && low === high && set.ranges.length === 2 ? low : set;
};

/** What stands inside the brackets of something named: `[:alpha:]`, `[.a.]`, `[=a=]`. */
const NAMED: readonly string[] = [':', '.', '='];

/** Where the class ends that begins at `open`: the place of its `]`, or -1 if the `[` is an ordinary character. */
export const classEnd = (text: string, open: number): number => {
  if (text.lastIndexOf(']') < open) return -1;
  let at = open + 1;
  if (text[at] === '!' || text[at] === '^') at++;
  // A "]" in the first place stands for itself.
  if (text[at] === ']') at++;
  for (; at < text.length; at++) {
    if (text[at] === ']') return at;
    const kind = text[at] === '[' ? (text[at + 1] ?? '') : '';
    const end = NAMED.includes(kind) ? text.indexOf(`${kind}]`, at + 2) : -1;
    if (end !== -1) at = end + 1;
  }
  return -1;
};
