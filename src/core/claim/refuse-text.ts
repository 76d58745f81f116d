import type {ClaimErrorCode, ClaimFailure} from './claim.ts';
import {fold} from './fold.ts';

const BYTES_MAX = 4096;
const SEGMENT_BYTES_MAX = 255;
const SHOWN_CHARACTERS_MAX = 80;
const KEYS_MAX = 100;

const utf8 = new TextEncoder();

/** Has the text more bytes than this? Three are the most that a UTF-16 unit can take, so most need not be counted. */
const isLonger = (text: string, bytesMax: number): boolean =>
  text.length * 3 > bytesMax && utf8.encode(text).length > bytesMax;

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const BIDI_OVERRIDE = /[\u200E\u200F\u202A-\u202E\u2066-\u2069\u061C]/u;

/** What is no claim at all, as text. Not everything can be written as JSON: a BigInt, an object that holds itself. */
const textOf = (value: unknown): string => {
  try {
    // Nobody wrote that, and nobody could read it.
    if (typeof value === 'object' && value !== null && Object.keys(value).length > KEYS_MAX)
      return 'an object';
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Nor can everything be asked what it is.
    return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  }
};

/** The claim as a message may show it: at most 80 characters, control characters escaped. */
export const showClaim = (claim: unknown): string => {
  const text = typeof claim === 'string' ? claim : textOf(claim);
  const escaped = Array.from(text.slice(0, SHOWN_CHARACTERS_MAX + 2), (character) =>
    CONTROL.test(character) || BIDI_OVERRIDE.test(character)
      ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
      : character,
  ).join('');
  return escaped.length > SHOWN_CHARACTERS_MAX ? `${escaped.slice(0, SHOWN_CHARACTERS_MAX)}…` : escaped;
};

export const claimFailure = (
  code: ClaimErrorCode,
  claim: unknown,
  problem: string,
  hint: string,
): ClaimFailure => ({code, claim: showClaim(claim), message: `claim "${showClaim(claim)}" ${problem}`, hint});

/** Text that none of the refusals is about, as almost all claims are: told at once. */
const EVERYDAY_TEXT = /^[\w.][\w./-]{0,999}$/u;
/** The same for a folded name, but for those of devices. */
const EVERYDAY_NAME = /^\w[\w.-]*$/u;

/** A text that leads into somebody's home. */
export const refuseHome = (claim: string, text: string): ClaimFailure | null =>
  /^~($|[/\\])/u.test(text)
    ? claimFailure('E_PATH_TILDE', claim, 'starts with ~', 'a home folder is outside the repository')
    : null;

/** Refusals that need only the text of the claim, before it is cut into segments. `null` if there is none. */
export const refuseText = (claim: unknown): ClaimFailure | null => {
  const refuse = (code: ClaimErrorCode, problem: string, hint: string): ClaimFailure =>
    claimFailure(code, claim, problem, hint);
  if (typeof claim !== 'string') {
    return refuse('E_PATH_TYPE', 'is not text', 'write a path, {path}, {glob} or {rename: [from, to]}');
  }
  if (EVERYDAY_TEXT.test(claim)) return null;
  if (claim.trim() === '') {
    return refuse('E_PATH_EMPTY', 'is empty', 'name a path below the repository root; "./" is all of it');
  }
  if (isLonger(claim, BYTES_MAX)) {
    return refuse('E_PATH_TOOLONG', `has more than ${BYTES_MAX} bytes`, 'no file system holds such a path');
  }
  if (!claim.isWellFormed()) {
    return refuse('E_PATH_SURROGATE', 'has half of a surrogate pair', 'write the path in valid Unicode');
  }
  if (CONTROL.test(claim)) {
    return refuse('E_PATH_CONTROL', 'contains a control character', 'remove it from the path');
  }
  if (BIDI_OVERRIDE.test(claim)) {
    return refuse(
      'E_PATH_BIDI',
      'contains a text-direction mark',
      'it would show as another path: remove it',
    );
  }
  const home = refuseHome(claim, claim);
  if (home !== null) return home;
  if (/^[a-z][a-z0-9+.-]+:\/\//iu.test(claim)) {
    return refuse('E_PATH_SCHEME', 'is a URL', 'claims are paths below the repository root');
  }
  // `!(a)` is no negation but an extended glob, or a name.
  if (/^!(?!\()/u.test(claim)) {
    return refuse('E_PATH_NEGATION', 'is a negation', 'list what the task writes, not what it leaves alone');
  }
  if (/^[/\\]{2}/u.test(claim)) {
    return refuse('E_PATH_UNC', 'is a network or device path', 'claims are paths below the repository root');
  }
  if (/^[a-z]:/iu.test(claim)) {
    return refuse('E_PATH_DRIVE', 'starts with a drive letter', 'write it relative to the repository root');
  }
  return null;
};

/** Names that Windows gives to devices, with any extension, after folding (`COM¹` is one of them). */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9]|conin\$|conout\$) *(?:\.|$)/u;
/** A short name that NTFS makes up for a long one: at most eight characters with `~` and a number, and three. */
const SHORT_NAME = /^(?=[^.]{1,8}(?:\.|$))[^.]+~[0-9]+(?:\.[^.]{0,3})?$/u;

