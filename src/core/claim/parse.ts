import {fail, ok, type Result} from '../result.ts';
import type {Claim, ClaimFailure, ClaimInput, Form, Key} from './claim.ts';
import {isAbsolute, withoutRoot} from './cut.ts';
import {type FoldRules, fold, PORTABLE} from './fold.ts';
import {globForms, globSegments, type Syntax} from './glob-forms.ts';
import type {Look, LookUp} from './look.ts';
import {refuseLook} from './refuse-look.ts';
import {claimFailure, refuseSegment, refuseText} from './refuse-text.ts';
import {MANY} from './sequence.ts';
import {hasOtherSpelling, written} from './written.ts';

export interface ParseOptions {
  /** Absolute path of the repository's root, with `/` separators. Without it, absolute claims are refused. */
  readonly root?: string;
  /** Which names may be one file. Default: the portable rules. */
  readonly rules?: FoldRules;
  /** What was seen on the disk. Without it, claims are taken by their text alone. */
  readonly look?: LookUp;
}

const STARS = /[*?]/u;
const NO_IDS: readonly string[] = [];
const NO_FORMS: readonly Form[] = [];

type Parsed<T> = Result<T, ClaimFailure>;

/** The folded segments, each allowed as a name. */
const keyOf = (raw: string, segments: readonly string[], rules: FoldRules): Parsed<Key> => {
  const key: string[] = [];
  for (const segment of segments) {
    const folded = fold(segment, rules);
    const refusal = refuseSegment(raw, segment, rules === PORTABLE ? folded : undefined);
    if (refusal !== null) return fail(refusal);
    key.push(folded);
  }
  return ok(key);
};

const plainForm = (
  kind: 'path' | 'directory',
  key: Key,
  reading: Form['reading'],
  ids: readonly string[] = NO_IDS,
): Form => ({kind, key, segments: kind === 'path' ? key : [...key, MANY], reading, ids});

/** As a claim that is read as the same again: at its beginning `!` and `~` mean something else. */
const textOf = (segments: readonly string[]): string => {
  const text = segments.join('/');
  return /^[!~]/u.test(text) ? `./${text}` : text;
};

const isSameKey = (a: Key, b: Key): boolean =>
  a.length === b.length && a.every((segment, i) => segment === b[i]);

const parsePath = (raw: string, options: ParseOptions): Parsed<Claim> => {
  const {rules = PORTABLE, look} = options;
  const refusal = refuseText(raw);
  if (refusal !== null) return fail(refusal);
  const path = raw.replaceAll('\\', '/');
  const lexical = withoutRoot(raw, path, options.root);
  // What no name may be is told before anybody looks: the disk may not know what to say of it.
  const lexicalKey = lexical.ok ? keyOf(raw, lexical.value, rules) : undefined;
  if (lexicalKey?.ok === false) return lexicalKey;
  const looks: Look[] = [];
  // Both readings of ".." are held: by the text, and as the kernel walks. Absolute, the disk may know another spelling.
  const walked = lexical.ok && !/(?:^|\/)\.\.(?:\/|$)/u.test(path) ? [] : [path];
  for (const one of [...(lexical.ok ? [lexical.value.join('/')] : []), ...walked]) {
    const seen = look?.(one === '' ? '.' : one);
    if (seen !== undefined) looks.push(seen);
  }
  if (!lexical.ok && (looks.length === 0 || !isAbsolute(path) || looks[0]?.kind === 'outside'))
    return lexical;
  const forms: {readonly segments: readonly string[]; readonly ids: readonly string[]}[] = [];
  if (lexical.ok) forms.push({segments: lexical.value, ids: NO_IDS});
  let isDirectory = /(?:^|\/)\.{0,2}$/u.test(path);
  for (const seen of looks) {
    const refused = refuseLook(raw, seen);
    if (refused !== null) return fail(refused);
    if (seen.kind !== 'inside') continue;
    // Mostly it lies where the text says: that is one form, with what the disk knows of it.
    if (forms[0] !== undefined && isSameKey(forms[0].segments, seen.segments)) forms[0] = seen;
    else forms.push(seen);
    isDirectory ||= seen.isDirectory;
  }
  const [first] = forms;
  if (first === undefined) throw new Error('Internal error: a path without a reading');
  isDirectory ||= first.segments.length === 0;
  const kind = isDirectory ? 'directory' : 'path';
  const found: Form[] = [];
  for (const [i, {segments, ids}] of forms.entries()) {
    const key = (i === 0 ? lexicalKey : undefined) ?? keyOf(raw, segments, rules);
    if (!key.ok) return key;
    const known = found.findIndex((form) => isSameKey(form.key, key.value));
    // The reading by the text comes first and knows nothing of the disk.
    const reading = i === 0 || known === 0 ? 'folded' : 'resolved';
    const knownIds = found[known]?.ids ?? NO_IDS;
    if (known !== -1 && knownIds.length === 0) found[known] = plainForm(kind, key.value, reading, ids);
    // On a disk that tells upper and lower case apart, one key can be two places.
    else if (known === -1 || !isSameKey(knownIds, ids)) found.push(plainForm(kind, key.value, reading, ids));
  }
  for (const {segments} of forms) {
    if (hasOtherSpelling(segments, rules)) found.push(plainForm(kind, written(segments, rules), 'written'));
  }
  const [own, ...others] = found;
  if (own === undefined) throw new Error('Internal error: a path without a form');
  const text = textOf(first.segments);
  return ok({
    ...own,
    raw,
    text: text === '' ? './' : isDirectory ? `${text}/` : text,
    bare: false,
    companionOf: null,
    others: others.length === 0 ? NO_FORMS : others,
    widened: false,
  });
};

