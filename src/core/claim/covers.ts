import {type CharSet, holds, includes} from './char-set.ts';
import type {Claim, Form} from './claim.ts';
import {formsOf} from './overlap.ts';
import {type Character, codePointsOf, type Segment} from './segment.ts';
import {fits, type MANY, type Sequence, type Work} from './sequence.ts';
import {ALL_READINGS, type Readings} from './spelling.ts';

/** Enough for any claim that a person writes; a few milliseconds at most. Then the answer is the safe one. */
export const COVERS_WORK_MAX = 100_000;

/**
 * Does `outer` stand for every sequence that `inner` stands for?
 *
 * A `MANY` of the outer pattern takes up whatever the inner one has, also its `MANY`; nothing else takes up one. So a
 * "yes" is right as long as work is left, and a "no" may be wrong where only several elements together cover one.
 */
const sequenceCovers = <T extends object | string | number>(
  outer: Sequence<T>,
  inner: Sequence<T>,
  covers: (outer: T, inner: T, work: Work) => boolean,
  work: Work,
): boolean => {
  const isTakenUp = (element: T, one: T | typeof MANY | undefined): boolean =>
    --work.left >= 0 && one != null && covers(element, one, work);
  let from = 0;
  for (; from < outer.length; from++) {
    const element = outer[from];
    if (element == null) break;
    if (!isTakenUp(element, inner[from])) return false;
  }
  if (from === outer.length) return inner.length === from;
  let outerTo = outer.length;
  let innerTo = inner.length;
  for (; outerTo > from; outerTo--, innerTo--) {
    const element = outer[outerTo - 1];
    if (element == null) break;
    if (innerTo <= from || !isTakenUp(element, inner[innerTo - 1])) return false;
  }
  return fits(covers, outer, from, outerTo, inner, from, innerTo, work);
};

const characterCovers = (outer: Character, inner: Character): boolean => {
  if (typeof outer === 'number') return outer === inner;
  const certain: CharSet = outer.certain === undefined ? outer : {ranges: outer.certain};
  return typeof inner === 'number' ? holds(certain, inner) : includes(certain, inner);
};

const charactersOf = (segment: Segment): Sequence<Character> =>
  typeof segment === 'string' ? codePointsOf(segment) : segment.characters;

/** Does `outer` stand for every name that `inner` stands for? As long as work is left. */
export const segmentCovers = (outer: Segment, inner: Segment, work: Work): boolean => {
  if (typeof outer === 'string') return outer === inner;
  const {head, tail, isAffix, characters} = outer;
  if (typeof inner === 'string') {
    if (inner.length < head.length + tail.length || !inner.startsWith(head) || !inner.endsWith(tail))
      return false;
    if (isAffix) return true;
  }
  return sequenceCovers(characters, charactersOf(inner), characterCovers, work);
};

const isPrefix = (upper: readonly string[], lower: readonly string[]): boolean =>
  upper.length <= lower.length && upper.every((segment, i) => segment === lower[i]);

/** A plain claim that is owned is the place and everything below it, whatever it becomes. */
const formCovers = (outer: Form, inner: Form, work: Work): boolean =>
  outer.kind === 'glob'
    ? sequenceCovers(outer.segments, inner.segments, segmentCovers, work)
    : isPrefix(outer.key, inner.key);

/** In which of these readings is all of the form inside one of these claims? As long as work is left. */
const coveredReadings = (form: Form, by: readonly Claim[], work: Work): Readings => {
  let covered = 0;
  for (const claim of by) {
    for (const outer of formsOf(claim)) {
      const open = form.readings & outer.readings & ~covered;
      if (--work.left < 0) return covered;
      if (open !== 0 && formCovers(outer, form, work)) covered |= open;
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
  const work: Work = {left: COVERS_WORK_MAX};
  let inside = ALL_READINGS;
  for (const form of formsOf(claim)) {
    inside &= ~form.readings | coveredReadings(form, owned, work);
    if (inside === 0 || work.left < 0) return false;
  }
  return true;
};
