/** What the process ends with. The numbers from 64 on are those of BSD's sysexits. */
export const ExitCode = {
  ok: 0,
  /** Some task did not succeed; for `overlap`: the claims are disjoint. */
  negative: 1,
  usage: 64,
  badData: 65,
  notAvailable: 69,
  internal: 70,
  cannotCreate: 73,
  io: 74,
  permission: 77,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const EXCEPTIONS: Readonly<Record<string, ExitCode>> = {
  E_UNKNOWN_COMMAND: ExitCode.usage,
  E_GIT_MISSING: ExitCode.notAvailable,
  E_PROGRAM_MISSING: ExitCode.notAvailable,
  E_FILE_EXISTS: ExitCode.cannotCreate,
  E_STORE: ExitCode.io,
  E_IO: ExitCode.io,
  E_STATE_LOST: ExitCode.io,
  E_JOURNAL_CORRUPT: ExitCode.io,
  E_JOURNAL_NEWER: ExitCode.io,
  E_ALREADY_RUNNING: ExitCode.cannotCreate,
  E_LEFT_OVERS: ExitCode.cannotCreate,
  E_NOT_RUNNING: ExitCode.notAvailable,
  E_NO_ANSWER: ExitCode.notAvailable,
  E_PERMISSION: ExitCode.permission,
  E_INTERNAL: ExitCode.internal,
};

/** The exit code for an error's code. Whatever is wrong with what the user wrote is bad data. */
export const exitCodeFor = (code: string): ExitCode =>
  EXCEPTIONS[code] ?? (code.startsWith('E_ARG_') ? ExitCode.usage : ExitCode.badData);
