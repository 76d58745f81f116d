import {type CharSet, holds, meets} from './char-set.ts';
import {type Sequence, sequencesMeet, type Work} from './sequence.ts';

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

const isSameList = (a: readonly number[] = [], b: readonly number[] = []): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);

const isSameCharacter = (a: Character | null, b: Character | null | undefined): boolean =>
  a === b ||
  (typeof a === 'object' &&
    typeof b === 'object' &&
    isSameList(a?.ranges, b?.ranges) &&
    isSameList(a?.certain, b?.certain));

/** Do they say the same? */
export const isSameSegment = (a: Segment, b: Segment): boolean => {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return (
    a.characters.length === b.characters.length &&
    a.characters.every((one, i) => isSameCharacter(one, b.characters[i]))
  );
};

/** The characters of a text, as numbers. */
export const codePointsOf = (text: string): readonly number[] => {
  // By hand: `Array.from` takes several times as long, and a hostile glob has thousands of short runs.
  const codePoints: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const codePoint = text.codePointAt(at) ?? 0;
    codePoints.push(codePoint);
    if (codePoint > 0xffff) at++;
  }
  return codePoints;
};

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

/** Do they begin or end with other characters? Then no name is both; alternatives mostly differ there. */
const partAtAnEnd = (a: SegmentPattern, b: SegmentPattern): boolean =>
  (a.head !== '' && b.head !== '' && a.head.charCodeAt(0) !== b.head.charCodeAt(0)) ||
  (a.tail !== '' &&
    b.tail !== '' &&
    a.tail.charCodeAt(a.tail.length - 1) !== b.tail.charCodeAt(b.tail.length - 1));

/** Is there a name that both segments stand for? */
export const segmentsMeet = (a: Segment, b: Segment, work: Work): boolean => {
  if (typeof a === 'string') return typeof b === 'string' ? a === b : matchesName(b, a, work);
  if (typeof b === 'string') return matchesName(a, b, work);
  if (partAtAnEnd(a, b)) return false;
  return sequencesMeet(isCharacterMeeting, a.characters, 0, b.characters, 0, work);
};
