import type {Terminal} from './terminal.ts';

/** So often it is looked whether the reader of stdout is still there (ms). */
const LOOK_MS = 250;

/** For what waits for somebody else: ends that once the reader of stdout has gone away. */
export interface ReaderGone {
  readonly signal: AbortSignal;
  /** Looks no more, and ends whatever still waits. */
  dispose(): void;
}

export const readerGone = (terminal: Terminal): ReaderGone => {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (terminal.isOver) controller.abort();
  }, LOOK_MS);
  return {
    signal: controller.signal,
    dispose: () => {
      clearInterval(timer);
      controller.abort();
    },
  };
};
