/** What is wrong with a file that a user wrote. */
export interface Problem {
  /** Stable: `E_CONFIG_KEY`, `E_PLAN_SYNTAX`, ... */
  readonly code: string;
  /** What is wrong, with the file and, where known, line and column. One sentence without a full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** The keys that lead to it, such as `agents.dev.timeout`; `null` if it is not one value. */
  readonly field: string | null;
}

const SHOWN_CHARACTERS_MAX = 80;

/** Text from the file as a message repeats it: in one line, and not all of it. */
export const brief = (text: string): string => {
  const escaped = JSON.stringify(text.slice(0, 2 * SHOWN_CHARACTERS_MAX))
    .slice(1, -1)
    .replaceAll('\\"', '"');
  return escaped.length > SHOWN_CHARACTERS_MAX ? `${escaped.slice(0, SHOWN_CHARACTERS_MAX)}…` : escaped;
};

/** Which kind of file it is. */
export type FileKind = 'config' | 'plan';

/** A file, or what somebody asks of a run: decides the prefix of the codes. */
export type InputKind = FileKind | 'request';

export const problem = (
  kind: InputKind,
  what: string,
  message: string,
  hint: string,
  field: string | null = null,
): Problem => ({code: `E_${kind.toUpperCase()}_${what}`, message, hint, field});
