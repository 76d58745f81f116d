import {includes} from './char-set.ts';
import type {Claim, Form} from './claim.ts';
import {formsOf} from './overlap.ts';
import {type Character, matchesName, type Segment, segmentsMeet} from './segment.ts';
import {MANY, type Sequence, sequencesMeet, WORK_MAX} from './sequence.ts';

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
  if (typeof inner === 'number')
    return outer === inner || (typeof outer !== 'number' && includes(outer, {ranges: [inner, inner]}));
  return typeof outer !== 'number' && includes(outer, inner);
};

const segmentCovers = (outer: Segment, inner: Segment): boolean => {
  if (typeof inner === 'string') {
    return typeof outer === 'string' ? outer === inner : matchesName(outer, inner, {left: WORK_MAX});
  }
  return typeof outer !== 'string' && sequenceCovers(outer.characters, inner.characters, characterCovers);
};

const isPrefix = (upper: readonly string[], lower: readonly string[]): boolean =>
  upper.length <= lower.length && upper.every((segment, i) => segment === lower[i]);

/** A plain claim that is owned is the place and everything below it, whatever it becomes. */
const formCovers = (outer: Form, inner: Form): boolean => {
  if (outer.kind !== 'glob') return isPrefix(outer.key, inner.key);
  // One path is covered if it is met.
  return inner.kind === 'path'
    ? sequencesMeet(segmentsMeet, outer.segments, 0, inner.key, 0, {left: WORK_MAX})
    : sequenceCovers(outer.segments, inner.segments, segmentCovers);
};

const isFormCovered = (form: Form, by: readonly Claim[]): boolean =>
  by.some((one) => formsOf(one).some((outer) => formCovers(outer, form)));

/** Is everything that the claim could write inside one of these? Errs to "no". */
export const isCovered = (claim: Claim, owned: readonly Claim[]): boolean =>
  // How a name is spelled makes it no other file.
  formsOf(claim).every((form) => form.reading === 'written' || isFormCovered(form, owned));

/** Is all of one way to read the claim inside one of these? */
export const isAnyFormCovered = (claim: Claim, by: readonly Claim[]): boolean =>
  formsOf(claim).some((form) => isFormCovered(form, by));
