import {fail, ok, type Result} from '../result.ts';
import {type Alternatives, expandBraces} from './braces.ts';
import type {ClaimFailure, Form} from './claim.ts';
import {cut} from './cut.ts';
import {type FoldRules, fold} from './fold.ts';
import type {LookUp} from './look.ts';
import {foldedReading, parseSegment, WRITTEN_READING} from './parse-segment.ts';
import {refuseLook} from './refuse-look.ts';
import {refuseSegment} from './refuse-text.ts';
import type {Segment} from './segment.ts';
import {MANY} from './sequence.ts';
import {hasOtherSpelling} from './written.ts';

/** `full`: stars, classes, braces and groups. `stars`: only `*` and `?`, the rest are ordinary characters. */
export type Syntax = 'full' | 'stars';

export interface GlobText {
  readonly raw: string;
  /** With `/` separators. */
  readonly path: string;
  readonly syntax: Syntax;
  readonly rules: FoldRules;
  readonly look: LookUp | undefined;
}

export interface GlobForms {
  readonly forms: readonly Form[];
  readonly widened: boolean;
}

/** Groups, named classes and classes beyond ASCII are not taken exactly. */
const WIDENED = /[()]|\[([:.=])[^\]]*\1\]/u;
const isWidened = (text: string): boolean =>
  WIDENED.test(text) || (text.includes('[') && /\P{ASCII}/u.test(text));
const NAMED_CLASS = /\[([:.=])[^\]]*\1\]/gu;
const GLOB_CHARACTERS = /[*?[\]{}()]/u;
const STARS = /[*?]/u;
/** Folding changes nothing of it. */
const ONE_SPELLING = /^[^A-Z\P{ASCII}]*[^. \]A-Z\P{ASCII}]$/u;
const DOUBLE_STAR = /^\*{2,}$/u;

/** The segments that stand before the first one with a pattern in it, as written. */
export const literalLead = (
  segments: readonly string[],
  patterns: RegExp = GLOB_CHARACTERS,
): readonly string[] => {
  const first = segments.findIndex((segment) => patterns.test(segment));
  return first === -1 ? segments : segments.slice(0, first);
};

type Pattern = readonly (Segment | typeof MANY)[];

const isString = (segment: Segment | typeof MANY | undefined): segment is string =>
  typeof segment === 'string';

/** One segment of a glob, understood: `null` where a group of it goes on behind a "/". */
interface Understood {
  readonly refusal: ClaimFailure | null;
  readonly folded: Segment | null;
  /** As it is spelled; the same if that makes no difference. */
  readonly written: Segment | null;
  readonly widened: boolean;
}

type Understand = (text: string) => Understood;

/** Understands each segment once: the alternatives of a glob have most of theirs in common. */
const understanding = ({raw, syntax, rules}: GlobText): Understand => {
  const known = new Map<string, Understood>();
  const folding = foldedReading(rules);
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const folded = parseSegment(text, syntax, folding);
    const written = ONE_SPELLING.test(text) ? folded : parseSegment(text, syntax, WRITTEN_READING);
    const understood: Understood = {
      // The colons of a named class are none of a name; and `[.]git` is a name, whatever it looks like.
      refusal:
        refuseSegment(raw, text.replaceAll(NAMED_CLASS, '?')) ??
        (typeof folded === 'string' ? refuseSegment(raw, folded) : null),
      folded,
      written: written === folded || JSON.stringify(written) === JSON.stringify(folded) ? folded : written,
      widened: folded === null || (syntax === 'full' && isWidened(text)),
    };
    known.set(text, understood);
    return understood;
  };
};

const patternOf = (texts: readonly string[], segmentOf: (text: string) => Segment | null): Pattern => {
  const pattern: (Segment | typeof MANY)[] = [];
  const addMany = (): void => {
    if (pattern.at(-1) !== MANY) pattern.push(MANY);
  };
  for (const text of texts) {
    if (DOUBLE_STAR.test(text)) {
      addMany();
      continue;
    }
    const segment = segmentOf(text);
    if (segment === null) {
      // A group that goes on behind a "/": anything may follow.
      addMany();
      break;
    }
    pattern.push(segment);
  }
  return pattern;
};

