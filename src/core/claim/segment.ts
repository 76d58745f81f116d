import {ANY, type CharSet, charSet, complement, holds, meets} from './char-set.ts';
import {type FoldRules, fold, foldCharacters} from './fold.ts';
import {MANY, type Sequence, sequencesMeet, type Work} from './sequence.ts';
import {writtenText} from './written.ts';

/** One character of a name: itself, or any of a set. */
export type Character = number | CharSet;

/** A segment of a glob that stands for more than one name. Plain data. */
export interface SegmentPattern {
  /** Its characters; `MANY` for `*`. */
  readonly characters: Sequence<Character>;
  /** The ordinary characters it begins and ends with. */
  readonly head: string;
  readonly tail: string;
  /** It is nothing but `head*tail`. */
  readonly isAffix: boolean;
  /** As its author wrote it. */
  readonly written: string;
}

/** One name, folded, or a pattern for names. */
export type Segment = string | SegmentPattern;

const codePointsOf = (text: string): readonly number[] =>
  Array.from(text, (character) => character.codePointAt(0) ?? 0);

const isCharacterMeeting = (a: Character, b: Character): boolean => {
  if (typeof a === 'number') return typeof b === 'number' ? a === b : holds(b, a);
  return typeof b === 'number' ? holds(a, b) : meets(a, b);
};

/** Does the pattern stand for this name? */
export const matchesName = (pattern: SegmentPattern, name: string, work: Work): boolean => {
  const {head, tail, isAffix, characters} = pattern;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  return isAffix || sequencesMeet(isCharacterMeeting, characters, 0, codePointsOf(name), 0, work);
};

/** Is there a name that both segments stand for? */
export const segmentsMeet = (a: Segment, b: Segment, work: Work): boolean => {
  if (typeof a === 'string') return typeof b === 'string' ? a === b : matchesName(b, a, work);
  if (typeof b === 'string') return matchesName(a, b, work);
  return sequencesMeet(isCharacterMeeting, a.characters, 0, b.characters, 0, work);
};

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
const classOf = (body: string, isNegated: boolean, rules: FoldRules): Character | typeof MANY => {
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
const classEnd = (text: string, open: number): number => {
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

/** Where the group ends that begins at `open`, or -1. */
const groupEnd = (text: string, open: number): number => {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return -1;
};

/** Before a group, each of these says how often it may stand there. */
const EXTENDED = '?*+@!';

type Part = string | CharSet | typeof MANY;

/** Cuts a segment into runs of ordinary characters, classes and stars. `null` if a group does not end in it. */
const partsOf = (text: string, rules: FoldRules): readonly Part[] | null => {
  const parts: Part[] = [];
  let run = '';
  const endRun = (): void => {
    if (run !== '') parts.push(run);
    run = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    const isExtended = text[at + 1] === '(' && EXTENDED.includes(character);
    const opensGroup = isExtended ? at + 1 : character === '(' ? at : -1;
    if (opensGroup !== -1) {
      // An extended glob, or alternatives in the way of regular expressions: anything may stand here.
      const end = groupEnd(text, opensGroup);
      if (end === -1) return null;
      endRun();
      parts.push(MANY);
      at = end;
    } else if (character === ')') {
      return null;
    } else if (character === '*') {
      endRun();
      parts.push(MANY);
    } else if (character === '?') {
      endRun();
      parts.push(ANY);
    } else {
      const end = character === '[' ? classEnd(text, at) : -1;
      if (end === -1) {
        run += character;
        continue;
      }
      const isNegated = text[at + 1] === '!' || text[at + 1] === '^';
      const one = classOf(text.slice(at + (isNegated ? 2 : 1), end), isNegated, rules);
      if (typeof one === 'number') run += String.fromCodePoint(one);
      else {
        endRun();
        parts.push(one);
      }
      at = end;
    }
  }
  endRun();
  return parts;
};

/** The same where only `*` and `?` are patterns. */
const starParts = (text: string): readonly Part[] =>
  text
    .split(/([*?])/u)
    .flatMap((part): readonly Part[] =>
      part === '' ? [] : [part === '*' ? MANY : part === '?' ? ANY : part],
    );

/** The ordinary characters among these, from the first on up to one that is not. */
const ordinary = (characters: Iterable<Character | typeof MANY>): readonly number[] => {
  const codePoints: number[] = [];
  for (const character of characters) {
    if (typeof character !== 'number') break;
    codePoints.push(character);
  }
  return codePoints;
};

/** How the text of a pattern is taken. */
export interface Reading {
  readonly rules: FoldRules;
  /** A whole name. */
  readonly name: (text: string) => string;
  /** A run of ordinary characters in a pattern. */
  readonly run: (text: string, isLast: boolean) => string;
}

export const foldedReading = (rules: FoldRules): Reading => ({
  rules,
  name: (text) => fold(text, rules),
  run: (text, isLast) => {
    const folded = foldCharacters(text, rules);
    return isLast && rules.trimming ? folded.replace(/[. ]+$/u, '') : folded;
  },
});

/** As it is written, apart from case: see `written`. */
export const writtenReading = (rules: FoldRules): Reading => ({
  rules,
  name: (text) => writtenText(text, rules),
  run: (text) => writtenText(text, rules),
});

/**
 * Understands one segment of a glob: `*`, `?`, classes. Extended globs are widened. `null` if a group of it does not
 * end in the same segment, so that nothing can be said of what follows.
 */
export const parseSegment = (
  text: string,
  syntax: 'full' | 'stars',
  {rules, name, run}: Reading,
): Segment | null => {
  if (!(syntax === 'full' ? /[*?[()]/u : /[*?]/u).test(text)) return name(text);
  const parts = syntax === 'full' ? partsOf(text, rules) : starParts(text);
  if (parts === null) return null;
  if (parts.every((part) => typeof part === 'string')) return name(parts.join(''));
  const characters: (Character | typeof MANY)[] = [];
  for (const [i, part] of parts.entries()) {
    if (typeof part === 'string') characters.push(...codePointsOf(run(part, i === parts.length - 1)));
    else if (part !== MANY || i === 0 || characters.at(-1) !== MANY) characters.push(part);
  }
  const head = ordinary(characters);
  const tail = ordinary(characters.toReversed()).toReversed();
  const isAffix = head.length + tail.length + 1 === characters.length && characters[head.length] === MANY;
  return {
    characters,
    head: String.fromCodePoint(...head),
    tail: String.fromCodePoint(...tail),
    isAffix,
    written: text,
  };
};
