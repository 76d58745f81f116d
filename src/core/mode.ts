/**
 * What the coordinator does at all. Which mode follows which is the coordinator machine's to say; what a mode
 * means for decisions is the core's.
 */
export type Mode =
  /** Accepts tasks, starts none yet. */
  | 'starting'
  | 'running'
  /** Accepts tasks, starts none until resumed. */
  | 'paused'
  /** Finishes what runs, accepts and starts nothing new. */
  | 'draining'
  /** Nothing runs and nothing will. */
  | 'stopped';
