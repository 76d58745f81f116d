/** In a pattern: any number of things, also none. */
export const MANY = null;

/** A pattern: elements that each stand for exactly one thing, and `MANY`. */
export type Sequence<T extends object | string | number> = readonly (T | typeof MANY)[];

/**
 * How much work may still be done, in steps. Patterns come from outside, and some pairs of them are made to be slow:
 * when nothing is left, the answer is the safe one.
 */
export interface Work {
  left: number;
}

/** Enough for any pair of patterns that a person writes; a few milliseconds at most. */
export const WORK_MAX = 50_000;

/** Is there a thing that both elements stand for? Each element stands for at least one. */
type Meet<T> = (a: T, b: T, work: Work) => boolean;

const isAllMany = (items: readonly unknown[], from: number, to: number): boolean => {
  for (let i = from; i < to; i++) if (items[i] !== MANY) return false;
  return true;
};

const hasMany = (items: readonly unknown[], from: number, to: number): boolean => {
  for (let i = from; i < to; i++) if (items[i] === MANY) return true;
  return false;
};

/**
 * Are the blocks of `loose` between its `MANY` found in `fixed`, in order and apart? `loose` begins and ends with a
 * `MANY`; one in `fixed` is part of no block. "Yes" when no work is left. Taking the first stretch that fits never makes a later one impossible, so only the last
 * `MANY` is ever tried again.
 */
export const fits = <T extends object | string | number>(
  meet: Meet<T>,
  loose: Sequence<T>,
  looseFrom: number,
  looseTo: number,
  fixed: Sequence<T>,
  fixedFrom: number,
  fixedTo: number,
  work: Work,
): boolean => {
  let at = looseFrom;
  let afterMany = looseFrom;
  let retry = fixedFrom;
  let i = fixedFrom;
  while (i < fixedTo) {
    if (--work.left < 0) return true;
    const element = at < looseTo ? loose[at] : undefined;
    const thing = fixed[i];
    if (element === MANY) {
      afterMany = ++at;
      retry = i;
    } else if (element !== undefined && thing != null && meet(element, thing, work)) {
      at++;
      i++;
    } else {
      at = afterMany;
      i = ++retry;
    }
  }
  return isAllMany(loose, at, looseTo);
};

/**
 * Is there a sequence of things that both patterns stand for, from `aFrom` and `bFrom` on?
 *
 * The product of the two automata, solved in closed form. Both heads are compared up to the first `MANY`, both tails
 * back to the last. If then both patterns still have a `MANY`, the rest always meets: what stands between in one is
 * taken up by a `MANY` of the other. If only one has, its blocks have to be found in order in the rest of the other.
 * So it costs the sum of the lengths, and their product only in the last case.
 */
export const sequencesMeet = <T extends object | string | number>(
  meet: Meet<T>,
  a: Sequence<T>,
  aFrom: number,
  b: Sequence<T>,
  bFrom: number,
  work: Work,
): boolean => {
  let i = aFrom;
  let j = bFrom;
  let aTo = a.length;
  let bTo = b.length;
  for (; i < aTo && j < bTo; i++, j++) {
    const left = a[i];
    const right = b[j];
    if (left == null || right == null) break;
    if (!meet(left, right, work)) {
      work.left -= i - aFrom + 1;
      return false;
    }
  }
  for (; i < aTo && j < bTo; aTo--, bTo--) {
    const left = a[aTo - 1];
    const right = b[bTo - 1];
    if (left == null || right == null) break;
    if (!meet(left, right, work)) {
      work.left -= i - aFrom + (a.length - aTo) + 1;
      return false;
    }
  }
  work.left -= i - aFrom + (a.length - aTo);
  if (i === aTo) return isAllMany(b, j, bTo);
  if (j === bTo) return isAllMany(a, i, aTo);
  const aHasMany = hasMany(a, i, aTo);
  if (aHasMany && hasMany(b, j, bTo)) return true;
  return aHasMany ? fits(meet, a, i, aTo, b, j, bTo, work) : fits(meet, b, j, bTo, a, i, aTo, work);
};
