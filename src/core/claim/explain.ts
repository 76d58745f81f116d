import type {Claim, Form} from './claim.ts';
import {exampleOf} from './example.ts';
import {FILE_SYSTEMS} from './file-systems.ts';
import {EXACT, type FoldRules, fold} from './fold.ts';
import {type Meeting, meetingOf, overlap} from './overlap.ts';
import {parseClaim} from './parse.ts';
import {MANY} from './sequence.ts';

/** Which rule decided. */
export type OverlapRule =
  /** Both are the same path. */
  | 'same-path'
  /** One is a directory, the other lies in it. */
  | 'directory-covers'
  /** Nothing is known to be a directory, but one would have to be for the other to exist. */
  | 'path-below-path'
  /** The glob stands for the path. */
  | 'glob-matches-path'
  /** The glob stands for something in the directory. */
  | 'glob-in-directory'
  /** Both globs stand for one path. */
  | 'globs-meet'
  /** By their texts they are apart, but symbolic links or `..` lead to one place. */
  | 'link'
  /** Two names of one file or directory on the disk: hard links, or a mount. */
  | 'same-file'
  /** One of them claims nothing. */
  | 'read-only'
  | 'different-paths';

/** Could two claims touch the same file. */
export interface OverlapAnswer {
  readonly overlap: boolean;
  readonly rule: OverlapRule;
  /** A path that both cover, from the root down; `null` if they do not overlap, or it would take too long to find. */
  readonly example: string | null;
}

/** The same with its reasons. */
export interface OverlapExplained extends OverlapAnswer {
  /** One sentence, without a full stop. */
  readonly reason: string;
  /** Where the answer differs by file system: on which the claims meet, and on which not. Otherwise `null`. */
  readonly differs: {readonly meet: readonly string[]; readonly apart: readonly string[]} | null;
}

/** The claim by its text alone, as one file system takes names; none if it cannot be. */
const byText = ({kind, text, bare}: Claim, rules: FoldRules): readonly Claim[] => {
  const parsed = parseClaim(kind !== 'glob' ? {path: text} : bare ? text : {glob: text}, {rules});
  return parsed.ok ? parsed.value : [];
};

const overlapsByText = (a: Claim, b: Claim, rules: FoldRules): boolean =>
  byText(a, rules).some((one) => byText(b, rules).some((other) => overlap(one, other)));

const differing = (a: Claim, b: Claim): OverlapExplained['differs'] => {
  const meet: string[] = [];
  const apart: string[] = [];
  for (const {name, rules} of FILE_SYSTEMS) (overlapsByText(a, b, rules) ? meet : apart).push(name);
  return apart.length === 0 ? null : {meet, apart};
};

/** Folded text as an author spells it, if its ends are those of `spelled` apart from case. */
const respell = (folded: string, spelled: string): string => {
  const head = /^[^*?[({]*/u.exec(spelled)?.[0] ?? '';
  const tail = head.length === spelled.length ? '' : (/[^*?\])}]*$/u.exec(spelled)?.[0] ?? '');
  const isHead = head.length <= folded.length && fold(head) === fold(folded.slice(0, head.length));
  const from = folded.length - tail.length;
  const isTail = from >= head.length && fold(tail) === fold(folded.slice(from));
  return `${isHead ? head : folded.slice(0, head.length)}${isTail ? folded.slice(head.length, from) + tail : folded.slice(head.length)}`;
};

/** Folded names as the claims' authors spell them. */
const asWritten = (path: readonly string[], claims: readonly Claim[]): string => {
  const texts = claims.flatMap((claim) => claim.text.split('/'));
  return path
    .map((segment) => texts.find((text) => fold(text) === segment) ?? texts.reduce(respell, segment))
    .join('/');
};

const shown = (form: Form, claim: Claim): string => asWritten(form.key, [claim]) || 'the whole repository';

const ruleOf = ({a, b, by}: Meeting, isShared: boolean): OverlapRule => {
  if (by === 'disk') return 'same-file';
  if (a.reading === 'resolved' || b.reading === 'resolved') return 'link';
  if (!isShared) return 'path-below-path';
  if (a.kind === 'glob' && b.kind === 'glob') return 'globs-meet';
  if (a.kind === 'glob' || b.kind === 'glob') {
    const other = a.kind === 'glob' ? b : a;
    return other.kind === 'directory' ? 'glob-in-directory' : 'glob-matches-path';
  }
  return a.key.length === b.key.length ? 'same-path' : 'directory-covers';
};

/** Where the claims meet, as a path, and whether both cover it. */
const placeOf = (
  a: Claim,
  b: Claim,
  meeting: Meeting,
): {readonly path: string | null; readonly isShared: boolean} => {
  const {a: one, b: other, by} = meeting;
  const shared = by === 'name' ? exampleOf(one, 0, other, 0) : null;
  // Without a path that both cover, the lower one is what they fight about, or the first one's own name for the place.
  const [upper, lower] = one.key.length < other.key.length ? [one, other] : [other, one];
  const place =
    shared ??
    (by === 'disk'
      ? one.key
      : (exampleOf(lower, 0, {...upper, segments: [...upper.key, MANY]}, 0) ?? lower.key));
  return {path: asWritten(place, [a, b]) || null, isShared: shared !== null};
};

const apart = (a: Claim, b: Claim): string => `${a.raw} and ${b.raw} have no path in common`;

const reasonOf = (
  rule: OverlapRule,
  a: Claim,
  b: Claim,
  {a: one, b: other}: Meeting,
  example: string | null,
): string => {
  const [upper, lower] =
    one.key.length <= other.key.length ? [shown(one, a), shown(other, b)] : [shown(other, b), shown(one, a)];
  const such = example === null ? '' : `, such as ${example}`;
  const [glob, plain] = a.kind === 'glob' ? [a.raw, b.raw] : [b.raw, a.raw];
  switch (rule) {
    case 'same-path':
      return a.text === b.text ? `both name ${a.text}` : `${a.text} and ${b.text} can be one path`;
    case 'directory-covers':
      return `${lower} lies in ${upper}`;
    case 'path-below-path':
      return `${example ?? lower} can only exist if ${upper} is a directory`;
    case 'glob-matches-path':
      return `${glob} covers ${plain}`;
    case 'glob-in-directory':
      return `${glob} covers files in ${plain}${such}`;
    case 'globs-meet':
      return a.text === b.text ? `both are ${a.raw}` : `some paths match both${such}`;
    case 'link':
      return `symbolic links lead both to ${upper === lower ? upper : `${upper} and what lies in it`}`;
    case 'same-file':
      return `${a.raw} and ${b.raw} are, or lie in, one file or directory with two names`;
    case 'read-only':
    case 'different-paths':
      return apart(a, b);
  }
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
  if (meeting === null) {
    return {...NO, reason: apart(a, b), differs: null};
  }
  const answer = answerFor(a, b, meeting);
  const isByText = answer.rule !== 'link' && answer.rule !== 'same-file';
  return {
    ...answer,
    reason: reasonOf(answer.rule, a, b, meeting, answer.example),
    differs: isByText ? differing(a, b) : null,
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
  if (a.text === b.text) return null;
  if (overlapsByText(a, b, EXACT)) return null;
  const meeting = meetingOf(a, b);
  if (meeting === null) return null;
  if (meeting.by === 'disk') return 'two names of one file or directory';
  const {meet} = differing(a, b) ?? {meet: []};
  return meet.length === 0
    ? 'they lead to one place through links'
    : `one file on ${meet.slice(0, 3).join(', ')}`;
};
