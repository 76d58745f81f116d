/** What may wait for a slow reader before lines are dropped. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** How long the end of the process waits for a reader that has stopped reading. */
const FLUSH_MS_MAX = 2_000;

/**
 * Writes lines to a stream without filling the memory.
 *
 * A stream keeps whatever its reader has not taken yet. Beyond 16 MiB the newest lines are dropped and counted,
 * and the count is written as soon as there is room. A reader that has gone away (`| head -1`) is no error.
 */
export class BoundedWriter {
  readonly #stream: NodeJS.WriteStream;
  readonly #describeDrop: (lines: number) => string;
  #dropped = 0;
  #closed = false;

  constructor(stream: NodeJS.WriteStream, describeDrop: (lines: number) => string) {
    this.#stream = stream;
    this.#describeDrop = describeDrop;
    stream.on('error', () => {
      // Nobody reads any more, or the disk is full: the work goes on without an audience.
      this.#closed = true;
    });
  }

  line(text: string): void {
    if (this.#closed) return;
    if (this.#stream.writableLength > WAITING_BYTES_MAX) {
      this.#dropped++;
      return;
    }
    this.#tellDropped();
    this.#stream.write(`${text}\n`);
  }

  /** Resolves when all is written; false if the reader has not taken it for 2 s. */
  async flush(): Promise<boolean> {
    this.#tellDropped();
    if (this.#closed || this.#stream.writableLength === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), FLUSH_MS_MAX);
    });
    const written = new Promise<true>((resolve) => {
      this.#stream.write('', () => resolve(true));
    });
    const done = await Promise.race([written, late]);
    clearTimeout(timer);
    return done;
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    this.#stream.write(`${this.#describeDrop(this.#dropped)}\n`);
    this.#dropped = 0;
  }
}
