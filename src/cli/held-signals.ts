/** What a user or the system sends to end a program that can still tidy up. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

export interface HeldSignals {
  /** True once one of them came. */
  readonly interrupted: boolean;
  /** From here on they end the process again. */
  dispose(): void;
}

/**
 * Keeps signals from ending the process while there is something to tidy up. They are only noted: whoever holds them
 * looks at `interrupted` before each longer step.
 */
export const holdSignals = (): HeldSignals => {
  let interrupted = false;
  const note = (): void => {
    interrupted = true;
  };
  for (const signal of ENDING) process.on(signal, note);
  return {
    get interrupted() {
      return interrupted;
    },
    dispose: () => {
      for (const signal of ENDING) process.off(signal, note);
    },
  };
};
