import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import {type Salvaged, salvage} from '../store/sqlite/salvage.ts';
import {DisjointError} from './errors.ts';
import {journalError} from './journal-file.ts';

export interface SalvageReport {
  /** The damaged journal, as it was named. */
  readonly file: string;
  /** The new one; `null` if nothing was damaged, and nothing was written. */
  readonly written: string | null;
  readonly salvaged: Salvaged | null;
}

const existsError = (target: string): DisjointError =>
  new DisjointError(
    'E_FILE_EXISTS',
    `${target} is there already`,
    'move it away first; it is not overwritten',
  );

/**
 * Writes what can be read of a damaged journal into a new file beside it, `FILE.salvaged`.
 *
 * @throws DisjointError `E_FILE_EXISTS` if that is there, `E_JOURNAL_NEWER`, or `E_IO`.
 */
export const salvageJournal = async (file: string, cwd: string): Promise<SalvageReport> => {
  const from = path.resolve(cwd, file);
  const written = `${file}.salvaged`;
  const target = path.resolve(cwd, written);
  if (statSync(from, {throwIfNoEntry: false})?.isFile() !== true)
    throw new DisjointError('E_IO', `${file} is no file`, 'name a journal, such as .disjoint/state.db');
  if (existsSync(target)) throw existsError(written);
  try {
    const salvaged = await salvage(from, target);
    return {file, written: salvaged === null ? null : written, salvaged};
  } catch (error) {
    // Somebody else was quicker.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw existsError(written);
    throw journalError(error, file);
  }
};
