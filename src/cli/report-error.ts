import {DisjointError} from '../api/errors.ts';
import {type ExitCode, exitCodeFor} from './exit-code.ts';
import {safe} from './render/text.ts';
import type {Terminal} from './terminal.ts';

export interface ReportOptions {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly debug: boolean;
}

const asDisjointError = (error: unknown): DisjointError => {
  if (error instanceof DisjointError) return error;
  const {code, message} =
    error instanceof Error ? (error as NodeJS.ErrnoException) : {code: undefined, message: String(error)};
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return new DisjointError('E_PERMISSION', message, 'check who may read and write there');
    case 'ENOSPC':
    case 'EIO':
    case 'EROFS':
    case 'EMFILE':
      return new DisjointError('E_IO', message, 'make room, or check the disk');
    default:
      return new DisjointError(
        'E_INTERNAL',
        `Internal error: ${message}`,
        'run it again with --debug and report it',
      );
  }
};

/** Where the documentation, which the package brings along, says more about an error. */
const docsOf = (code: string): string => `docs/reference/errors.md#${code.toLowerCase()}`;

/** Says what went wrong in one line on stderr, and returns what the process should end with. */
export const reportError = (thrown: unknown, {terminal, json, debug}: ReportOptions): ExitCode => {
  const error = asDisjointError(thrown);
  const {code, message, hint, field} = error;
  if (json) terminal.errorLine(JSON.stringify({error: {code, message, field, hint, docs: docsOf(code)}}));
  else terminal.errorLine(safe(`disjoint: ${code}: ${message}. Hint: ${hint}.`));
  if (debug) {
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    if (stack !== undefined) terminal.errorLine(stack);
  }
  return exitCodeFor(code);
};
