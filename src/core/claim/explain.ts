import {asWritten} from './as-written.ts';
import type {Claim, Form} from './claim.ts';
import {exampleOf} from './example.ts';
import {FILE_SYSTEMS} from './file-systems.ts';
import {EXACT, type FoldRules} from './fold.ts';
import {type Meeting, meetingOf, overlap} from './overlap.ts';
import {parseClaim} from './parse.ts';
import {apartReason, type OverlapRule, reasonOf, widenedNote} from './reason.ts';
import {segmentsMeet} from './segment.ts';
import {MANY, sequencesMeet, WORK_MAX} from './sequence.ts';

/** Could two claims touch the same file. */
export interface OverlapAnswer {
  readonly overlap: boolean;
  readonly rule: OverlapRule;
  /** A path that both cover, from the root down; `null` if they do not overlap, or if one would take long to find. */
  readonly example: string | null;
}

/** The same with its reasons. */
export interface OverlapExplained extends OverlapAnswer {
  /** One sentence, without a full stop. */
  readonly reason: string;
  /**
   * Where the answer differs by file system: on which the claims meet by their texts, and on which not. Otherwise `null`.
   */
  readonly differs: {readonly meet: readonly string[]; readonly apart: readonly string[]} | null;
}

/** The claim by its text alone, as one file system takes names; none if it cannot be. */
const byText = ({kind, text, bare}: Claim, rules: FoldRules): readonly Claim[] => {
  const parsed = parseClaim(kind !== 'glob' ? {path: text} : bare ? text : {glob: text}, {rules});
  return parsed.ok ? parsed.value : [];
};

const overlapsByText = (a: Claim, b: Claim, rules: FoldRules): boolean =>
  byText(a, rules).some((one) => byText(b, rules).some((other) => overlap(one, other)));

/** Longer texts are not read once more for every file system: no person wrote them. */
const COMPARED_CHARACTERS_MAX = 1_000;

const isLong = (a: Claim, b: Claim): boolean => a.text.length + b.text.length > COMPARED_CHARACTERS_MAX;

/** Is one path, as it is spelled, the other or above it? */
const isSpelledWithin = (a: Claim, b: Claim): boolean => {
  if (a.kind === 'glob' || b.kind === 'glob') return false;
  const [upper = [], lower = []] = [a, b]
    .map(({text}) => text.split('/').filter((segment) => segment !== '' && segment !== '.'))
    .toSorted((one, other) => one.length - other.length);
  return upper.every((segment, i) => segment === lower[i]);
};

type Differs = NonNullable<OverlapExplained['differs']>;

/** On which file systems the claims meet by their texts, and on which not. */
const byFileSystem = (a: Claim, b: Claim): Differs => {
  const meet: string[] = [];
  const apart: string[] = [];
  for (const {name, rules} of FILE_SYSTEMS) (overlapsByText(a, b, rules) ? meet : apart).push(name);
  return {meet, apart};
};

const ruleOf = ({a, b, by}: Meeting, isShared: boolean): OverlapRule => {
  if (by === 'disk') return 'same-file';
  if (a.via === 'disk' || b.via === 'disk') return 'link';
  if (!isShared) return 'path-below-path';
  if (a.kind === 'glob' && b.kind === 'glob') return 'globs-meet';
  if (a.kind === 'glob' || b.kind === 'glob') {
    const other = a.kind === 'glob' ? b : a;
    return other.kind === 'directory' ? 'glob-in-directory' : 'glob-matches-path';
  }
  return a.key.length === b.key.length ? 'same-path' : 'directory-covers';
};

const haveSharedPath = (one: Form, other: Form): boolean =>
  sequencesMeet(segmentsMeet, one.segments, 0, other.segments, 0, {left: WORK_MAX});

/** Where the claims meet, as a path, and whether both cover it. */
const placeOf = (
  a: Claim,
  b: Claim,
  meeting: Meeting,
): {readonly path: string | null; readonly isShared: boolean} => {
  const {a: one, b: other, by} = meeting;
  const shared = by === 'disk' ? null : exampleOf(one, 0, other, 0);
  if (by === 'nobody knows' && shared === null) return {path: null, isShared: true};
  if (by === 'name' && shared === null && haveSharedPath(one, other)) return {path: null, isShared: true};
  // Without a path that both cover, the lower one is what they fight about, or the first one's own name for the place.
  const [upper, lower] = one.segments.length < other.segments.length ? [one, other] : [other, one];
  const place =
    shared ??
    (by === 'disk'
      ? one.key
      : (exampleOf(lower, 0, {...upper, segments: [...upper.key, MANY]}, 0) ?? lower.key));
  return {path: asWritten(place, [a, b]) || null, isShared: shared !== null};
};

const NO: OverlapAnswer = {overlap: false, rule: 'different-paths', example: null};

const answerFor = (a: Claim, b: Claim, meeting: Meeting): OverlapAnswer => {
  const {path, isShared} = placeOf(a, b, meeting);
  return {overlap: true, rule: ruleOf(meeting, isShared), example: path};
};

/** The answer of `overlap`, with the rule that decided it and an example. */
export const answerOverlap = (a: Claim, b: Claim): OverlapAnswer => {
  const meeting = meetingOf(a, b);
  return meeting === null ? NO : answerFor(a, b, meeting);
};

/** The same for people who ask why. */
export const explainOverlap = (a: Claim, b: Claim): OverlapExplained => {
  const meeting = meetingOf(a, b);
  const answer = meeting === null ? NO : answerFor(a, b, meeting);
  const {meet, apart: not} = isLong(a, b) ? {meet: [], apart: []} : byFileSystem(a, b);
  const isByText = answer.rule !== 'link' && answer.rule !== 'same-file';
  return {
    ...answer,
    reason:
      meeting === null
        ? apartReason(a, b)
        : `${reasonOf(answer.rule, a, b, meeting, answer.example)}${widenedNote([a, b])}`,
    differs: isByText && (answer.overlap ? not : meet).length > 0 ? {meet, apart: not} : null,
  };
};

/**
 * Why two claims that overlap do so, where their texts do not show it: links, names that only some file systems take as
 * one, a companion that was never written down. `null` if the texts say it all. A clause without a full stop.
 */
export const describeMeeting = (a: Claim, b: Claim): string | null => {
  for (const {raw, companionOf} of [a, b]) {
    if (companionOf !== null) return `${raw} comes with ${companionOf}`;
  }
  if (isSpelledWithin(a, b) || a.text === b.text || isLong(a, b) || overlapsByText(a, b, EXACT)) return null;
  const meeting = meetingOf(a, b);
  if (meeting === null) return null;
  if (meeting.by === 'disk') return 'two names of one file or directory';
  if (meeting.a.via === 'disk' || meeting.b.via === 'disk') {
    return 'they lead to one place through links';
  }
  const {meet} = byFileSystem(a, b);
  return `one file on ${meet.length === 0 ? 'some file systems' : meet.slice(0, 3).join(', ')}`;
};