const formOf = (
  pattern: Pattern,
  reading: Form['reading'],
  isAlike: boolean,
  ids: readonly string[] = [],
): Form => {
  const end = pattern.findIndex((segment) => !isString(segment));
  return {
    kind: 'glob',
    key: pattern.slice(0, end === -1 ? pattern.length : end).filter(isString),
    segments: pattern,
    reading,
    isAlike,
    ids,
  };
};

/** A slash or a dot at the end means a directory, and so everything below; nothing at all means the root. */
export const globSegments = (raw: string, text: string): Result<readonly string[], ClaimFailure> =>
  cut(raw, text.replace(/(?:^|\/)\.?$/u, '$&/**'), 'refuse');

/** Everything below what stands before the first pattern: for a glob with more alternatives than are written out. */
const widest = (segments: readonly string[]): readonly string[] => [...literalLead(segments), '**'];

/** One alternative of a glob, in all its forms. */
const alternativeForms = (
  segments: readonly string[],
  glob: GlobText,
  understand: Understand,
): Result<GlobForms, ClaimFailure> => {
  const {raw, rules, look, syntax} = glob;
  const understood = segments.map(understand);
  for (const {refusal} of understood) if (refusal !== null) return fail(refusal);
  const pattern = patternOf(segments, (text) => understand(text).folded);
  const differs = understood.some(({folded, written}) => folded !== written);
  const forms = [formOf(pattern, 'folded', !differs)];
  const lead = literalLead(segments, syntax === 'full' ? GLOB_CHARACTERS : STARS);
  const seen = lead.length === 0 ? undefined : look?.(lead.join('/'));
  if (seen !== undefined) {
    const refused = refuseLook(raw, seen);
    if (refused !== null) return fail(refused);
  }
  const isSeenOther = seen?.kind === 'inside' && (differs || hasOtherSpelling(seen.segments, rules));
  if (seen?.kind === 'inside') {
    for (const segment of seen.segments) {
      const refusal = refuseSegment(raw, segment);
      if (refusal !== null) return fail(refusal);
    }
    const real = seen.segments.map((segment) => fold(segment, rules));
    const isSame = real.length === lead.length && real.every((segment, i) => segment === pattern[i]);
    if (isSame) forms[0] = formOf(pattern, 'folded', !differs, seen.ids);
    else forms.push(formOf([...real, ...pattern.slice(lead.length)], 'resolved', !isSeenOther, seen.ids));
  }
  if (differs || isSeenOther) {
    const asWritten = patternOf(segments, (text) => understand(text).written);
    if (differs) forms.push(formOf(asWritten, 'written', true));
    if (isSeenOther) {
      forms.push(formOf([...seen.segments, ...asWritten.slice(lead.length)], 'written', true, seen.ids));
    }
  }
  return ok({forms, widened: understood.some(({widened}) => widened)});
};

/** The alternatives of a glob. `{*,b}*` gives two stars side by side, which mean more than its author may think. */
const writtenOut = (path: string): Alternatives | null => {
  const alternatives = expandBraces(path);
  if (alternatives === null || path.includes('**')) return alternatives;
  const {texts, widened} = alternatives;
  return {texts, widened: widened || texts.some((text) => text.includes('**'))};
};

/** Understands a glob: its alternatives, each with what a look at the disk adds. */
export const globForms = (glob: GlobText): Result<GlobForms, ClaimFailure> => {
  const {raw, path, syntax} = glob;
  const alternatives = syntax === 'full' ? writtenOut(path) : {texts: [path], widened: false};
  const all = cut(raw, path, 'refuse');
  if (!all.ok) return all;
  const {texts, widened: isWide} = alternatives ?? {texts: [widest(all.value).join('/')], widened: true};
  const understand = understanding(glob);
  const forms: Form[] = [];
  let widened = isWide;
  for (const text of new Set(texts)) {
    const segments = globSegments(raw, text);
    if (!segments.ok) return segments;
    const parsed = alternativeForms(segments.value, glob, understand);
    if (!parsed.ok) return parsed;
    forms.push(...parsed.value.forms);
    widened ||= parsed.value.widened;
  }
  return ok({forms, widened});
};
