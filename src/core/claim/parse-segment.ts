import {ANY, type CharSet} from './char-set.ts';
import {Classes, classEnd} from './character-class.ts';
import {type FoldRules, fold, foldCharacters} from './fold.ts';
import {type Character, codePointsOf, type Segment} from './segment.ts';
import {MANY} from './sequence.ts';

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

/** Behind a group. */
const QUANTIFIERS = /^[?*+]+(?!\()/u;

type Part = string | CharSet | typeof MANY;

/** Cuts a segment into runs of ordinary characters, classes and stars. `null` if a group does not end in it. */
const partsOf = (text: string, rules: FoldRules, classes: Classes): readonly Part[] | null => {
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
      // To regular expressions what follows says how often it may stand there.
      at = end + (QUANTIFIERS.exec(text.slice(end + 1))?.[0].length ?? 0);
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
      for (const one of classes.read(text.slice(at + (isNegated ? 2 : 1), end), isNegated, rules)) {
        if (typeof one === 'number') run += String.fromCodePoint(one);
        else {
          endRun();
          parts.push(one);
        }
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

/** The ordinary characters of a pattern before the first that is none, and after the last. */
const ordinaryEnds = (
  characters: readonly (Character | typeof MANY)[],
): {readonly head: readonly number[]; readonly tail: readonly number[]} => {
  const isOrdinary = (character: Character | typeof MANY): character is number =>
    typeof character === 'number';
  const isOther = (character: Character | typeof MANY): boolean => !isOrdinary(character);
  const first = characters.findIndex(isOther);
  return {
    head: characters.slice(0, first === -1 ? characters.length : first).filter(isOrdinary),
    tail: characters.slice(characters.findLastIndex(isOther) + 1).filter(isOrdinary),
  };
};

/** A run of ordinary characters in a pattern, folded. */
const foldRun = (text: string, rules: FoldRules, isLast: boolean): string => {
  const folded = foldCharacters(text, rules);
  if (!isLast || !rules.trimming) return folded;
  let end = folded.length;
  while (end > 0 && '. '.includes(folded.charAt(end - 1))) end--;
  return folded.slice(0, end);
};

/**
 * Understands one segment of a glob: `*`, `?`, classes. Extended globs are widened. `null` if a group of it does not
 * end in the same segment, so that nothing can be said of what follows.
 *
 * @param classes Those of the whole claim, so that what is read once is not read again.
 */
export const parseSegment = (
  text: string,
  syntax: 'full' | 'stars',
  rules: FoldRules,
  classes: Classes = new Classes(),
): Segment | null => {
  if (!(syntax === 'full' ? /[*?[()]/u : /[*?]/u).test(text)) return fold(text, rules);
  const parts = syntax === 'full' ? partsOf(text, rules, classes) : starParts(text);
  if (parts === null) return null;
  if (parts.every((part) => typeof part === 'string')) return fold(parts.join(''), rules);
  const characters: (Character | typeof MANY)[] = [];
  for (const [i, part] of parts.entries()) {
    if (typeof part === 'string')
      characters.push(...codePointsOf(foldRun(part, rules, i === parts.length - 1)));
    else if (part !== MANY || i === 0 || characters.at(-1) !== MANY) characters.push(part);
  }
  const {head, tail} = ordinaryEnds(characters);
  const isAffix = head.length + tail.length + 1 === characters.length && characters[head.length] === MANY;
  return {
    characters,
    head: String.fromCodePoint(...head),
    tail: String.fromCodePoint(...tail),
    isAffix,
    written: text,
  };
};
