import type {Segment} from './segment.ts';
import type {Sequence} from './sequence.ts';
import type {Readings} from './spelling.ts';

/**
 * What a user may write for a claim. A bare string is a path; with `*` or `?` in it, it is a glob. `{readOnly: true}`
 * claims nothing.
 */
export type ClaimInput =
  | string
  | {readonly path: string}
  | {readonly glob: string}
  | {readonly rename: readonly [from: string, to: string]}
  | {readonly readOnly: true};

/** The folded segments of a path, from the root of the repository down. */
export type Key = readonly string[];

/**
 * One thing that a claim can mean. It has several where one text can mean several places (braces, symbolic links, `..`
 * after a link), and where file systems read its names in several ways. Plain data.
 */
export interface Form {
  /** `path`: exactly one; `directory`: that and everything below; `glob`: what the pattern stands for. */
  readonly kind: 'path' | 'directory' | 'glob';
  /** All of a path; of a glob, what stands before its first pattern. */
  readonly key: Key;
  /** The whole as a pattern: the key, and for a directory or a glob what follows it. */
  readonly segments: Sequence<Segment>;
  /** `text`: where its text says. `disk`: where that really lies, behind links. */
  readonly via: 'text' | 'disk';
  /** In which ways to read names it says this. Two forms are compared only where both are read the same way. */
  readonly readings: Readings;
  /**
   * Which directory, or file with several names, each first part of the key is on the disk: `ids[i]` is that of the
   * first `i + 1` segments, as device and inode. Shorter than the key where nothing exists yet, and empty where
   * nobody looked.
   */
  readonly ids: readonly string[];
}

/**
 * A claim, understood: one path, directory or glob below the repository's root. Plain data.
 *
 * It is its own first form. Two names that any supported file system could treat as one file have the same key (see
 * `fold`).
 */
export interface Claim extends Form {
  /** The claim as its author wrote it, for people to recognise. */
  readonly raw: string;
  /** The normalised text: `/` separators, no `.` or `..`, a trailing `/` on directories. `./` is the root. */
  readonly text: string;
  /** It was a bare string with stars in it, so its brackets are taken as ordinary characters as well. */
  readonly bare: boolean;
  /** Its other forms. */
  readonly others: readonly Form[];
  /** The claim that brings this one along, as its author wrote it; `null` if it was declared itself. */
  readonly companionOf: string | null;
  /** It stands for more than its author wrote, because the pattern could not be taken exactly. */
  readonly widened: boolean;
}

export type ClaimErrorCode =
  | 'E_PATH_TYPE'
  | 'E_PATH_EMPTY'
  | 'E_PATH_TOOLONG'
  | 'E_PATH_CONTROL'
  | 'E_PATH_BIDI'
  | 'E_PATH_SURROGATE'
  | 'E_PATH_TILDE'
  | 'E_PATH_SCHEME'
  | 'E_PATH_NEGATION'
  | 'E_PATH_UNC'
  | 'E_PATH_DRIVE'
  | 'E_PATH_COLON'
  | 'E_PATH_CONFUSABLE'
  | 'E_PATH_RESERVED'
  | 'E_PATH_SHORTNAME'
  | 'E_PATH_ESCAPE'
  | 'E_PATH_GITDIR'
  | 'E_PATH_STATE'
  | 'E_PATH_LOOP'
  | 'E_PATH_DENIED'
  | 'E_GLOB_DOTDOT'
  | 'E_GLOB_ABSOLUTE'
  | 'E_GLOB_INEXACT';

/** Why a claim was refused: a claim that cannot be understood is never guessed at. */
export interface ClaimFailure {
  readonly code: ClaimErrorCode;
  /** The claim as written, shortened and with control characters escaped. */
  readonly claim: string;
  readonly message: string;
  readonly hint: string;
}
