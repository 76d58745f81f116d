/** At most one note in this time (ms). */
const INTERVAL_MS = 100;

export interface ProgressNotesOptions {
  readonly tell: (note: string, at: number) => void;
  /** Asks to be woken (`due`) at this moment; `null`: not any more. */
  readonly wakeAt: (at: number | null) => void;
}

/**
 * The progress notes of one attempt, thinned out: of those that come faster than ten a second only the newest is told,
 * as soon as its time has come, so that readers never keep an old one.
 */
export class ProgressNotes {
  readonly #options: ProgressNotesOptions;
  #toldAt = Number.NEGATIVE_INFINITY;
  #held: string | null = null;

  constructor(options: ProgressNotesOptions) {
    this.#options = options;
  }

  add(note: string, at: number): void {
    const isFirstHeld = this.#held === null;
    this.#held = note;
    if (at - this.#toldAt >= INTERVAL_MS) this.flush(at);
    else if (isFirstHeld) this.#options.wakeAt(this.#toldAt + INTERVAL_MS);
  }

  /** Tells what is held; for the end of the attempt, and when its time has come. */
  flush(at: number): void {
    const note = this.#held;
    this.#options.wakeAt(null);
    if (note === null) return;
    this.#held = null;
    this.#toldAt = at;
    this.#options.tell(note, at);
  }
}
