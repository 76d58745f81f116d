import {write} from 'node:fs';
import {promisify} from 'node:util';

const writeFd = promisify(write);

/** What may wait for a slow reader before lines are dropped. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** How long the end of the process waits for a reader that has stopped reading. */
const FLUSH_MS_MAX = 5_000;
const RETRY_MS = 10;

/**
 * Writes lines to a file descriptor without ever blocking this process.
 *
 * Node writes to pipes synchronously, so a reader that stops reading would stop the whole orchestrator, timeouts
 * and all. Here it only costs lines: beyond 16 MiB the newest are dropped and counted, and the count is written as
 * soon as there is room. A reader that has gone away (`| head -1`) is no error.
 */
export class BoundedWriter {
  readonly #fd: number;
  readonly #describeDrop: (lines: number) => string;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #closed = false;
  #writing: Promise<void> | null = null;

  constructor(fd: number, describeDrop: (lines: number) => string) {
    this.#fd = fd;
    this.#describeDrop = describeDrop;
  }

  line(text: string): void {
    if (this.#closed) return;
    const bytes = Buffer.from(`${text}\n`);
    if (this.#waitingBytes + bytes.length > WAITING_BYTES_MAX) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      const notice = Buffer.from(`${this.#describeDrop(this.#dropped)}\n`);
      this.#dropped = 0;
      this.#enqueue(notice);
    }
    this.#enqueue(bytes);
  }

  /** Resolves when all is written, or the reader has not read for 5 s. */
  async flush(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FLUSH_MS_MAX);
    });
    await Promise.race([this.#writing ?? Promise.resolve(), late]);
    clearTimeout(timer);
  }

  #enqueue(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closed) {
      const batch = Buffer.concat(this.#waiting);
      this.#waiting = [];
      await this.#writeAll(batch);
      this.#waitingBytes -= batch.length;
    }
    this.#writing = null;
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#closed; ) {
      try {
        const {bytesWritten} = await writeFd(this.#fd, bytes, at, bytes.length - at);
        at += bytesWritten;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        } else {
          // Nobody reads any more, or the disk is full: the work goes on without an audience.
          this.#closed = true;
        }
      }
    }
  }
}
