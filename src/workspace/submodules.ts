import {closeSync, constants, fstatSync, lstatSync, openSync, readSync} from 'node:fs';

const BYTES_MAX = 1024 * 1024;

/** The text of a regular file; nothing if it is something else, too large, or not to be read. */
const readRegular = (path: string): string => {
  // Looked at first: to open a device can be an act. What it became since then is looked at again.
  const stats = lstatSync(path, {throwIfNoEntry: false});
  if (stats?.isFile() !== true) return '';
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const opened = fstatSync(file);
    if (!opened.isFile() || opened.size > BYTES_MAX) return '';
    const bytes = Buffer.alloc(opened.size);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
};

const ESCAPES: Readonly<Record<string, string>> = {n: '\n', t: '\t', b: '\b'};

/** A value as git reads it. */
const valueOf = (text: string): string => {
  let value = '';
  // Spaces count once something follows them, and in quotes.
  let spaces = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    let character = text.charAt(i);
    if (character === '"') {
      // Also those before quotes with nothing in them.
      value += spaces;
      spaces = '';
      isQuoted = !isQuoted;
      continue;
    }
    if (!isQuoted && /[#;]/u.test(character)) break;
    if (!isQuoted && /\s/u.test(character)) {
      if (value !== '') spaces += character;
      continue;
    }
    if (character === '\\') {
      i++;
      character = ESCAPES[text.charAt(i)] ?? text.charAt(i);
    }
    value += spaces + character;
    spaces = '';
  }
  return value;
};

const SECTION = /^\s*\[\s*(?<name>[^\]\s"]+)(?:\s*"(?:\\.|[^"\\])*")?\s*\]/u;
const PATH = /^\s*path\s*=(?<value>.*)$/isu;

/** Each `path = ...` of a section of submodules. */
export const parseSubmodules = (text: string): readonly string[] => {
  const paths: string[] = [];
  let isSubmodule = false;
  // A backslash at the end of a line continues it, if it is not itself behind one.
  const lines = text.replaceAll(/(?<!\\)((?:\\\\)*)\\\r?\n/gu, '$1').split(/\r?\n/u);
  for (const line of lines) {
    const section = SECTION.exec(line);
    if (section !== null) isSubmodule = section.groups?.['name']?.toLowerCase() === 'submodule';
    const value = PATH.exec(line.slice(section?.[0].length ?? 0))?.groups?.['value'];
    if (isSubmodule && value !== undefined) paths.push(valueOf(value));
  }
  return paths;
};

/** Where the submodules of a repository are, as `.gitmodules` says; none if it says nothing that can be read. */
export const submodulePaths = (root: string): readonly string[] => {
  try {
    return parseSubmodules(readRegular(`${root}/.gitmodules`));
  } catch {
    return [];
  }
};
