import type {ProgramResult} from '../core/failures.ts';
import type {TaskSpec} from '../core/task.ts';
import {LINE_CHARACTERS_MAX} from './process/lines.ts';

/** Understands the output of one program while it runs. */
export interface OutputReader {
  /** A line of stdout is cut after so many characters. */
  readonly lineCharactersMax: number;
  /** One line of stdout. Returns what a person should see of it; `null` for nothing. */
  line(text: string): string | null;
  /** What the program said of itself, once its output has ended. */
  result(): ProgramResult;
}

/** How to call one program for one attempt. */
export interface Launch {
  /** Name on PATH, or a path; without arguments. */
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly set: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed; `null` leaves it closed from the start. */
  readonly stdin: string | null;
  /** A file that has to be there before the program starts. Its path is already in `args`. */
  readonly file: {readonly path: string; readonly text: string} | null;
  readonly reader: OutputReader;
}

/** What a preset knows when it builds a call. */
export interface LaunchContext {
  readonly spec: TaskSpec;
  /** Arguments of the user, added to those of the preset. */
  readonly args: readonly string[];
  /** Absolute path of the repository. */
  readonly root: string;
  /** A path for a file of this attempt alone, without extension. */
  readonly scratch: string;
}

/** A known agent CLI. */
export interface Preset {
  readonly name: string;
  readonly program: string;
  /** How a person can get it. */
  readonly install: string;
  readonly launch: (context: LaunchContext) => Launch;
}

/** A plain command: every line is for people, and the exit code says it all. */
export const plainReader: OutputReader = {
  lineCharactersMax: LINE_CHARACTERS_MAX,
  line: (text) => text,
  result: () => ({kind: 'not-expected'}),
};
