import {DisjointError} from '../api/errors.ts';
import {type ExitCode, exitCodeFor} from './exit-code.ts';
import {safe} from './render/text.ts';
import type {Terminal} from './terminal.ts';

export interface ReportOptions {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly debug: boolean;
}

/** An error of the operating system: of a file, a folder or a process. Those are circumstances, and no bugs of ours. */
const ofSystem = ({code, syscall, message}: NodeJS.ErrnoException): DisjointError | null => {
  if (syscall === 'uv_cwd') {
    return new DisjointError('E_IO', 'the current folder is not there any more', 'go to one that is there');
  }
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return new DisjointError('E_PERMISSION', message, 'check who may read and write there');
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EIO':
    case 'EROFS':
    case 'EMFILE':
    case 'ENFILE':
      return new DisjointError('E_IO', message, 'make room, or check the disk');
    default:
      return syscall === undefined ? null : new DisjointError('E_IO', message, 'check what lies there');
  }
};

const asDisjointError = (error: unknown): DisjointError => {
  if (error instanceof DisjointError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return (
    (error instanceof Error ? ofSystem(error) : null) ??
    new DisjointError('E_INTERNAL', `Internal error: ${message}`, 'run it again with --debug and report it')
  );
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
    for (const line of stack?.split('\n') ?? []) terminal.errorLine(safe(line));
  }
  return exitCodeFor(code);
};
