import {Classes} from './character-class.ts';
import type {ClaimFailure} from './claim.ts';
import {EXACT, type FoldRules} from './fold.ts';
import {parseSegment} from './parse-segment.ts';
import {refuseLongName, refuseSegment} from './refuse-text.ts';
import {isSameSegment, type Segment} from './segment.ts';
import {ALL_READINGS, type Readings, readingsFor} from './spelling.ts';

/** `full`: stars, classes, braces and groups. `stars`: only `*` and `?`, the rest are ordinary characters. */
export type Syntax = 'full' | 'stars';

/** Groups, named classes and classes beyond ASCII are not taken exactly. */
const WIDENED = /[()]|\[([:.=])[^\]]{0,64}?\1\]/u;
const isWidened = (text: string): boolean =>
  WIDENED.test(text) || (text.includes('[') && /\P{ASCII}/u.test(text));
const NAMED_CLASS = /\[([:.=])[^\]]{0,64}?\1\]/gu;
/** A pattern that is the same in every reading: see `spell`. */
const ONE_SPELLING = /^[^A-Z[\P{ASCII}]*[^. A-Z[\P{ASCII}]$/u;

/** What a segment or a pattern is in some readings. */
export interface Read<T> {
  readonly as: T;
  readonly readings: Readings;
}

/** One segment of a glob, understood. */
export interface Understood {
  /** As it is written. */
  readonly text: string;
  readonly refusal: ClaimFailure | null;
  /** In each reading; `null` where a group of it goes on behind a "/". */
  readonly read: readonly Read<Segment | null>[];
  /** The name that it is, where it is no pattern. */
  readonly name: string | null;
  readonly widened: boolean;
}

export type Understand = (text: string) => Understood;

/** Understands each segment once: the alternatives of a glob have most of theirs in common. */
export const understanding = ({
  raw,
  syntax,
  rules,
}: {
  readonly raw: string;
  readonly syntax: Syntax;
  readonly rules: FoldRules;
}): Understand => {
  const known = new Map<string, Understood>();
  const classes = new Classes();
  const parse = (text: string, by: FoldRules): Segment | null => parseSegment(text, syntax, by, classes);
  const readAll = (text: string): readonly Read<Segment | null>[] => {
    if (ONE_SPELLING.test(text)) return [{as: parse(text, rules), readings: ALL_READINGS}];
    const all: {as: Segment | null; readings: Readings}[] = [];
    for (const {reading, rules: by} of readingsFor([text], rules)) {
      const as = parse(text, by);
      const like = all.find(
        (one) => one.as === as || (one.as !== null && as !== null && isSameSegment(one.as, as)),
      );
      if (like === undefined) all.push({as, readings: reading});
      else like.readings |= reading;
    }
    return all;
  };
  const understood = (text: string): Understood => {
    const long = refuseLongName(raw, text);
    if (long !== null) return {text, refusal: long, read: [], name: null, widened: false};
    const read = readAll(text);
    const [first] = read;
    const name = read.length === 1 ? (first?.as ?? null) : parse(text, EXACT);
    return {
      text,
      // The colons of a named class are none of a name; and `[.]git` is a name, whatever it looks like.
      refusal:
        refuseSegment(raw, text.replaceAll(NAMED_CLASS, '?')) ??
        (typeof name === 'string' && name !== text ? refuseSegment(raw, name) : null),
      read,
      name: typeof name === 'string' ? name : null,
      widened: first?.as === null || (syntax === 'full' && isWidened(text)),
    };
  };
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const now = understood(text);
    known.set(text, now);
    return now;
  };
};
