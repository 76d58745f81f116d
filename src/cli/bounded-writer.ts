/** What may wait for a slow reader before lines are dropped. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** How long the end of the process waits for a reader that has stopped reading. */
const FLUSH_MS_MAX = 2_000;

/** A reader that went away: a closed pipe or socket. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);
/** What a terminal answers once its window is closed. */
const TERMINAL_GONE: ReadonlySet<string | undefined> = new Set(['EIO', 'EBADF', 'ENXIO']);

/**
 * Writes lines to a stream without filling the memory.
 *
 * A stream keeps whatever its reader has not taken yet. Beyond 16 MiB the newest lines are dropped and counted,
 * and the count is written as soon as there is room. A reader that has gone away (`| head -1`) is no error; anything
 * else that keeps a line from being written, a full disk say, is kept in `failure`.
 */
export class BoundedWriter {
  readonly #stream: NodeJS.WriteStream;
  readonly #describeDrop: (lines: number) => string;
  #dropped = 0;
  #error: NodeJS.ErrnoException | null = null;

  constructor(stream: NodeJS.WriteStream, describeDrop: (lines: number) => string) {
    this.#stream = stream;
    this.#describeDrop = describeDrop;
    stream.on('error', (error) => {
      // Nobody reads any more, or the disk is full: the work goes on without an audience.
      this.#error ??= error;
    });
  }

  /** Why output was lost although its reader did not go away; `null` if none was. */
  get failure(): Error | null {
    // A stream knows of an error before it tells its listeners, and stdout forgets it afterwards.
    const error: NodeJS.ErrnoException | null = this.#error ?? this.#stream.errored;
    if (error === null || READER_GONE.has(error.code)) return null;
    return this.#stream.isTTY && TERMINAL_GONE.has(error.code) ? null : error;
  }

  line(text: string): void {
    if (this.#error !== null) return;
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
    if (this.#error !== null || this.#stream.writableLength === 0) return true;
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
