import {classEnd} from './character-class.ts';

/** More alternatives than this are not written out. */
const ALTERNATIVES_MAX = 200;
/** Nor is more text than this, in characters, all alternatives together. */
const TEXT_MAX = 16_384;
/** The same where some of it is beyond ASCII: that is folded in several ways. */
const TEXT_MAX_BEYOND_ASCII = 4_096;
const BEYOND_ASCII = /\P{ASCII}/u;

/** Text with groups in it: plain text, and the alternatives of a group. */
type Braced = readonly (string | readonly Braced[])[];

/** After so many brackets that begin no class, no more are looked for: braces are read without classes as well. */
const UNCLOSED_MAX = 64;

/** For each `[` of a class where its `]` is. */
const classesIn = (pattern: string): ReadonlyMap<number, number> => {
  const classes = new Map<number, number>();
  const last = pattern.lastIndexOf(']');
  let unclosed = 0;
  for (let i = pattern.indexOf('['); i !== -1 && i < last; i = pattern.indexOf('[', i + 1)) {
    const end = classEnd(pattern, i);
    if (end === -1 && ++unclosed > UNCLOSED_MAX) break;
    if (end === -1) continue;
    classes.set(i, end);
    i = end;
  }
  return classes;
};

const NO_CLASSES: ReadonlyMap<number, number> = new Map();

/** A pattern, and which of its stretches are not looked into. */
interface Text {
  readonly pattern: string;
  readonly partners: ReadonlyMap<number, number>;
  readonly classes: ReadonlyMap<number, number>;
}

/** For each `{` where its `}` is. A brace without a partner is an ordinary character. */
const partnersIn = (pattern: string, classes: ReadonlyMap<number, number>): ReadonlyMap<number, number> => {
  const partners = new Map<number, number>();
  const pending: number[] = [];
  for (let i = 0; i < pattern.length; i++) {
    i = classes.get(i) ?? i;
    if (pattern[i] === '{') pending.push(i);
    else if (pattern[i] === '}') {
      const open = pending.pop();
      if (open !== undefined) partners.set(open, i);
    }
  }
  return partners;
};

interface Read {
  readonly alternatives: readonly Braced[];
  /** There is a group without a comma in it. */
  readonly widened: boolean;
}

/** Reads what stands from one place up to another, cut at its commas. `null` if what it stands for has no end. */
const read = (text: Text, from: number, to: number, isGroup: boolean): Read | null => {
  const {pattern, partners, classes} = text;
  const alternatives: Braced[] = [];
  let pieces: (string | readonly Braced[])[] = [];
  let widened = false;
  let start = from;
  for (let i = from; i < to; i++) {
    i = classes.get(i) ?? i;
    const close = partners.get(i);
    if (close !== undefined) {
      const group = read(text, i + 1, close, true);
      if (group === null) return null;
      const isWide = group.alternatives.length === 1;
      if (isWide && pattern.slice(i, close).includes('/')) return null;
      widened ||= isWide || group.widened;
      pieces.push(pattern.slice(start, i), isWide ? '*' : group.alternatives);
      i = close;
      start = close + 1;
    } else if (isGroup && pattern[i] === ',') {
      alternatives.push([...pieces, pattern.slice(start, i)]);
      pieces = [];
      start = i + 1;
    }
  }
  alternatives.push([...pieces, pattern.slice(start, to)]);
  return {alternatives, widened};
};

/** How many alternatives there are. */
const count = (braced: Braced): number =>
  braced.reduce<number>(
    (product, piece) =>
      typeof piece === 'string' ? product : product * piece.reduce((sum, one) => sum + count(one), 0),
    1,
  );

/** Writes out all alternatives. `null` if they are longer than this together. */
const expand = (braced: Braced, lengthMax: number): readonly string[] | null => {
  let texts: readonly string[] = [''];
  for (const piece of braced) {
    const ends: string[] = typeof piece === 'string' ? [piece] : [];
    for (const one of typeof piece === 'string' ? [] : piece) {
      const more = expand(one, lengthMax);
      if (more === null) return null;
      ends.push(...more);
    }
    texts = texts.flatMap((text) => ends.map((end) => text + end));
    if (texts.reduce((size, {length}) => size + length, 0) > lengthMax) return null;
  }
  return texts;
};

export interface Alternatives {
  readonly texts: readonly string[];
  /** Some group stands for more than its author wrote. */
  readonly widened: boolean;
}

/** All alternatives, if classes are told from braces in this way. */
const alternativesOf = (pattern: string, classes: ReadonlyMap<number, number>): Alternatives | null => {
  const text: Text = {pattern, partners: partnersIn(pattern, classes), classes};
  const all = read(text, 0, pattern.length, false);
  const [braced] = all?.alternatives ?? [];
  if (all === null || braced === undefined || count(braced) > ALTERNATIVES_MAX) return null;
  const texts = expand(braced, BEYOND_ASCII.test(pattern) ? TEXT_MAX_BEYOND_ASCII : TEXT_MAX);
  return texts === null ? null : {texts, widened: all.widened};
};

/** A class with a brace or a comma in it. */
const MIXED = /\[[^\]]*[{},]/u;

/**
 * `a/{b,c}` gives `a/b` and `a/c`, as a shell would. `null` if there would be more than 200, or too much text.
 *
 * A group without a comma is widened to `*`: `{a}` is `a` to some and `{a}` to others, and `{1..3}` counts. Where a class
 * has braces or commas in it, some read the class first and some the braces: both are held.
 */
export const expandBraces = (pattern: string): Alternatives | null => {
  if (!pattern.includes('{')) return {texts: [pattern], widened: false};
  const plain = alternativesOf(pattern, NO_CLASSES);
  if (plain === null || !MIXED.test(pattern)) return plain;
  const other = alternativesOf(pattern, classesIn(pattern));
  if (other === null) return null;
  const texts = [...new Set([...plain.texts, ...other.texts])];
  return texts.length > ALTERNATIVES_MAX
    ? null
    : {
        texts,
        widened: plain.widened || other.widened || texts.length > plain.texts.length,
      };
};
