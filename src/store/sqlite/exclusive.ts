import Database from 'libsql';
import {StoreError} from './store-error.ts';

/** How long to wait for whoever is at it (ms), and between two looks. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 10;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');

const begin = async (database: Database.Database, patienceMs: number): Promise<void> => {
  for (const until = performance.now() + patienceMs; ; ) {
    try {
      database.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
};

/** Opens the file, and locks it. The caller closes it. */
const locked = async (file: string, patienceMs: number): Promise<Database.Database> => {
  const database = new Database(file);
  try {
    // Waited for here, and not in the driver: that would keep whoever has the lock in this process from going on.
    for (const pragma of ['busy_timeout = 0', 'journal_mode = OFF']) database.pragma(pragma);
    await begin(database, patienceMs);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

const unlock = (database: Database.Database): void => {
  if (database.inTransaction) database.exec('ROLLBACK');
  database.close();
};

/**
 * Keeps a file locked until what this returns is called, or the process dies, as `exclusively` does for a moment.
 *
 * @param patienceMs How long to wait for whoever has it.
 * @returns `taken` if somebody else has it.
 * @throws StoreError if the file cannot be used.
 */
export const keepLocked = async (file: string, patienceMs: number): Promise<(() => void) | 'taken'> => {
  try {
    const database = await locked(file, patienceMs);
    return () => unlock(database);
  } catch (error) {
    if (isBusy(error)) return 'taken';
    throw StoreError.of(error);
  }
};

/**
 * Does something that one process at a time may do. The file, which stays empty, is only there to be locked: the kernel
 * lets go of the lock when the process dies, however it does, so that there is nothing to be cleared away.
 *
 * @throws StoreError if the file cannot be used, or somebody is at it for half a minute.
 */
export const exclusively = async <T>(file: string, act: () => Promise<T>): Promise<T> => {
  const database = await locked(file, PATIENCE_MS).catch((error: unknown) => {
    throw StoreError.of(error);
  });
  try {
    return await act();
  } finally {
    unlock(database);
  }
};
