/** What a user may write for a claim. A bare string is a path; with `*` or `?` in it, it is a glob as well. */
export type ClaimInput =
  | string
  | {readonly path: string}
  | {readonly glob: string}
  | {readonly rename: readonly [from: string, to: string]};

/**
 * A claim, understood: one path, directory or glob below the repository's root.
 *
 * `key` holds the folded segments of the path, or of the glob's literal leading directory. Two names that any
 * supported file system could treat as one file have the same key (see `fold`).
 */
export interface Claim {
  readonly kind: 'path' | 'directory' | 'glob';
  /** The claim as its author wrote it, for people to recognise. */
  readonly raw: string;
  /** The normalised text: `/` separators, no `.` or `..`, a trailing `/` on directories. `./` is the root. */
  readonly text: string;
  readonly key: readonly string[];
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
  | 'E_GLOB_DOTDOT'
  | 'E_GLOB_ABSOLUTE';

/** Why a claim was refused: a claim that cannot be understood is never guessed at. */
export interface ClaimFailure {
  readonly code: ClaimErrorCode;
  /** The claim as written, shortened and with control characters escaped. */
  readonly claim: string;
  readonly message: string;
  readonly hint: string;
}
