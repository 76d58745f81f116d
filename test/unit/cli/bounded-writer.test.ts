import {Writable} from 'node:stream';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {BoundedWriter} from '../../../src/cli/bounded-writer.ts';

/** A reader that takes nothing until it is told to, as a pager or a blocked pipe does. */
class SlowReader extends Writable {
  readonly taken: string[] = [];
  readonly #waiting: (() => void)[] = [];
  #open = false;

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.taken.push(chunk.toString());
    if (this.#open) done();
    else this.#waiting.push(done);
  }

  /** From here on everything is taken at once. */
  read(): void {
    this.#open = true;
    for (const done of this.#waiting.splice(0)) done();
  }
}

const writerTo = (reader: Writable): BoundedWriter =>
  new BoundedWriter(reader as NodeJS.WriteStream, (lines) => `${lines} dropped`);

const MIB = 1024 * 1024;

describe('the bounded writer', () => {
  test('passes lines on in order', async () => {
    const reader = new SlowReader();
    reader.read();
    const writer = writerTo(reader);
    for (const line of ['a', 'b', '']) writer.line(line);
    expect(await writer.flush()).toBe(true);
    expect(reader.taken.join('')).toBe('a\nb\n\n');
  });

  test('keeps no more than its bound for a reader that does not read, and counts what it drops', async () => {
    const reader = new SlowReader();
    const writer = writerTo(reader);
    const line = 'x'.repeat(MIB);
    for (let i = 0; i < 100; i++) writer.line(line);
    expect(reader.writableLength).toBeLessThan(2 * MIB);
    reader.read();
    await writer.flush();
    const kept = reader.taken
      .join('')
      .split('\n')
      .filter((one) => one === line).length;
    expect(kept).toBeLessThan(19);
    expect(kept).toBeGreaterThan(15);
    expect(reader.taken.join('')).toContain(`\n${100 - kept} dropped\n`);
  });

  test('says how many lines were dropped as soon as there is room, before the next line', async () => {
    const reader = new SlowReader();
    const writer = writerTo(reader);
    const line = 'x'.repeat(MIB);
    for (let i = 0; i < 100; i++) writer.line(line);
    reader.read();
    // Everything that waited is taken piece by piece, a turn each.
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    writer.line('after');
    expect(await writer.flush()).toBe(true);
    const written = reader.taken.join('').split('\n');
    const kept = written.filter((one) => one === line).length;
    // Every line is either there or counted.
    expect(written.slice(kept)).toEqual([`${100 - kept} dropped`, 'after', '']);
  });

  test('tells at the end what was dropped and not yet told', async () => {
    const reader = new SlowReader();
    const writer = writerTo(reader);
    for (let i = 0; i < 40; i++) writer.line('x'.repeat(MIB));
    const flushed = writer.flush();
    reader.read();
    expect(await flushed).toBe(true);
    expect(reader.taken.join('')).toMatch(/\n\d+ dropped\n$/u);
  });

  test('never drops the result, and counts before it what was dropped', async () => {
    const reader = new SlowReader();
    const writer = writerTo(reader);
    for (let i = 0; i < 40; i++) writer.line('x'.repeat(MIB));
    writer.lastLine('the result');
    const flushed = writer.flush();
    reader.read();
    expect(await flushed).toBe(true);
    expect(reader.taken.join('')).toMatch(/\n\d+ dropped\nthe result\n$/u);
  });

  test('keeps no more than a hundred lines as the result', async () => {
    const reader = new SlowReader();
    const writer = writerTo(reader);
    for (let i = 0; i < 40; i++) writer.line('x'.repeat(MIB));
    for (let i = 0; i < 150; i++) writer.lastLine(`result ${i}`);
    const flushed = writer.flush();
    reader.read();
    expect(await flushed).toBe(true);
    expect(reader.taken.join('')).toMatch(/\nresult 99\n50 dropped\n$/u);
  });

  test('is quiet once its reader has gone away', async () => {
    const reader = new Writable({
      write: (_, __, done) => done(Object.assign(new Error('write EPIPE'), {code: 'EPIPE'})),
    });
    const writer = writerTo(reader);
    writer.line('a');
    await vi.waitFor(() => expect(reader.destroyed).toBe(true));
    writer.line('b');
    expect(await writer.flush()).toBe(true);
    expect(writer.failure).toBeNull();
  });
});

describe('a line that cannot be written', () => {
  const writerThatMeets = (code: string, isTTY: boolean): BoundedWriter =>
    writerTo(
      Object.assign(
        new Writable({write: (_, __, done) => done(Object.assign(new Error(`write ${code}`), {code}))}),
        {isTTY},
      ),
    );
  test.each([
    ['ENOSPC', false],
    ['EIO', false],
    ['EBADF', false],
    ['ENOSPC', true],
  ])('because of %s is a failure (at a terminal: %s)', async (code, isTTY) => {
    const writer = writerThatMeets(code, isTTY);
    expect(writer.failure).toBeNull();
    writer.line('a');
    await writer.flush();
    expect(writer.failure).toMatchObject({code});
  });

  test.each([
    ['EPIPE', false],
    ['ECONNRESET', false],
    ['EIO', true],
    ['EBADF', true],
  ])('because of %s is a reader that went away (at a terminal: %s)', async (code, isTTY) => {
    const writer = writerThatMeets(code, isTTY);
    writer.line('a');
    await writer.flush();
    expect(writer.failure).toBeNull();
  });
});

describe('the end of a program', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('does not wait for ever for a reader that has stopped reading', async () => {
    const reader = new SlowReader();
    const writer = writerTo(reader);
    writer.line('a');
    const flushed = writer.flush();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await flushed).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits for a reader as long as that takes some of it, however slowly', async () => {
    const taken: string[] = [];
    const reader = new Writable({
      write: (chunk: Buffer, _, done) => {
        taken.push(chunk.toString());
        setTimeout(done, 9_000);
      },
    });
    const writer = writerTo(reader);
    const lines = Array.from({length: 5}, (_, i) => String(i).repeat(64 * 1024));
    for (const line of lines) writer.line(line);
    const flushed = writer.flush();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await flushed).toBe(true);
    expect(taken.join('')).toBe(lines.map((line) => `${line}\n`).join(''));
    expect(vi.getTimerCount()).toBe(0);
  });

  test('leaves no timer behind when the reader was in time', async () => {
    const reader = new SlowReader();
    const writer = writerTo(reader);
    writer.line('a');
    const flushed = writer.flush();
    reader.read();
    expect(await flushed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
