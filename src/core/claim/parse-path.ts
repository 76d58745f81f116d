import {fail, ok, type Result} from '../result.ts';
import type {Claim, ClaimFailure, Form} from './claim.ts';
import {isAbsolute, outsideRoot, withoutRoot} from './cut.ts';
import {type FoldRules, PORTABLE} from './fold.ts';
import {addForm} from './forms.ts';
import type {LookUp} from './look.ts';
import type {ParseOptions} from './parse-options.ts';
import {refuseLook} from './refuse-look.ts';
import {refuseSegment, refuseText} from './refuse-text.ts';
import {MANY} from './sequence.ts';
import {spell} from './spelling.ts';

const NO_IDS: readonly string[] = [];
const NO_FORMS: readonly Form[] = [];

type Parsed<T> = Result<T, ClaimFailure>;

/** One place that the text may mean: names, each allowed. */
interface Place {
  readonly segments: readonly string[];
  readonly ids: readonly string[];
  /** It is a symbolic link itself, and so nothing lies below it. */
  readonly isLink: boolean;
}

interface Places {
  /** By the text first, unless only the disk knows where that leads. */
  readonly all: readonly [Place, ...Place[]];
  /** Some of them is a directory on the disk. */
  readonly isDirectory: boolean;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((segment, i) => segment === b[i]);

const placeOf = (
  raw: string,
  segments: readonly string[],
  ids: readonly string[] = NO_IDS,
  isLink = false,
): Parsed<Place> => {
  for (const segment of segments) {
    const refusal = refuseSegment(raw, segment);
    if (refusal !== null) return fail(refusal);
  }
  return ok({segments, ids, isLink});
};

/**
 * What is to be looked at: where the text leads; with `..` also where the kernel would walk; and an absolute path from the
 * top, for a folder beside the root may have its name in another case.
 */
const pathsToSee = (path: string, lexical: Parsed<readonly string[]>): readonly string[] => {
  if (!lexical.ok) return [path];
  const direct = lexical.value.length === 0 ? '.' : lexical.value.join('/');
  return isAbsolute(path) || /(?:^|\/)\.\.(?:\/|$)/u.test(path) ? [direct, path] : [direct];
};

/** Adds the links that lead there: who replaces one, instead of writing through it, writes where it lies. */
const addLinks = (
  raw: string,
  places: Place[],
  {links}: Extract<ReturnType<LookUp>, {kind: 'inside'}>,
): ClaimFailure | null => {
  for (const {segments, ids} of links) {
    const [byText] = places;
    if (byText !== undefined && isSame(byText.segments, segments)) {
      // It is the text itself that is a link: the folders on its way may have other names.
      places[0] = {...byText, ids};
      continue;
    }
    const place = placeOf(raw, segments, ids, true);
    if (!place.ok) return place.failure;
    places.push(place.value);
  }
  return null;
};

/** Adds what the disk shows of one path. */
const addSeen = (
  raw: string,
  places: Place[],
  seen: Extract<ReturnType<LookUp>, {kind: 'inside'}>,
): ClaimFailure | null => {
  const [byText] = places;
  // Mostly it lies where the text says: that is one reading, with what the disk knows of it.
  if (byText !== undefined && isSame(byText.segments, seen.segments)) {
    places[0] = {...byText, ids: seen.ids};
    return null;
  }
  const place = placeOf(raw, seen.segments, seen.ids);
  if (!place.ok) return place.failure;
  places.push(place.value);
  return addLinks(raw, places, seen);
};

/** All places that the text means: both readings of `..` are held, and both ends of a symbolic link. */
const placesOf = (raw: string, path: string, options: ParseOptions): Parsed<Places> => {
  const {look, root} = options;
  const lexical = withoutRoot(raw, path, root);
  const places: Place[] = [];
  if (lexical.ok) {
    // What no name may be is told before anybody looks: the disk may not know what to say of it.
    const byText = placeOf(raw, lexical.value);
    if (!byText.ok) return byText;
    places.push(byText.value);
  } else if (!isAbsolute(path)) return lexical;
  let isDirectory = false;
  for (const one of look === undefined ? [] : pathsToSee(path, lexical)) {
    const seen = look?.(one);
    if (seen === undefined) continue;
    // Absolute and not below the root by its text: the disk may know another spelling of the root, or it is outside.
    if (!lexical.ok && seen.kind === 'outside') return lexical;
    // Below the root by its text, and no link leads out: it is another folder, with the same name in another case.
    if (seen.kind === 'outside' && isAbsolute(one)) return fail(outsideRoot(raw, root));
    const refusal = refuseLook(raw, seen) ?? (seen.kind === 'inside' ? addSeen(raw, places, seen) : null);
    if (refusal !== null) return fail(refusal);
    isDirectory ||= seen.kind === 'inside' && seen.isDirectory;
  }
  const [first, ...more] = places;
  if (first === undefined) {
    if (lexical.ok) throw new Error('Internal error: a path without a place');
    return lexical;
  }
  return ok({all: [first, ...more], isDirectory});
};

/** The forms of these places, each once. */
const formsFor = (
  places: readonly Place[],
  kind: 'path' | 'directory',
  rules: FoldRules,
): readonly Form[] => {
  const forms: Form[] = [];
  for (const [i, {segments, ids, isLink}] of places.entries()) {
    const via = i === 0 ? 'text' : 'disk';
    const isOne = isLink || kind === 'path';
    for (const {key, readings} of spell(segments, rules)) {
      const own = isOne ? key : [...key, MANY];
      addForm(forms, {kind: isOne ? 'path' : kind, key, segments: own, via, readings, ids});
    }
  }
  return forms;
};

/** As a claim that is read as the same again: at its beginning `!` and `~` mean something else. */
export const textOf = (segments: readonly string[]): string => {
  const text = segments.join('/');
  return /^[!~]/u.test(text) ? `./${text}` : text;
};

/** The text that is already there, if both say the same. */
const shared = (known: string, text: string): string => (known === text ? known : text);

/** Understands a path: a file, or a directory where a slash at the end or the disk says so. */
export const parsePath = (raw: string, options: ParseOptions): Parsed<Claim> => {
  const refusal = refuseText(raw);
  if (refusal !== null) return fail(refusal);
  const path = raw.replaceAll('\\', '/');
  const places = placesOf(raw, path, options);
  if (!places.ok) return places;
  const {all} = places.value;
  const {segments} = all[0];
  const isDirectory = places.value.isDirectory || segments.length === 0 || /(?:^|\/)\.{0,2}$/u.test(path);
  const [own, ...others] = formsFor(all, isDirectory ? 'directory' : 'path', options.rules ?? PORTABLE);
  if (own === undefined) throw new Error('Internal error: a path without a form');
  const text = textOf(segments);
  return ok({
    ...own,
    raw,
    text: shared(raw, text === '' ? './' : isDirectory ? `${text}/` : text),
    bare: false,
    companionOf: null,
    others: others.length === 0 ? NO_FORMS : others,
    widened: false,
  });
};
