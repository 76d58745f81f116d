import {ANY, type CharSet, charSet, complement} from './char-set.ts';
import {EXACT, type FoldRules, foldCharacters} from './fold.ts';
import {type Character, codePointsOf} from './segment.ts';
import {MANY} from './sequence.ts';

/** What a class stands for: mostly one element, several where its characters fold to several. */
export type ClassElements = readonly (Character | typeof MANY)[];

/** All characters from one to another. */
type Range = readonly [low: number, high: number];

/** So many characters beyond ASCII are folded for all classes of a claim together; for more, anything may stand. */
const FOLDED_MAX = 1_000;
const LAST_ASCII = 0x7f;
/** No name holds a slash, so no class does. */
const SLASH: Range = [0x2f, 0x2f];
const UPPER: Range = [0x41, 0x5a];
const TO_LOWER = 0x20;

const within = ([low, high]: Range, [from, to]: Range): Range => [Math.max(low, from), Math.min(high, to)];

/** The part of a range that is ASCII, folded. */
const foldedAscii = (range: Range, {caseless}: FoldRules): readonly Range[] => {
  const [upperLow, upperHigh] = within(range, UPPER);
  const distance = caseless ? TO_LOWER : 0;
  return [
    within(range, [0, SLASH[0] - 1]),
    within(range, [SLASH[1] + 1, UPPER[0] - 1]),
    [upperLow + distance, upperHigh + distance],
    within(range, [UPPER[1] + 1, LAST_ASCII]),
  ];
};

/** Letters of which a third spelling beyond ASCII exists in some case: ı, K (the sign of Kelvin), ſ. */
const THREE_CASES = [0x69, 0x6b, 0x73];

const isWithin = (codePoint: number, ranges: readonly Range[]): boolean =>
  ranges.some(([low, high]) => low <= codePoint && codePoint <= high);

/** Which ASCII letters a negated class leaves out where case is none: those that it names in both cases. */
const lettersLeftOut = (ranges: readonly Range[]): readonly Range[] => {
  const out: Range[] = [UPPER];
  for (let upper = UPPER[0]; upper <= UPPER[1]; upper++) {
    const lower = upper + TO_LOWER;
    const isOut = isWithin(upper, ranges) && isWithin(lower, ranges) && !THREE_CASES.includes(lower);
    if (isOut) out.push([lower, lower]);
  }
  return out;
};

const hasCase = (text: string): boolean => text.toLowerCase() !== text || text.toUpperCase() !== text;

/** One member of a class: a character, a range, or something named, such as `[:alpha:]`, that is not looked into. */
const MEMBER = /\[[:.=].{0,64}?[:.=]\]|(?<low>.)-(?<high>.)|(?<one>.)/gsu;

interface Members {
  readonly ranges: readonly Range[];
  readonly isNamed: boolean;
}

/** A range that runs backwards is turned round. */
const membersOf = (body: string): Members => {
  const ranges: Range[] = [];
  let isNamed = false;
  for (const {groups = {}} of body.matchAll(MEMBER)) {
    const {low = groups['one'], high = low} = groups;
    if (low === undefined || high === undefined) {
      isNamed = true;
      continue;
    }
    const [one, other] = [low.codePointAt(0) ?? 0, high.codePointAt(0) ?? 0];
    ranges.push([Math.min(one, other), Math.max(one, other)]);
  }
  return {ranges, isNamed};
};

/** Something named was not looked into: it may be anything, and grants nothing. */
const ANY_OF_THEM: CharSet = {...ANY, certain: []};

/**
 * Reads the classes of one claim, such as `[a-c]` or `[!x]`, in each way to read names. What cannot be told exactly is
 * widened, never narrowed.
 */
export class Classes {
  readonly #known = new Map<FoldRules, Map<string, ClassElements>>();
  #left = FOLDED_MAX;

