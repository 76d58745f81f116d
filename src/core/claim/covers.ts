import {includes} from './char-set.ts';
import type {Claim, Form} from './claim.ts';
import {formsOf} from './overlap.ts';
import {type Character, codePointsOf, type Segment} from './segment.ts';
import {MANY, type Sequence} from './sequence.ts';
import {ALL_READINGS, type Readings} from './spelling.ts';

/** A table with more cells than this is not filled in; the answer is then the safe one. */
const CELLS_MAX = 100_000;

/**
 * Does `outer` stand for every sequence that `inner` stands for?
 *
 * A `MANY` of the outer pattern takes up whatever the inner one has, also its `MANY`; nothing else takes up one. So a
 * "yes" is right, and a "no" may be wrong where only several elements together cover one.
 */
const sequenceCovers = <T extends object | string | number>(
  outer: Sequence<T>,
  inner: Sequence<T>,
  covers: (outer: T, inner: T) => boolean,
): boolean => {
  if (outer.length * inner.length > CELLS_MAX) return false;
  // reached[j]: the outer pattern so far covers the first j elements of the inner one.
  let reached: readonly boolean[] = [true, ...inner.map(() => false)];
  for (const element of outer) {
    const next = reached.map(() => false);
    for (let j = 0; j <= inner.length; j++) {
      const one = inner[j - 1];
      if (element === MANY) next[j] = reached[j] === true || (j > 0 && next[j - 1] === true);
      else next[j] = reached[j - 1] === true && one != null && covers(element, one);
    }
    reached = next;
  }
  return reached[inner.length] === true;
};

const characterCovers = (outer: Character, inner: Character): boolean => {
  if (typeof outer === 'number') return outer === inner;
  const {ranges, certain = ranges} = outer;
  return includes({ranges: certain}, typeof inner === 'number' ? {ranges: [inner, inner]} : inner);
};

const charactersOf = (segment: Segment): Sequence<Character> =>
  typeof segment === 'string' ? codePointsOf(segment) : segment.characters;

const segmentCovers = (outer: Segment, inner: Segment): boolean => {
  if (typeof outer === 'string') return outer === inner;
  const {head, tail, isAffix, characters} = outer;
  if (typeof inner === 'string') {
    if (inner.length < head.length + tail.length || !inner.startsWith(head) || !inner.endsWith(tail))
      return false;
    if (isAffix) return true;
  }
  return sequenceCovers(characters, charactersOf(inner), characterCovers);
};

const isPrefix = (upper: readonly string[], lower: readonly string[]): boolean =>
  upper.length <= lower.length && upper.every((segment, i) => segment === lower[i]);

/** A plain claim that is owned is the place and everything below it, whatever it becomes. */
const formCovers = (outer: Form, inner: Form): boolean =>
  outer.kind === 'glob'
    ? sequenceCovers(outer.segments, inner.segments, segmentCovers)
    : isPrefix(outer.key, inner.key);

/** In which of these readings is all of the form inside one of these claims? */
const coveredReadings = (form: Form, by: readonly Claim[]): Readings => {
  let covered = 0;
  for (const claim of by) {
    for (const outer of formsOf(claim)) {
      const open = form.readings & outer.readings & ~covered;
      if (open !== 0 && formCovers(outer, form)) covered |= open;
    }
  }
  return covered;
};

/**
 * Is everything that the claim could write inside one of these? Errs to "no".
 *
 * All places that the claim may mean have to be inside as names are read in one way: as it is written, `[!a-z]*` holds
 * `README.md`; and where case is none, it is not known to hold `readme.md`.
 */
export const isCovered = (claim: Claim, owned: readonly Claim[]): boolean => {
  let inside = ALL_READINGS;
  for (const form of formsOf(claim)) inside &= ~form.readings | coveredReadings(form, owned);
  return inside !== 0;
};

/** Is all of one thing that the claim can mean inside one of these? */
export const isAnyFormCovered = (claim: Claim, by: readonly Claim[]): boolean =>
  formsOf(claim).some((form) => coveredReadings(form, by) !== 0);