/** No file system has a longer name; and a pattern for one that is longer is looked into by nobody. */
export const refuseLongName = (claim: string, segment: string): ClaimFailure | null =>
  isLonger(segment, SEGMENT_BYTES_MAX)
    ? claimFailure(
        'E_PATH_TOOLONG',
        claim,
        `has a name of more than ${SEGMENT_BYTES_MAX} bytes`,
        'shorten the name',
      )
    : null;

/**
 * Refusals of one segment of the path, as written. `null` if there is none.
 *
 * @param folded By the portable rules, whatever those of the claim are: a repository goes to other hosts, where `.GIT`
 * is git's own folder.
 */
export const refuseSegment = (
  claim: string,
  segment: string,
  folded: string = fold(segment),
): ClaimFailure | null => {
  const refuse = (code: ClaimErrorCode, problem: string, hint: string): ClaimFailure =>
    claimFailure(code, claim, problem, hint);
  const long = refuseLongName(claim, segment);
  if (long !== null) return long;
  if (EVERYDAY_NAME.test(folded) && !DEVICE_NAME.test(folded)) return null;
  if (segment.includes(':')) {
    return refuse(
      'E_PATH_COLON',
      'contains ":"',
      'on NTFS "a:b" is a stream of the file "a": rename the file',
    );
  }
  if (/[/\\]/u.test(segment.normalize('NFKC')) || /^\.+ *$/u.test(folded)) {
    return refuse(
      'E_PATH_CONFUSABLE',
      'contains a look-alike of "/" or ".."',
      'write the plain ASCII character',
    );
  }
  // Of such a name it cannot be told where it ends: a dot or a blank more may be the same file.
  if (/^[. ]*$/u.test(folded)) {
    const hint = 'write a name that can be read';
    return refuse('E_PATH_CONFUSABLE', 'has a name of which nothing is seen', hint);
  }
  if (folded === '.git' || /^git~[0-9]+$/u.test(folded)) {
    return refuse('E_PATH_GITDIR', 'lies in .git', 'git data is written by git alone; no task may claim it');
  }
  if (DEVICE_NAME.test(folded)) {
    return refuse('E_PATH_RESERVED', 'has a name that is a device on Windows', 'choose another name');
  }
  if (SHORT_NAME.test(folded)) {
    return refuse(
      'E_PATH_SHORTNAME',
      'looks like the short form of a longer name',
      'on Windows it may name another file: write the long name, or rename the file',
    );
  }
  if (folded === '.disjoint') {
    return refuse('E_PATH_STATE', 'lies in .disjoint', 'that folder holds the state of Disjoint itself');
  }
  return null;
};
