import {StringDecoder} from 'node:string_decoder';

/** A line longer than this is cut there: output without line ends must not fill the memory. */
export const LINE_CHARACTERS_MAX = 64 * 1024;

/** Cuts a byte stream into lines of text, whatever the chunks, across split UTF-8 characters. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  readonly #charactersMax: number;
  /** The line that has not ended yet. Only ever appended to, so that a long line costs no more than short ones. */
  #rest = '';

  /** @param charactersMax At least 2: the two halves of a surrogate pair stay together. */
  constructor(onLine: (line: string) => void, charactersMax = LINE_CHARACTERS_MAX) {
    this.#onLine = onLine;
    this.#charactersMax = charactersMax;
  }

  write(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** The stream has ended: what is left is the last line. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#rest !== '') this.#say(this.#rest);
    this.#rest = '';
  }

  #take(text: string): void {
    const parts = text.split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      this.#say(this.#rest + part);
      this.#rest = '';
    }
    this.#rest += last;
    // One character more may stand here: a carriage return, which belongs to a line end that is still to come.
    if (this.#rest.length > this.#charactersMax + 1) this.#rest = this.#sayWhole(this.#rest, 1);
  }

  #say(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    this.#onLine(this.#sayWhole(text, 0));
  }

  /** Says all full pieces of a text that is longer than the bound by more than `spare`; returns the rest. */
  #sayWhole(text: string, spare: number): string {
    let from = 0;
    while (text.length - from > this.#charactersMax + spare) {
      const end = from + this.#charactersMax;
      const to = isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
      this.#onLine(text.slice(from, to));
      from = to;
    }
    return text.slice(from);
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
