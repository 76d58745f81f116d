import {fail, ok, type Result} from '../result.ts';
import {acrossFolders} from './across-folders.ts';
import {type Alternatives, expandBraces} from './braces.ts';
import type {ClaimFailure, Form} from './claim.ts';
import {cut, isAbsolute} from './cut.ts';
import type {FoldRules} from './fold.ts';
import {addForm} from './forms.ts';
import {type Read, type Syntax, type Understand, type Understood, understanding} from './glob-segment.ts';
import type {Look, LookUp} from './look.ts';
import {refuseLook} from './refuse-look.ts';
import {claimFailure, refuseHome, refuseSegment} from './refuse-text.ts';
import type {Segment} from './segment.ts';
import {MANY} from './sequence.ts';
import {ALL_READINGS, type Readings, spell} from './spelling.ts';

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

const GLOB_CHARACTERS = /[*?[\]{}()]/u;
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

/** A pattern that is put together. */
interface Growing {
  readonly pattern: (Segment | typeof MANY)[];
  readonly readings: Readings;
}

/** Adds a segment; `null`: anything may follow, or any folders stand between. */
const grow = ({pattern}: Growing, segment: Segment | null): void => {
  if (segment !== MANY || pattern.at(-1) !== MANY) pattern.push(segment);
};

/** The pattern that these segments are together, in each reading, that by the rules themselves first. */
const patternsOf = (understood: readonly Understood[]): readonly Read<Pattern>[] => {
  const done: Growing[] = [];
  let all: Growing[] = [{pattern: [], readings: ALL_READINGS}];
  for (const {text, read} of understood) {
    if (DOUBLE_STAR.test(text)) {
      for (const one of all) grow(one, MANY);
      continue;
    }
    if (read.length > 1) {
      all = all.flatMap((one) => {
        const parts = read.map(({readings}) => one.readings & readings).filter((readings) => readings !== 0);
        return parts.length === 1 ? [one] : parts.map((readings) => ({pattern: [...one.pattern], readings}));
      });
    }
    const open: Growing[] = [];
    for (const one of all) {
      const as = read.find(({readings}) => (readings & one.readings) !== 0)?.as ?? null;
      grow(one, as);
      // A group that goes on behind a "/": nothing can be said of what follows.
      if (as === null) open.push(one);
    }
    if (open.length === 0) continue;
    done.push(...open);
    all = all.filter((one) => !open.includes(one));
  }
  return [...all, ...done].map(({pattern, readings}) => ({as: pattern, readings}));
};

const formOf = (pattern: Pattern, via: Form['via'], readings: Readings, ids: readonly string[]): Form => {
  const end = pattern.findIndex((segment) => !isString(segment));
  return {
    kind: 'glob',
    key: pattern.slice(0, end === -1 ? pattern.length : end).filter(isString),
    segments: pattern,
    via,
    readings,
    ids,
  };
};

/** A slash or a dot at the end means a directory, and so everything below; nothing at all means the root. */
export const globSegments = (raw: string, text: string): Result<readonly string[], ClaimFailure> =>
  cut(raw, text.replace(/(?:^|\/)\.?$/u, '$&/**'), 'refuse');

/** Everything below what stands before the first pattern: for a glob with more alternatives than are written out. */
const widest = (segments: readonly string[]): readonly string[] => [...literalLead(segments), '**'];

const NO_IDS: readonly string[] = [];

/** The names that an alternative begins with, as they are meant. */
const leadOf = (understood: readonly Understood[]): readonly string[] => {
  const lead: string[] = [];
  for (const {name} of understood) {
    if (name === null) break;
    lead.push(name);
  }
  return lead;
};

/** Why what was seen where an alternative begins is no place for a task to write. */
const refuseSeen = (raw: string, seen: Look): ClaimFailure | null => {
  const refusal = refuseLook(raw, seen);
  if (refusal !== null || seen.kind !== 'inside') return refusal;
  for (const segment of [seen, ...seen.links].flatMap(({segments}) => segments)) {
    const refused = refuseSegment(raw, segment);
    if (refused !== null) return refused;
  }
  return null;
};

/**
 * The links that an alternative without a pattern leads through: each is a file of its own, and who replaces one writes
 * where it lies. Also that of `link/**`, which stands for `link` as well.
 */
