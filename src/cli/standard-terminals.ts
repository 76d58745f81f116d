import {closeSync} from 'node:fs';
import {isatty} from 'node:tty';

/** stdin, stdout and stderr. */
const STANDARD: readonly number[] = [0, 1, 2];

/** Those of stdin, stdout and stderr that were terminals to begin with. */
export interface StandardTerminals {
  /**
   * Lets go of those whose window was closed meanwhile; true if there were any. Only `process.exit` may follow: a file
   * that is opened now would take the place of stdout.
   *
   * At its end Node.js 20 puts every terminal back into the state it found it in, and ends by SIGABRT with a native
   * stack trace if one refuses, which one without a window does. It passes over those that are closed.
   */
  releaseClosed(): boolean;
}

/** To be called before anything else is done with them. */
export const standardTerminals = (): StandardTerminals => {
  const terminals = STANDARD.filter(isatty);
  return {
    releaseClosed: () => {
      // It answers no question any more, not even whether it is a terminal.
      const closed = terminals.filter((fd) => !isatty(fd));
      for (const fd of closed) closeSync(fd);
      return closed.length > 0;
    },
  };
};