const parseGlob = (raw: string, options: ParseOptions, bare: boolean): Parsed<Claim> => {
  const {rules = PORTABLE, look} = options;
  const refusal = refuseText(raw);
  if (refusal !== null) return fail(refusal);
  const path = raw.replaceAll('\\', '/');
  if (isAbsolute(path)) {
    const hint = 'write the glob from the repository root down';
    return fail(claimFailure('E_GLOB_ABSOLUTE', raw, 'is an absolute glob', hint));
  }
  const segments = globSegments(raw, path);
  if (!segments.ok) return segments;
  const forms: Form[] = [];
  let widened = false;
  const syntaxes: readonly Syntax[] = bare && /[[{(]/u.test(raw) ? ['full', 'stars'] : ['full'];
  for (const syntax of syntaxes) {
    const parsed = globForms({raw, path, rules, look, syntax});
    if (!parsed.ok) return parsed;
    forms.push(...parsed.value.forms);
    widened ||= parsed.value.widened;
  }
  const [own, ...others] = forms;
  if (own === undefined) throw new Error('Internal error: a glob without a form');
  return ok({
    ...own,
    raw,
    text: textOf(segments.value),
    bare,
    companionOf: null,
    others,
    widened,
  });
};

/** In a bare string brackets and braces are ordinary characters; where it has stars, they may be meant as more. */
const parseBare = (raw: string, options: ParseOptions): Parsed<Claim> =>
  STARS.test(raw) ? parseGlob(raw, options, true) : parsePath(raw, options);

const notText = (claim: unknown): ClaimFailure =>
  claimFailure(
    'E_PATH_TYPE',
    claim,
    'is not a claim',
    'write a path, {path}, {glob}, {rename: [from, to]} or {readOnly: true}',
  );

/** What a claim says: how its texts are to be taken, and the texts. */
interface Said {
  readonly as: 'bare' | 'path' | 'glob';
  readonly texts: readonly unknown[];
}

const saidBy = (claim: unknown): Said | null => {
  if (typeof claim === 'string') return {as: 'bare', texts: [claim]};
  // Two forms in one object: whichever were taken, the other would be lost.
  if (typeof claim !== 'object' || claim === null || Object.keys(claim).length !== 1) return null;
  if ('path' in claim) return {as: 'path', texts: [claim.path]};
  if ('glob' in claim) return {as: 'glob', texts: [claim.glob]};
  if ('rename' in claim && Array.isArray(claim.rename) && claim.rename.length === 2) {
    const ends: readonly unknown[] = claim.rename;
    return {as: 'path', texts: [...ends]};
  }
  return 'readOnly' in claim && claim.readOnly === true ? {as: 'path', texts: []} : null;
};

/**
 * Understands one claim as its author wrote it. A rename claims both ends, so it gives two; `{readOnly: true}` claims
 * nothing, so it gives none.
 *
 * Total: what cannot be understood gives a failure, whatever it is. Pure: what was seen on the disk comes in as data.
 */
export const parseClaim = (input: ClaimInput, options: ParseOptions = {}): Parsed<readonly Claim[]> => {
  let said: Said | null;
  try {
    // The types say what may come; plans, sockets and JavaScript callers are not held to types.
    said = saidBy(input);
  } catch {
    // A getter or a proxy of the caller failed, and would again if the object were shown.
    return fail(notText('an object that cannot be read'));
  }
  if (said === null) return fail(notText(input));
  const claims: Claim[] = [];
  for (const text of said.texts) {
    if (typeof text !== 'string') return fail(notText(input));
    const parsed =
      said.as === 'bare'
        ? parseBare(text, options)
        : said.as === 'path'
          ? parsePath(text, options)
          : parseGlob(text, options, false);
    if (!parsed.ok) return parsed;
    claims.push(parsed.value);
  }
  return ok(claims);
};
