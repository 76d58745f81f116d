import type {ChildProcess} from 'node:child_process';
import type {OutputReader} from '../program.ts';
import {LINE_CHARACTERS_MAX, LineSplitter} from './lines.ts';

export interface OutputHandlers {
  /** Everything as it comes, from both streams. */
  chunk(bytes: Buffer): void;
  /** A line that a person should see. */
  line(channel: 'stdout' | 'stderr', text: string): void;
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
  const show = (channel: 'stdout' | 'stderr', line: string | null): void => {
    if (line !== null) handlers.line(channel, line.slice(0, LINE_CHARACTERS_MAX));
  };
  const chunk = (bytes: Buffer): void => handlers.chunk(bytes);
  await Promise.all([
    follow(stdout, chunk, (line) => show('stdout', reader.line(line)), reader.lineCharactersMax),
    follow(stderr, chunk, (line) => show('stderr', line), LINE_CHARACTERS_MAX),
  ]);
};
