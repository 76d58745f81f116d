import {closeSync, constants, mkdirSync, openSync, readFileSync, writeSync} from 'node:fs';

/** What a volume did with names, when a file was to be made of each. */
export interface Scan {
  /** How many files there are now. */
  readonly accepted: number;
  /** Names that are the file of one before, with that one. */
  readonly aliases: readonly (readonly [name: string, before: string])[];
  /** Names of which the volume makes no file, by the code of the error. */
  readonly refused: ReadonlyMap<string, readonly string[]>;
}

/** A name as a path has it. Half a surrogate pair, which no text in UTF-8 has, is written as if it were a character. */
const bytesOf = (name: string): Buffer =>
  Buffer.concat(
    Array.from(name, (character) => {
      if (character.isWellFormed()) return Buffer.from(character);
      const unit = character.charCodeAt(0);
      return Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
    }),
  );

/** What a volume answers when it does not like a name. Anything else, such as a full disk, is no answer to that. */
const REFUSALS = new Set(['EILSEQ', 'EINVAL', 'ENOENT']);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Makes a file that holds `content`; what the file with this name holds, if there is one already. */
const claimName = (file: Buffer, content: string): string | undefined => {
  let made: number;
  try {
    made = openSync(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return readFileSync(file, 'utf8');
    throw error;
  }
  try {
    writeSync(made, content);
  } finally {
    closeSync(made);
  }
  return undefined;
};

/**
 * Makes a file of each name, in the order given. One that exists already has a name which the volume takes for the
 * same. Each holds its number, as some volumes give a file another inode number every time they are asked.
 *
 * Names only meet those in their folder.
 */
export const scan = async (
  parent: string,
  names: readonly string[],
  folderOf: (name: string) => string = () => 'all',
): Promise<Scan> => {
  const aliases: [string, string][] = [];
  const refused = new Map<string, string[]>();
  const folders = new Map<string, string>();
  const folderFor = (key: string): string => {
    const folder = folders.get(key) ?? `${parent}/scan-${key}/`;
    if (!folders.has(key)) mkdirSync(folder);
    folders.set(key, folder);
    return folder;
  };
  let accepted = 0;
  for (const [i, name] of names.entries()) {
    // It takes seconds in all, and the test runner has to hear of this process in between.
    if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    const folder = folderFor(folderOf(name));
    try {
      const before = claimName(Buffer.concat([Buffer.from(folder), bytesOf(name)]), String(i));
      if (before === undefined) accepted++;
      else aliases.push([name, names[Number(before)]!]);
    } catch (error) {
      const code = codeOf(error);
      if (!REFUSALS.has(code)) throw error;
      refused.set(code, [...(refused.get(code) ?? []), name]);
    }
  }
  return {accepted, aliases, refused};
};
