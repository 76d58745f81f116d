/** Something that will happen once, and can be called off. */
export interface Timer {
  cancel(): void;
}

/** The time. Monotonic: it never jumps, so that timeouts do not either. */
export interface Clock {
  /** Milliseconds since the epoch, as of the start of the process, carried on by a monotonic clock. */
  now(): number;
  /** Calls back once, `ms` milliseconds from now. */
  setTimer(callback: () => void, ms: number): Timer;
}
