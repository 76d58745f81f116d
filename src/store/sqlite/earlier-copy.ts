import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import path from 'node:path';

const nameFor = (file: string, format: number, count: number): string =>
  `${file}.format-${format}${count === 1 ? '' : `-${count}`}`;

const sync = (file: string): void => {
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/**
 * Keeps a journal of an earlier format as it is, beside the one that is about to be changed: `state.db.format-1`, on the
 * disk when this returns. A file that has the name and other content is left alone.
 *
 * @param file All of it: nothing may be left in its log, and nobody may write to it meanwhile.
 */
export const keepEarlier = (file: string, format: number): void => {
  const bytes = readFileSync(file);
  for (let count = 1; ; count++) {
    const name = nameFor(file, format, count);
    if (existsSync(name)) {
      // A migration that was cut short has left it.
      if (readFileSync(name).equals(bytes)) return;
      continue;
    }
    const unfinished = `${name}.unfinished`;
    copyFileSync(file, unfinished);
    chmodSync(unfinished, 0o600);
    sync(unfinished);
    renameSync(unfinished, name);
    sync(path.dirname(file));
    return;
  }
};
