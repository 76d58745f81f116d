import {fail, ok, type Result} from '../result.ts';
import {type Alternatives, expandBraces} from './braces.ts';
import {Classes, classEnd} from './character-class.ts';
import type {ClaimFailure, Form} from './claim.ts';
import {cut, isAbsolute} from './cut.ts';
import {EXACT, type FoldRules} from './fold.ts';
import {addForm} from './forms.ts';
import type {Look, LookUp} from './look.ts';
import {parseSegment} from './parse-segment.ts';
import {refuseLook} from './refuse-look.ts';
import {claimFailure, refuseHome, refuseLongName, refuseSegment} from './refuse-text.ts';
import {isSameSegment, type Segment} from './segment.ts';
import {MANY} from './sequence.ts';
import {ALL_READINGS, type Readings, readingsFor, spell} from './spelling.ts';

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
const WIDENED = /[()]|\[([:.=])[^\]]{0,64}?\1\]/u;
const isWidened = (text: string): boolean =>
  WIDENED.test(text) || (text.includes('[') && /\P{ASCII}/u.test(text));
const NAMED_CLASS = /\[([:.=])[^\]]{0,64}?\1\]/gu;
const GLOB_CHARACTERS = /[*?[\]{}()]/u;
/** A pattern that is the same in every reading: see `spell`. */
const ONE_SPELLING = /^[^A-Z[\P{ASCII}]*[^. A-Z[\P{ASCII}]$/u;
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

/** What a segment or a pattern is in some readings. */
interface Read<T> {
  readonly as: T;
  readonly readings: Readings;
}

/** One segment of a glob, understood. */
interface Understood {
  readonly refusal: ClaimFailure | null;
  /** In each reading; `null` where a group of it goes on behind a "/". */
  readonly read: readonly Read<Segment | null>[];
  /** The name that it is, where it is no pattern. */
  readonly name: string | null;
  readonly widened: boolean;
}

type Understand = (text: string) => Understood;

/** Understands each segment once: the alternatives of a glob have most of theirs in common. */
const understanding = ({raw, syntax, rules}: GlobText): Understand => {
  const known = new Map<string, Understood>();
  const classes = new Classes();
  const parse = (text: string, by: FoldRules): Segment | null => parseSegment(text, syntax, by, classes);
  const readAll = (text: string): readonly Read<Segment | null>[] => {
    if (ONE_SPELLING.test(text)) return [{as: parse(text, rules), readings: ALL_READINGS}];
    const all: {as: Segment | null; readings: Readings}[] = [];
    for (const {reading, rules: by} of readingsFor([text], rules)) {
      const as = parse(text, by);
      const like = all.find(
        (one) => one.as === as || (one.as !== null && as !== null && isSameSegment(one.as, as)),
      );
      if (like === undefined) all.push({as, readings: reading});
      else like.readings |= reading;
    }
    return all;
  };
  const understood = (text: string): Understood => {
    const long = refuseLongName(raw, text);
    if (long !== null) return {refusal: long, read: [], name: null, widened: false};
    const read = readAll(text);
    const [first] = read;
    const name = read.length === 1 ? (first?.as ?? null) : parse(text, EXACT);
    return {
      // The colons of a named class are none of a name; and `[.]git` is a name, whatever it looks like.
      refusal:
        refuseSegment(raw, text.replaceAll(NAMED_CLASS, '?')) ??
        (typeof name === 'string' && name !== text ? refuseSegment(raw, name) : null),
      read,
      name: typeof name === 'string' ? name : null,
      widened: first?.as === null || (syntax === 'full' && isWidened(text)),
    };
  };
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const now = understood(text);
    known.set(text, now);
    return now;
  };
};

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
const patternsOf = (texts: readonly string[], understand: Understand): readonly Read<Pattern>[] => {
  const done: Growing[] = [];
  let all: Growing[] = [{pattern: [], readings: ALL_READINGS}];
  for (const text of texts) {
    if (DOUBLE_STAR.test(text)) {
      for (const one of all) grow(one, MANY);
      continue;
    }
    const {read} = understand(text);
    if (read.length > 1) {
      all = all.flatMap((one) =>
        read
          .map(({readings}) => ({pattern: [...one.pattern], readings: one.readings & readings}))
          .filter(({readings}) => readings !== 0),
      );
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
  for (const {as, readings} of patternsOf(segments, understand))
    addForm(forms, formOf(as, 'text', readings, isWhereItSays ? seen.ids : NO_IDS));
  if (isInside && !isWhereItSays) {
    const below = patternsOf(segments.slice(lead.length), understand);
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

/** With more brackets than this that begin no class, although there is one that could end it, nobody looks further. */
const UNCLOSED_MAX = 64;

/**
 * Where a class goes on behind a `/`, some take it for a class that holds a slash, and some for two names with a bracket:
 * everything below what stands before it. `null` if none does.
 */
const acrossFolders = (text: string): string | null => {
  const last = text.lastIndexOf(']');
  const first = text.indexOf('[');
  let unclosed = 0;
  for (let open = first; open !== -1 && open < last; open = text.indexOf('[', open + 1)) {
    const end = classEnd(text, open);
    if (end === -1) {
      if (++unclosed > UNCLOSED_MAX) return `${text.slice(0, text.lastIndexOf('/', first) + 1)}**`;
      continue;
    }
    if (text.slice(open, end).includes('/')) return `${text.slice(0, text.lastIndexOf('/', open) + 1)}**`;
    open = end;
  }
  return null;
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
