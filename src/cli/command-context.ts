import type {ExitCode} from './exit-code.ts';
import type {GlobalOptions} from './options.ts';
import type {Terminal} from './terminal.ts';

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly globals: GlobalOptions;
  /** The folder in which the user stands. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A command returns what the process should end with, or throws a `DisjointError`. */
export type CommandResult = Promise<ExitCode>;