const linkForms = (
  segments: readonly string[],
  lead: readonly string[],
  seen: Look,
  rules: FoldRules,
): readonly Form[] =>
  seen.kind === 'inside' && segments.slice(lead.length).every((segment) => DOUBLE_STAR.test(segment))
    ? seen.links.flatMap(({segments: names, ids}) =>
        spell(names, rules).map(({key, readings}) => formOf([...key], 'disk', readings, ids)),
      )
    : [];

/** One alternative of a glob, in all its forms. */
const alternativeForms = (
  segments: readonly string[],
  {raw, rules, look}: GlobText,
  understand: Understand,
): Result<GlobForms, ClaimFailure> => {
  const understood = segments.map(understand);
  for (const {refusal} of understood) if (refusal !== null) return fail(refusal);
  const lead = leadOf(understood);
  const seen = lead.length === 0 ? undefined : look?.(lead.join('/'));
  const refusal = seen === undefined ? null : refuseSeen(raw, seen);
  if (refusal !== null) return fail(refusal);
  const isInside = seen?.kind === 'inside';
  const isWhereItSays =
    isInside &&
    seen.segments.length === lead.length &&
    seen.segments.every((segment, i) => segment === lead[i]);
  const forms: Form[] = [];
  for (const {as, readings} of patternsOf(understood))
    addForm(forms, formOf(as, 'text', readings, isWhereItSays ? seen.ids : NO_IDS));
  if (isInside && !isWhereItSays) {
    const below = patternsOf(understood.slice(lead.length));
    for (const {key, readings: above} of spell(seen.segments, rules)) {
      for (const {as, readings} of below) {
        const both = above & readings;
        if (both !== 0) addForm(forms, formOf([...key, ...as], 'disk', both, seen.ids));
      }
    }
  }
  for (const form of seen === undefined ? [] : linkForms(segments, lead, seen, rules)) addForm(forms, form);
  return ok({forms, widened: understood.some(({widened}) => widened)});
};

/** The alternatives of a glob. `{*,b}*` gives two stars side by side, which mean more than its author may think. */
const writtenOut = (path: string): Alternatives | null => {
  const alternatives = expandBraces(path);
  if (alternatives === null || path.includes('**')) return alternatives;
  const {texts, widened} = alternatives;
  return {texts, widened: widened || texts.some((text) => text.includes('**'))};
};

/** An alternative that is written with a slash before it. In `{,src}/x` none is: that means `x` and `src/x`. */
const SLASH_FIRST = /[{,]\//u;

/** What no alternative may be, although the whole is not. */
const refuseAlternative = (raw: string, text: string): ClaimFailure | null => {
  if (!isAbsolute(text) || !SLASH_FIRST.test(raw)) return refuseHome(raw, text);
  const hint = 'write the glob from the repository root down';
  return claimFailure('E_GLOB_ABSOLUTE', raw, 'has an alternative that is absolute', hint);
};

/** Understands a glob: its alternatives, each with what a look at the disk adds. */
export const globForms = (glob: GlobText): Result<GlobForms, ClaimFailure> => {
  const {raw, path, syntax} = glob;
  const alternatives = syntax === 'full' ? writtenOut(path) : {texts: [path], widened: false};
  const all = cut(raw, path, 'refuse');
  if (!all.ok) return all;
  const {texts, widened: isWide} = alternatives ?? {texts: [widest(all.value).join('/')], widened: true};
  const wider = syntax === 'full' ? texts.map(acrossFolders).filter((text) => text !== null) : [];
  const understand = understanding(glob);
  const forms: Form[] = [];
  let widened = isWide || wider.length > 0;
  // `{,a}` is nothing or `a`, and nothing is no file. A glob that is nothing but dots and slashes is the repository.
  const named = [...new Set([...texts, ...wider])].filter((text) => text !== '' || path === '');
  if (named.length === 0) {
    const hint = 'give at least one of its alternatives a name';
    return fail(claimFailure('E_PATH_EMPTY', raw, 'names nothing', hint));
  }
  for (const text of named) {
    const refusal = refuseAlternative(raw, text);
    if (refusal !== null) return fail(refusal);
    const segments = globSegments(raw, text);
    if (!segments.ok) return segments;
    const parsed = alternativeForms(segments.value, glob, understand);
    if (!parsed.ok) return parsed;
    forms.push(...parsed.value.forms);
    widened ||= parsed.value.widened;
  }
  return ok({forms, widened});
};
