import {StringDecoder} from 'node:string_decoder';

/** A line longer than this is cut there: output without line ends must not fill the memory. */
const LINE_CHARACTERS_MAX = 64 * 1024;

/** Cuts a byte stream into lines of text, whatever the chunks, across split UTF-8 characters. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
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
    const parts = (this.#rest + text).split('\n');
    let rest = parts.pop() ?? '';
    for (const line of parts) this.#say(line);
    for (; rest.length > LINE_CHARACTERS_MAX; rest = rest.slice(LINE_CHARACTERS_MAX)) {
      this.#say(rest.slice(0, LINE_CHARACTERS_MAX));
    }
    this.#rest = rest;
  }

  #say(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    for (let at = 0; at === 0 || at < text.length; at += LINE_CHARACTERS_MAX) {
      this.#onLine(text.slice(at, at + LINE_CHARACTERS_MAX));
    }
  }
}
