/** How many of the last lines are kept for the result. */
const LINES_MAX = 20;
/** What a result carries of one line. */
const LINE_CHARACTERS_MAX = 2_000;

/** The last lines that an attempt printed. */
export class AttemptTail {
  readonly #lines: string[] = [];

  /** Oldest first. */
  get lines(): readonly string[] {
    return [...this.#lines];
  }

  line(line: string): void {
    this.#lines.push(line.slice(0, LINE_CHARACTERS_MAX));
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }
}
