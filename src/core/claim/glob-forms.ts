import {fail, ok, type Result} from '../result.ts';
import {expandBraces} from './braces.ts';
import type {ClaimFailure, Form} from './claim.ts';
import {cut} from './cut.ts';
import {type FoldRules, fold} from './fold.ts';
import type {LookUp} from './look.ts';
import {refuseLook} from './refuse-look.ts';
import {refuseSegment} from './refuse-text.ts';
import {foldedReading, parseSegment, type Reading, type Segment, writtenReading} from './segment.ts';
import {MANY} from './sequence.ts';

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
const WIDENED = /[()]|\[[:.=]|\[[^\]]*\P{ASCII}/u;
const NAMED_CLASS = /\[[:.=].*?[:.=]\]/gsu;
const GLOB_CHARACTERS = /[*?[\]{}()]/u;
const STARS = /[*?]/u;

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

const patternOf = (
  texts: readonly string[],
  syntax: Syntax,
  reading: Reading,
): {readonly pattern: Pattern; readonly widened: boolean} => {
  const pattern: (Segment | typeof MANY)[] = [];
  const add = (segment: Segment | typeof MANY): void => {
    if (segment !== MANY || pattern.at(-1) !== MANY || pattern.length === 0) pattern.push(segment);
  };
  for (const text of texts) {
    if (/^\*{2,}$/u.test(text)) {
      add(MANY);
      continue;
    }
    const segment = parseSegment(text, syntax, reading);
    if (segment === null) {
      // A group that goes on behind a "/": anything may follow.
      add(MANY);
      return {pattern, widened: true};
    }
    add(segment);
  }
  return {pattern, widened: syntax === 'full' && texts.some((text) => WIDENED.test(text))};
};

const formOf = (pattern: Pattern, reading: Form['reading'], ids: readonly string[] = []): Form => {
  const end = pattern.findIndex((segment) => !isString(segment));
  return {
    kind: 'glob',
    key: pattern.slice(0, end === -1 ? pattern.length : end).filter(isString),
    segments: pattern,
    reading,
    ids,
  };
};

/** A slash or a dot at the end means a directory, and so everything below; nothing at all means the root. */
export const globSegments = (raw: string, text: string): Result<readonly string[], ClaimFailure> =>
  cut(raw, text.replace(/(?:^|\/)\.?$/u, '$&/**'), 'refuse');

/** Everything below what stands before the first pattern: for a glob with more alternatives than are written out. */
const widest = (segments: readonly string[]): readonly string[] => [...literalLead(segments), '**'];

/** One alternative of a glob, in all its forms. */
const alternativeForms = (segments: readonly string[], glob: GlobText): Result<GlobForms, ClaimFailure> => {
  const {raw, rules, look, syntax} = glob;
  for (const segment of segments) {
    // The colons of a named class are none of a name.
    const name = segment.replaceAll(NAMED_CLASS, '?');
    const refusal = refuseSegment(raw, name);
    if (refusal !== null) return fail(refusal);
  }
  const reading = foldedReading(rules);
  const {pattern, widened} = patternOf(segments, syntax, reading);
  const forms = [formOf(pattern, 'folded')];
  const lead = literalLead(segments, syntax === 'full' ? GLOB_CHARACTERS : STARS);
  const seen = lead.length === 0 ? undefined : look?.(lead.join('/'));
  if (seen !== undefined) {
    const refused = refuseLook(raw, seen);
    if (refused !== null) return fail(refused);
  }
  if (seen?.kind === 'inside') {
    for (const segment of seen.segments) {
      const refusal = refuseSegment(raw, segment);
      if (refusal !== null) return fail(refusal);
    }
    const real = seen.segments.map((segment) => fold(segment, rules));
    const isSame = real.length === lead.length && real.every((segment, i) => segment === pattern[i]);
    if (isSame) forms[0] = formOf(pattern, 'folded', seen.ids);
    else forms.push(formOf([...real, ...pattern.slice(lead.length)], 'resolved', seen.ids));
  }
  const asWritten = patternOf(segments, syntax, writtenReading(rules)).pattern;
  if (JSON.stringify(asWritten) !== JSON.stringify(pattern)) forms.push(formOf(asWritten, 'written'));
  return ok({forms, widened});
};

/** Understands a glob: its alternatives, each with what a look at the disk adds. */
export const globForms = (glob: GlobText): Result<GlobForms, ClaimFailure> => {
  const {raw, path, syntax} = glob;
  const alternatives = syntax === 'full' ? expandBraces(path) : {texts: [path], widened: false};
  const all = cut(raw, path, 'refuse');
  if (!all.ok) return all;
  const {texts, widened: isWide} = alternatives ?? {texts: [widest(all.value).join('/')], widened: true};
  const forms: Form[] = [];
  let widened = isWide;
  for (const text of new Set(texts)) {
    const segments = globSegments(raw, text);
    if (!segments.ok) return segments;
    const parsed = alternativeForms(segments.value, glob);
    if (!parsed.ok) return parsed;
    forms.push(...parsed.value.forms);
    widened ||= parsed.value.widened;
  }
  return ok({forms, widened});
};
