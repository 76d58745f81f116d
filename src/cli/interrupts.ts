import type {Orchestrator} from '../index.ts';

export interface InterruptOptions {
  readonly orchestrator: Orchestrator;
  /** Tells the user what is going on. */
  readonly notice: (text: string) => void;
}

export interface Interrupts {
  /** True once the user, or the system, has asked to stop. */
  readonly interrupted: boolean;
  /** Lets go of the signals. */
  dispose(): void;
}

/**
 * Ctrl-C: the first finishes what runs and starts nothing more, the second kills what runs. Ctrl-\ (SIGQUIT) kills it
 * at once. SIGTERM and a closed terminal (SIGHUP) ask what runs to stop, politely first.
 */
export const handleInterrupts = ({orchestrator, notice}: InterruptOptions): Interrupts => {
  let interrupts = 0;
  const shutdown = (options: Parameters<Orchestrator['shutdown']>[0]): void => {
    // Whoever runs the tasks waits for the end and sees every error; this only sets it going.
    void orchestrator.shutdown(options);
  };
  const onInterrupt = (): void => {
    interrupts++;
    const running = orchestrator.status().runningAgents.length;
    if (interrupts === 1) {
      notice(
        `Interrupted: finishing ${running} running, starting nothing new. Press Ctrl-C again to kill them.`,
      );
      shutdown({mode: 'cancel-queued', reason: 'interrupted by Ctrl-C'});
    } else {
      notice('Interrupted again: killing what runs.');
      shutdown({mode: 'now', graceMs: 0, reason: 'interrupted by Ctrl-C'});
    }
  };
  const onTerminate = (): void => {
    interrupts++;
    notice('Asked to end: stopping what runs.');
    shutdown({mode: 'now', reason: 'the system asked to end'});
  };
  const onQuit = (): void => {
    interrupts++;
    // The agents have sessions of their own: without this they would outlive us, unwatched.
    notice('Asked to quit: killing what runs.');
    shutdown({mode: 'now', graceMs: 0, reason: 'interrupted by Ctrl-\\'});
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGQUIT', onQuit);
  process.on('SIGTERM', onTerminate);
  process.on('SIGHUP', onTerminate);
  return {
    get interrupted() {
      return interrupts > 0;
    },
    dispose: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGQUIT', onQuit);
      process.off('SIGTERM', onTerminate);
      process.off('SIGHUP', onTerminate);
    },
  };
};
