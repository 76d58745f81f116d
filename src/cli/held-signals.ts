/** What a user or the system sends to end a program that can still tidy up. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

export interface HeldSignals {
  /** True once one of them came. */
  readonly interrupted: boolean;
  /** Aborted by the first that comes: for work that can be ended early. */
  readonly signal: AbortSignal;
  /** From here on they end the process again. */
  dispose(): void;
}

/**
 * Keeps signals from ending the process while there is something to tidy up. They are only noted: whoever holds them
 * looks at `interrupted` before each longer step.
 */
export const holdSignals = (): HeldSignals => {
  const controller = new AbortController();
  const {signal: aborted} = controller;
  const note = (): void => controller.abort();
  for (const signal of ENDING) process.on(signal, note);
  return {
    get interrupted() {
      return aborted.aborted;
    },
    signal: aborted,
    dispose: () => {
      for (const signal of ENDING) process.off(signal, note);
    },
  };
};
