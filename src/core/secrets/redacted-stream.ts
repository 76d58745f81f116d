import {isKeyOpen, keyEnd} from './private-key.ts';
import type {Redactor} from './redactor.ts';

/** More than this is not held back: no secret is as long. */
const HELD_BACK_MAX = 8 * 1024;
/** The last line of a private key is shorter. */
const KEY_END_MAX = 80;

/**
 * Replaces secrets in a text that comes in pieces, also those that stand across several. What could be the beginning of
 * one is held back until more is known.
 */
export class RedactedStream {
  readonly #redactor: Redactor;
  #held = '';
  /** Between the lines of a private key. */
  #isInKey = false;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** What of it can be written. */
  write(text: string): string {
    let all = this.#held + text;
    if (this.#isInKey) {
      const end = keyEnd(all);
      if (end === -1) {
        this.#held = all.slice(-KEY_END_MAX);
        return '';
      }
      this.#isInKey = false;
      all = all.slice(end);
    }
    const cut = Math.max(this.#redactor.closedUpTo(all), all.length - HELD_BACK_MAX);
    const closed = all.slice(0, cut);
    this.#isInKey = isKeyOpen(closed);
    // Its end may have begun.
    this.#held = this.#isInKey ? all.slice(-KEY_END_MAX) : all.slice(cut);
    return this.#redactor.text(closed);
  }

  /** The text has ended: what is left of it. */
  end(): string {
    const rest = this.#isInKey ? '' : this.#held;
    this.#held = '';
    return this.#redactor.text(rest);
  }
}
