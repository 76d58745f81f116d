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
    if (a.key[aFrom + i] !== b.key[bFrom + i]) return false;
  }
  if (a.kind === 'glob') {
    if (b.kind !== 'glob' && (bLeft <= aLeft || isLiteral(a))) return true;
  } else if (b.kind !== 'glob' || aLeft <= bLeft || isLiteral(b)) {
    return true;
  }
  return sequencesMeet(segmentsMeet, a.segments, aFrom + shared, b.segments, bFrom + shared, work);
};

/** How many of the first ids and names both have in common. @param from So many are known to be. */
const sharedWay = (a: Form, b: Form, from: number): number => {
  const most = Math.min(a.ids.length, b.ids.length);
  let shared = from;
  while (shared < most && a.ids[shared] === b.ids[shared] && a.key[shared] === b.key[shared]) shared++;
  return shared;
};

/**
 * Do the forms meet below one directory, or in one file, that has two names? By their names they do not: so where one
 * directory has the same name on both ways, there is nothing more to find below it.
 */
const meetOnDisk = (a: Form, b: Form, from: number, work: Work): boolean => {
  const shared = sharedWay(a, b, from);
  if (shared === a.ids.length && shared === b.ids.length) return false;
  for (let i = 0; i < a.ids.length; i++) {
    for (let j = i < shared ? shared : 0; j < b.ids.length; j++) {
      if (--work.left < 0) return true;
      if (a.ids[i] === b.ids[j] && formsMeet(a, i + 1, b, j + 1, work)) return true;
    }
  }
  return false;
};

const isOnDisk = ({ids}: Form): boolean => ids.length > 0;

/** What was not there when it was looked at has no two names. */
const areOnDisk = (formsA: readonly Form[], formsB: readonly Form[]): boolean =>
  formsA.some(isOnDisk) && formsB.some(isOnDisk);

/** All ways to read a claim, its own first. */
export const formsOf = (claim: Claim): readonly Form[] => [claim, ...claim.others];

/** The way that all of these have in common: so many of their first names, and of their ids. */
interface CommonWay {
  readonly names: number;
  readonly ids: number;
}

const NO_WAY: CommonWay = {names: 0, ids: 0};
/** For fewer pairs it is quicker to compare each from its beginning. */
const FEW_PAIRS = 16;

/** Alternatives mostly lie in one folder, and each pair of them would be compared all the way down to it. */
const commonWay = (formsA: readonly Form[], formsB: readonly Form[]): CommonWay => {
  const [first] = formsA;
  if (first === undefined || formsA.length * formsB.length <= FEW_PAIRS) return NO_WAY;
  let [names, ids] = [first.key.length, first.ids.length];
  for (const {key, ids: own} of [...formsA, ...formsB]) {
    let shared = 0;
    while (shared < names && key[shared] === first.key[shared]) shared++;
    names = shared;
    let sharedIds = 0;
    while (sharedIds < ids && sharedIds < names && own[sharedIds] === first.ids[sharedIds]) sharedIds++;
    ids = sharedIds;
  }
  return {names, ids};
};

/** How two forms of the claims meet; `null` if none do. */
export interface Meeting {
  readonly a: Form;
  readonly b: Form;
  /**
   * By their names, or because one directory or file on the disk has two names; or nobody looked to the end, and "yes" is the
   * safe answer.
   */
  readonly by: 'name' | 'disk' | 'nobody knows';
}

/** The first two forms that meet, by name if any do. */
export const meetingOf = (a: Claim, b: Claim): Meeting | null => {
  const work: Work = {left: WORK_MAX};
  const [formsA, formsB] = [formsOf(a), formsOf(b)];
  const {names, ids} = commonWay(formsA, formsB);
  for (const one of formsA) {
    for (const other of formsB) {
      if (formsMeet(one, names, other, names, work))
        return {a: one, b: other, by: work.left < 0 ? 'nobody knows' : 'name'};
    }
  }
  if (!areOnDisk(formsA, formsB)) return null;
  for (const one of formsA) {
    for (const other of formsB) {
      if (meetOnDisk(one, other, ids, work))
        return {a: one, b: other, by: work.left < 0 ? 'nobody knows' : 'disk'};
    }
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
  const [formsA, formsB] = [formsOf(a), formsOf(b)];
  const {names, ids} = commonWay(formsA, formsB);
  const mayBeOneOnDisk = areOnDisk(formsA, formsB);
  for (const one of formsA) {
    for (const other of formsB) {
      if (formsMeet(one, names, other, names, work)) return true;
      if (mayBeOneOnDisk && meetOnDisk(one, other, ids, work)) return true;
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
