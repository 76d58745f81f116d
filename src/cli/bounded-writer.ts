/** What may wait for a slow reader before lines are dropped. */
const WAITING_CHARACTERS_MAX = 16 * 1024 * 1024;
/** How many lines may wait beyond that, because nobody can do without them. */
const LAST_LINES_MAX = 100;
/** How much is handed to the stream at once: small, so that a slow reader is seen to take some. */
const PIECE_CHARACTERS = 64 * 1024;
/** How long the end of the process waits for a reader that takes nothing at all. */
const STALLED_MS_MAX = 10_000;

/** A reader that went away: a closed pipe or socket. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);
/** What a terminal answers once its window is closed. */
const TERMINAL_GONE: ReadonlySet<string | undefined> = new Set(['EIO', 'EBADF', 'ENXIO']);

/**
 * Writes lines to a stream without filling the memory.
 *
 * What its reader has not taken yet waits here. Beyond 16 Mi characters the newest lines are dropped and counted, and
 * the count is written as soon as there is room. The result, which a reader waits for at the end, is never dropped. A
 * reader that has gone away (`| head -1`) is no error; anything else that keeps a line from being written, a full disk
 * say, is kept in `failure`.
 */
export class BoundedWriter {
  readonly #stream: NodeJS.WriteStream;
  readonly #describeDrop: (lines: number) => string;
  readonly #waiting: string[] = [];
  #waitingCharacters = 0;
  #isWriting = false;
  /** How many pieces the reader has taken. */
  #taken = 0;
  #dropped = 0;
  #lastLines = 0;
  #error: NodeJS.ErrnoException | null = null;
  #onDrained: () => void = () => {};

  constructor(stream: NodeJS.WriteStream, describeDrop: (lines: number) => string) {
    this.#stream = stream;
    this.#describeDrop = describeDrop;
    stream.on('error', (error) => {
      // Nobody reads any more, or the disk is full: the work goes on without an audience.
      this.#error ??= error;
      this.#onDrained();
    });
  }

  /** Why output was lost although its reader did not go away; `null` if none was. */
  get failure(): Error | null {
    // A stream knows of an error before it tells its listeners, and stdout forgets it afterwards.
    const error: NodeJS.ErrnoException | null = this.#error ?? this.#stream.errored;
    if (error === null || READER_GONE.has(error.code)) return null;
    return this.#stream.isTTY && TERMINAL_GONE.has(error.code) ? null : error;
  }

  /** Nothing that is written from here on reaches anybody. */
  get isOver(): boolean {
    return this.#error !== null;
  }

  line(text: string): void {
    if (this.isOver) return;
    if (this.#waitingCharacters > WAITING_CHARACTERS_MAX) this.#dropped++;
    else this.#write(text);
  }

  /** A line of the result. The first hundred of them are never dropped. */
  lastLine(text: string): void {
    if (this.#error !== null) return;
    if (this.#lastLines++ < LAST_LINES_MAX) this.#write(text);
    else this.line(text);
  }

  /** Resolves when all is written, or nobody is there to read it; false if a reader has taken nothing for 10 s. */
  async flush(): Promise<boolean> {
    this.#tellDropped();
    for (;;) {
      if (this.#error !== null || this.#isDrained()) return true;
      const taken = this.#taken;
      if (!(await this.#drained(STALLED_MS_MAX)) && this.#taken === taken) return false;
    }
  }

  #isDrained(): boolean {
    return !this.#isWriting && this.#waiting.length === 0 && this.#stream.writableLength === 0;
  }

  async #drained(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), ms);
    });
    const done = new Promise<true>((resolve) => {
      this.#onDrained = () => resolve(true);
    });
    const isDone = await Promise.race([done, late]);
    clearTimeout(timer);
    return isDone;
  }

  #write(text: string): void {
    this.#tellDropped();
    this.#push(`${text}\n`);
  }

  #push(text: string): void {
    this.#waiting.push(text);
    this.#waitingCharacters += text.length;
    if (!this.#isWriting) this.#writePiece();
  }

  #writePiece(): void {
    let end = 0;
    let characters = 0;
    for (; end < this.#waiting.length && characters < PIECE_CHARACTERS; end++) {
      characters += this.#waiting[end]?.length ?? 0;
    }
    const piece = this.#waiting.splice(0, end).join('');
    // A terminal takes everything at once, and others write to it as well: what is said stays in order.
    this.#isWriting = !this.#stream.isTTY;
    if (!this.#isWriting) this.#waitingCharacters -= characters;
    this.#stream.write(piece, () => {
      this.#taken++;
      if (this.#isWriting) this.#waitingCharacters -= characters;
      this.#isWriting = false;
      if (this.#error === null && this.#waiting.length > 0) this.#writePiece();
      else this.#onDrained();
    });
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const dropped = this.#describeDrop(this.#dropped);
    this.#dropped = 0;
    this.#push(`${dropped}\n`);
  }
}
