import type {ChildProcess} from 'node:child_process';
import type {OutputReader} from '../program.ts';
import {LINE_CHARACTERS_MAX, LineSplitter} from './lines.ts';

export type OutputChannel = 'stdout' | 'stderr';

export interface OutputHandlers {
  /** Everything as it comes. */
  chunk(channel: OutputChannel, bytes: Buffer): void;
  /** A line that a person should see. */
  line(channel: OutputChannel, text: string): void;
}

const follow = (
  stream: NodeJS.ReadableStream | null,
  onChunk: (bytes: Buffer) => void,
  onLine: (line: string) => void,
  charactersMax: number,
): Promise<void> =>
  new Promise((resolve) => {
    const lines = new LineSplitter(onLine, charactersMax);
    stream?.on('data', (chunk: Buffer) => {
      onChunk(chunk);
      lines.write(chunk);
    });
    stream?.once('close', () => {
      lines.end();
      resolve();
    });
  });

/** Follows both outputs of a program: what the reader understands of stdout, and stderr as it is. Resolves at their end. */
export const followOutput = async (
  {stdout, stderr}: ChildProcess,
  reader: OutputReader,
  handlers: OutputHandlers,
): Promise<void> => {
  const show = (channel: OutputChannel, line: string | null): void => {
    if (line !== null) handlers.line(channel, line.slice(0, LINE_CHARACTERS_MAX));
  };
  const chunk =
    (channel: OutputChannel) =>
    (bytes: Buffer): void =>
      handlers.chunk(channel, bytes);
  await Promise.all([
    follow(stdout, chunk('stdout'), (line) => show('stdout', reader.line(line)), reader.lineCharactersMax),
    follow(stderr, chunk('stderr'), (line) => show('stderr', line), LINE_CHARACTERS_MAX),
  ]);
};
