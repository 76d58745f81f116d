import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs';
import path from 'node:path';
import {RedactedStream} from '../../core/secrets/redacted-stream.ts';
import {NO_SECRETS, type Redactor} from '../../core/secrets/redactor.ts';
import {AttemptTail} from './attempt-tail.ts';
import type {OutputChannel} from './follow-output.ts';

/** After so many bytes the log says that it is full and takes no more; the work goes on. */
const LOG_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The output of one attempt: all of it in a file, the last lines in memory; without secrets.
 *
 * Writes are synchronous: what was printed is in the file when the attempt is reported dead, and a program that
 * prints faster than the disk takes it waits in its own pipe. A log that cannot be written does not stop the
 * work; it is counted in `bytesDropped`.
 */
export class AttemptLog {
  /** `null` if the file could not be made. */
  readonly path: string | null;
  readonly #tail = new AttemptTail();
  readonly #bytesMax: number;
  #fd: number | null = null;
  #bytes = 0;
  bytesDropped = 0;
  readonly #channels: Readonly<Record<OutputChannel, RedactedStream>>;

  /** @param redactor Of bytes, each as one character. */
  constructor(file: string, redactor: Redactor = NO_SECRETS, bytesMax = LOG_BYTES_MAX) {
    this.#bytesMax = bytesMax;
    this.#channels = {stdout: new RedactedStream(redactor), stderr: new RedactedStream(redactor)};
    try {
      mkdirSync(path.dirname(file), {recursive: true, mode: 0o700});
      this.#fd = openSync(file, 'w', 0o600);
    } catch {
      this.#fd = null;
    }
    this.path = this.#fd === null ? null : file;
  }

  /** The last lines, oldest first. */
  get tail(): readonly string[] {
    return this.#tail.lines;
  }

  /** What came from one of the outputs. What may be the beginning of a secret is held back until more is known. */
  write(channel: OutputChannel, bytes: Buffer): void {
    this.#write(Buffer.from(this.#channels[channel].write(bytes.toString('latin1')), 'latin1'));
  }

  #write(chunk: Buffer): void {
    const room = this.#bytesMax - this.#bytes;
    const part = chunk.length <= room ? chunk : chunk.subarray(0, Math.max(0, room));
    let written = 0;
    try {
      while (this.#fd !== null && written < part.length) {
        written += writeSync(this.#fd, part, written, part.length - written);
      }
    } catch {
      // A full disk: the work is worth more than its log.
    }
    this.#bytes += written;
    this.bytesDropped += chunk.length - written;
  }

  line(line: string): void {
    this.#tail.line(line);
  }

  close(): void {
    if (this.#fd === null) return;
    for (const channel of Object.values(this.#channels)) this.#write(Buffer.from(channel.end(), 'latin1'));
    if (this.bytesDropped > 0) {
      try {
        writeSync(this.#fd, `\n[disjoint: ${this.bytesDropped} bytes of output were not kept]\n`);
      } catch {
        // It was full before.
      }
    }
    closeSync(this.#fd);
    this.#fd = null;
  }
}
