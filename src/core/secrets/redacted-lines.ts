import {isKeyOpen, keyEnd} from './private-key.ts';
import type {Redactor} from './redactor.ts';

/** Replaces secrets in lines that come one after the other: of a private key, which has several, nothing is left. */
export class RedactedLines {
  readonly #redactor: Redactor;
  #isInKey = false;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** The line without secrets; `null` if all of it was one. */
  line(line: string): string | null {
    let rest = line;
    if (this.#isInKey) {
      const end = keyEnd(line);
      if (end === -1) return null;
      this.#isInKey = false;
      rest = line.slice(end);
      if (rest === '') return null;
    }
    this.#isInKey = isKeyOpen(rest);
    return this.#redactor.text(rest);
  }
}
