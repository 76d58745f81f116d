import {randomUUID} from 'node:crypto';
import path from 'node:path';
import {StoreError} from '../store/sqlite/store-error.ts';
import {alreadyRunning, DisjointError} from './errors.ts';

/** Sorts by start in a listing, and is nobody else's: `20261125T181104-3f2a…`. */
export const runIdAt = (now: number): string =>
  `${new Date(now).toISOString().replaceAll(/[-:]|\..*$/gu, '')}-${randomUUID()}`;

export const journalFileIn = (root: string): string => path.join(root, '.disjoint', 'state.db');

/** What is wrong with the journal, for whoever wants to use it. */
export const journalError = (error: unknown, file: string): unknown => {
  if (!(error instanceof StoreError)) return error;
  switch (error.reason) {
    case 'taken':
      return alreadyRunning(error.holder, null);
    case 'newer':
      return new DisjointError(
        'E_JOURNAL_NEWER',
        `${file} was written by a later version: ${error.message}`,
        'update Disjoint, or move the file away to begin a new one',
      );
    case 'corrupt':
      return new DisjointError(
        'E_JOURNAL_CORRUPT',
        `${file} is damaged: ${error.message}`,
        `see what can be saved with "disjoint doctor --salvage ${file}", or move it away to begin a new one; nothing in it was changed`,
      );
    case 'io':
      return new DisjointError(
        'E_IO',
        `${file} cannot be used: ${error.message}`,
        'check who may write there, and whether the disk is full',
      );
    case 'fenced':
    case 'excluded':
      return error;
  }
};
