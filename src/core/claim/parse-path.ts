import {fail, ok, type Result} from '../result.ts';
import type {Claim, ClaimFailure, Form, Key} from './claim.ts';
import {isAbsolute, withoutRoot} from './cut.ts';
import {type FoldRules, fold, PORTABLE} from './fold.ts';
import type {LookUp} from './look.ts';
import type {ParseOptions} from './parse-options.ts';
import {refuseLook} from './refuse-look.ts';
import {refuseSegment, refuseText} from './refuse-text.ts';
import {MANY} from './sequence.ts';
import {hasOtherSpelling} from './written.ts';

const NO_IDS: readonly string[] = [];
const NO_FORMS: readonly Form[] = [];

type Parsed<T> = Result<T, ClaimFailure>;

/** One place that the text may mean. */
interface Reading {
  readonly segments: readonly string[];
  /** The segments folded, each allowed as a name. */
  readonly key: Key;
  readonly ids: readonly string[];
}

interface Readings {
  /** By the text first, unless only the disk knows where that leads. */
  readonly all: readonly [Reading, ...Reading[]];
  /** Some of them is a directory on the disk. */
  readonly isDirectory: boolean;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((segment, i) => segment === b[i]);

const readingOf = (
  raw: string,
  segments: readonly string[],
  rules: FoldRules,
  ids: readonly string[] = NO_IDS,
): Parsed<Reading> => {
  const key: string[] = [];
  for (const segment of segments) {
    const folded = fold(segment, rules);
    const refusal = refuseSegment(raw, segment, rules === PORTABLE ? folded : undefined);
    if (refusal !== null) return fail(refusal);
    key.push(folded);
  }
  // Most names fold to themselves, and a queue of many tasks keeps them all: one list then is both.
  return ok({segments, key: isSame(segments, key) ? segments : key, ids});
};

/** What is to be looked at: where the text leads, and with `..` also where the kernel would walk. */
const pathsToSee = (path: string, lexical: Parsed<readonly string[]>): readonly string[] => {
  if (!lexical.ok) return [path];
  const direct = lexical.value.length === 0 ? '.' : lexical.value.join('/');
  return /(?:^|\/)\.\.(?:\/|$)/u.test(path) ? [direct, path] : [direct];
};

/** Adds what the disk shows of one path. */
const addSeen = (
  raw: string,
  readings: Reading[],
  seen: Extract<ReturnType<LookUp>, {kind: 'inside'}>,
  rules: FoldRules,
): ClaimFailure | null => {
  const [byText] = readings;
  // Mostly it lies where the text says: that is one reading, with what the disk knows of it.
  if (byText !== undefined && isSame(byText.segments, seen.segments)) {
    readings[0] = {...byText, ids: seen.ids};
    return null;
  }
  const reading = readingOf(raw, seen.segments, rules, seen.ids);
  if (!reading.ok) return reading.failure;
  readings.push(reading.value);
  return null;
};

/** All places that the text means: both readings of `..` are held, and both ends of a symbolic link. */
const readingsOf = (raw: string, path: string, options: ParseOptions): Parsed<Readings> => {
  const {rules = PORTABLE, look, root} = options;
  const lexical = withoutRoot(raw, path, root);
  const readings: Reading[] = [];
  if (lexical.ok) {
    // What no name may be is told before anybody looks: the disk may not know what to say of it.
    const byText = readingOf(raw, lexical.value, rules);
    if (!byText.ok) return byText;
    readings.push(byText.value);
  } else if (!isAbsolute(path)) return lexical;
  let isDirectory = false;
  for (const one of look === undefined ? [] : pathsToSee(path, lexical)) {
    const seen = look?.(one);
    if (seen === undefined) continue;
    // Absolute and not below the root by its text: the disk may know another spelling of the root, or it is outside.
    if (!lexical.ok && seen.kind === 'outside') return lexical;
    const refusal =
      refuseLook(raw, seen) ?? (seen.kind === 'inside' ? addSeen(raw, readings, seen, rules) : null);
    if (refusal !== null) return fail(refusal);
    isDirectory ||= seen.kind === 'inside' && seen.isDirectory;
  }
  const [first, ...more] = readings;
  if (first === undefined) {
    if (lexical.ok) throw new Error('Internal error: a path without a reading');
    return lexical;
  }
  return ok({all: [first, ...more], isDirectory});
};

const plainForm = (
  kind: 'path' | 'directory',
  key: Key,
  reading: Form['reading'],
  isAlike: boolean,
  ids: readonly string[],
): Form => ({kind, key, segments: kind === 'path' ? key : [...key, MANY], reading, isAlike, ids});

/** The forms of these readings, each once. */
const formsFor = (
  readings: readonly Reading[],
  kind: 'path' | 'directory',
  rules: FoldRules,
): readonly Form[] => {
  const forms: Form[] = [];
  for (const [i, {segments, key, ids}] of readings.entries()) {
    const isAlike = !hasOtherSpelling(segments, rules);
    const known = forms.findIndex((form) => isSame(form.key, key));
    const reading = i === 0 || known === 0 ? 'folded' : 'resolved';
    const knownIds = forms[known]?.ids ?? NO_IDS;
    if (known !== -1 && knownIds.length === 0) forms[known] = plainForm(kind, key, reading, isAlike, ids);
    // On a disk that tells upper and lower case apart, one key can be two places.
    else if (known === -1 || !isSame(knownIds, ids)) forms.push(plainForm(kind, key, reading, isAlike, ids));
  }
  for (const {segments, ids} of readings) {
    if (hasOtherSpelling(segments, rules)) forms.push(plainForm(kind, segments, 'written', true, ids));
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
  const readings = readingsOf(raw, path, options);
  if (!readings.ok) return readings;
  const {all} = readings.value;
  const {segments} = all[0];
  const isDirectory = readings.value.isDirectory || segments.length === 0 || /(?:^|\/)\.{0,2}$/u.test(path);
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