  /**
   * What the class stands for, given what stands between its brackets. A class of one character is that character:
   * people write `[*]` for a star that is a letter.
   */
  read(body: string, isNegated: boolean, rules: FoldRules): ClassElements {
    const known = this.#known.get(rules) ?? new Map<string, ClassElements>();
    this.#known.set(rules, known);
    const name = `${isNegated ? '!' : '='}${body}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const members = membersOf(body);
    const elements = isNegated ? [this.#allBut(members, rules)] : this.#anyOf(members, rules);
    known.set(name, elements);
    return elements;
  }

  #anyOf({ranges, isNamed}: Members, rules: FoldRules): ClassElements {
    if (isNamed) return [ANY_OF_THEM];
    const folded: (readonly number[] | null)[] = [];
    const single: Range[] = [];
    for (const range of ranges) {
      single.push(...foldedAscii(range, rules));
      const beyond = within(range, [LAST_ASCII + 1, Number.POSITIVE_INFINITY]);
      if (rules === EXACT) single.push(beyond);
      else folded.push(...this.#foldedOneByOne(beyond, rules));
    }
    const several: (readonly number[])[] = [];
    for (const one of folded) {
      const [first] = one ?? [];
      // One that nobody sees is none at all where it is folded away.
      if (one === null || first === undefined) return [MANY];
      if (one.length === 1) single.push([first, first]);
      else several.push(one);
    }
    const set = charSet(single);
    if (several.length === 0) return [oneOrSet(set)];
    const length = several[0]?.length ?? 0;
    const isRegular = set.ranges.length === 0 && several.every((one) => one.length === length);
    if (!isRegular) {
      const firsts = several.map(([first = 0]): Range => [first, first]);
      return [charSet([...single, ...firsts]), MANY];
    }
    return Array.from({length}, (_, i) =>
      oneOrSet(charSet(several.map((one) => [one[i] ?? 0, one[i] ?? 0]))),
    );
  }

  /**
   * All characters that are not named. Where case is none, `[!a-z]` stands for `b` as well, since it stands for `B`: a
   * letter is left out if it is named in both cases.
   */
  #allBut({ranges, isNamed}: Members, rules: FoldRules): CharSet {
    if (isNamed) return ANY_OF_THEM;
    if (rules === EXACT) return orAny(complement(charSet([...ranges, SLASH])));
    const out: Range[] = [SLASH];
    const named: Range[] = [SLASH];
    let isTold = true;
    if (rules.caseless) out.push(...lettersLeftOut(ranges));
    for (const range of ranges) {
      named.push(...foldedAscii(range, rules));
      if (rules.caseless) {
        const around = [
          within(range, [0, UPPER[0] - 1]),
          within(range, [UPPER[1] + 1, UPPER[0] + TO_LOWER - 1]),
          within(range, [UPPER[1] + TO_LOWER + 1, LAST_ASCII]),
        ];
        out.push(...around);
      } else out.push(within(range, [0, LAST_ASCII]));
      const beyond = within(range, [LAST_ASCII + 1, Number.POSITIVE_INFINITY]);
      for (const [i, one] of this.#foldedOneByOne(beyond, rules).entries()) {
        const [first] = one ?? [];
        if (one === null || first === undefined || one.length > 1) {
          isTold = false;
          continue;
        }
        named.push([first, first]);
        const isOut = first === beyond[0] + i && !(rules.caseless && hasCase(String.fromCodePoint(first)));
        if (isOut) out.push([first, first]);
      }
    }
    const all = orAny(complement(charSet(out)));
    const certain = isTold ? complement(charSet(named)).ranges : [];
    const isExact =
      certain.length === all.ranges.length && certain.every((bound, i) => bound === all.ranges[i]);
    return isExact ? all : {...all, certain};
  }

  /** What each character of a range beyond ASCII folds to; a single `null` where that would be too many to tell. */
  #foldedOneByOne([low, high]: Range, rules: FoldRules): readonly (readonly number[] | null)[] {
    if (low > high) return [];
    const count = high - low + 1;
    if (count > this.#left) return [null];
    this.#left -= count;
    return Array.from({length: count}, (_, i) =>
      codePointsOf(foldCharacters(String.fromCodePoint(low + i), rules)),
    );
  }
}

/** A class of which nothing is left still stands for one character. */
const orAny = (set: CharSet): CharSet => (set.ranges.length === 0 ? ANY_OF_THEM : set);

const oneOrSet = (set: CharSet): Character => {
  const [low, high] = set.ranges;
  return low !== undefined && low === high && set.ranges.length === 2 ? low : set;
};

/** What stands inside the brackets of something named: `[:alpha:]`, `[.a.]`, `[=a=]`. */
const NAMED: readonly string[] = [':', '.', '='];

/** Where the class ends that begins at `open`: the place of its `]`, or -1 if the `[` is an ordinary character. */
export const classEnd = (text: string, open: number): number => {
  if (text.lastIndexOf(']') < open) return -1;
  /** The kinds of named classes that end nowhere from here on. */
  let endless = '';
  let at = open + 1;
  if (text[at] === '!' || text[at] === '^') at++;
  // A "]" in the first place stands for itself.
  if (text[at] === ']') at++;
  for (; at < text.length; at++) {
    if (text[at] === ']') return at;
    const kind = text[at] === '[' ? (text[at + 1] ?? '') : '';
    if (!NAMED.includes(kind) || endless.includes(kind)) continue;
    const end = text.indexOf(`${kind}]`, at + 2);
    if (end === -1) endless += kind;
    else at = end + 1;
  }
  return -1;
};
