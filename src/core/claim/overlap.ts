import type {Claim, Form} from './claim.ts';
import {segmentsMeet} from './segment.ts';
import {sequencesMeet, WORK_MAX, type Work} from './sequence.ts';
import type {Spelled} from './spelling.ts';

const isLiteral = (form: Form): boolean => form.segments.length === form.key.length;

/**
 * Do the two forms meet, from `aFrom` and `bFrom` segments on?
 *
 * Two plain ones do if one key is a prefix of the other: which of `a` and `a/b` becomes a file is not known before the
 * tasks ran. The same holds for a plain one that lies above everything a glob stands for. Otherwise there has to be a
 * path that both stand for.
 */
export const formsMeet = (a: Form, aFrom: number, b: Form, bFrom: number, work: Work): boolean => {
  if ((a.readings & b.readings) === 0) return false;
  const aLeft = a.key.length - aFrom;
  const bLeft = b.key.length - bFrom;
  const shared = Math.min(aLeft, bLeft);
  for (let i = 0; i < shared; i++) {
    work.left--;
    if (a.key[aFrom + i] !== b.key[bFrom + i]) return false;
  }
  if (a.kind === 'glob') {
    if (b.kind !== 'glob' && (bLeft <= aLeft || isLiteral(a))) return true;
  } else if (b.kind !== 'glob' || aLeft <= bLeft || isLiteral(b)) {
    return true;
  }
  return sequencesMeet(segmentsMeet, a.segments, aFrom + shared, b.segments, bFrom + shared, work);
};

/** Do the forms meet below one directory, or in one file, that has two names? */
const meetOnDisk = (a: Form, b: Form, work: Work): boolean => {
  for (let i = 0; i < a.ids.length; i++) {
    for (let j = 0; j < b.ids.length; j++) {
      if (--work.left < 0) return true;
      if (a.ids[i] === b.ids[j] && formsMeet(a, i + 1, b, j + 1, work)) return true;
    }
  }
  return false;
};

/** All ways to read a claim, its own first. */
export const formsOf = (claim: Claim): readonly Form[] => [claim, ...claim.others];

/** How two forms of the claims meet; `null` if none do. */
export interface Meeting {
  readonly a: Form;
  readonly b: Form;
  /** By their names, or because one directory or file on the disk has two names. */
  readonly by: 'name' | 'disk';
}

/** The first two forms that meet, by name if any do. */
export const meetingOf = (a: Claim, b: Claim): Meeting | null => {
  const work: Work = {left: WORK_MAX};
  const [formsA, formsB] = [formsOf(a), formsOf(b)];
  for (const one of formsA) {
    for (const other of formsB) if (formsMeet(one, 0, other, 0, work)) return {a: one, b: other, by: 'name'};
  }
  for (const one of formsA) {
    for (const other of formsB) if (meetOnDisk(one, other, work)) return {a: one, b: other, by: 'disk'};
  }
  return null;
};

/**
 * Could the two claims name a common file? Symmetric, reflexive, and never wrongly "no".
 *
 * Exact for paths, directories and globs of `*`, `?`, classes, braces and `**`, as far as their texts and what was seen
 * on the disk go. A pair of patterns that is made to be slow gets a "yes".
 */
export const overlap = (a: Claim, b: Claim): boolean => {
  const work: Work = {left: WORK_MAX};
  if (formsMeet(a, 0, b, 0, work)) return true;
  // Most claims have one form, and nobody looked at the disk, or there is nothing to see.
  if (a.others.length === 0 && b.others.length === 0 && (a.ids.length === 0 || b.ids.length === 0))
    return false;
  const others = formsOf(b);
  for (const one of formsOf(a)) {
    for (const other of others) {
      if (formsMeet(one, 0, other, 0, work) || meetOnDisk(one, other, work)) return true;
    }
  }
  return false;
};

/** Does the claim cover this one path, given in all its spellings? */
export const coversPath = (claim: Claim, path: readonly Spelled[]): boolean => {
  const work: Work = {left: WORK_MAX};
  return formsOf(claim).some((form) =>
    path.some(
      ({key, readings}) =>
        (form.readings & readings) !== 0 && sequencesMeet(segmentsMeet, form.segments, 0, key, 0, work),
    ),
  );
};
