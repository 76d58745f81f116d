import Database from 'libsql';
import {StoreError} from './store-error.ts';

/** How long to wait for whoever is at it (ms), and between two looks. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 10;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');

const begin = async (database: Database.Database): Promise<void> => {
  for (const until = performance.now() + PATIENCE_MS; ; ) {
    try {
      database.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
};

/**
 * Does something that one process at a time may do. The file, which stays empty, is only there to be locked: the kernel
 * lets go of the lock when the process dies, however it does, so that there is nothing to be cleared away.
 *
 * @throws StoreError if the file cannot be used, or somebody is at it for half a minute.
 */
export const exclusively = async <T>(file: string, act: () => Promise<T>): Promise<T> => {
  let database: Database.Database | null = null;
  try {
    database = new Database(file);
    // Waited for here, and not in the driver: that would keep whoever has the lock in this process from going on.
    for (const pragma of ['busy_timeout = 0', 'journal_mode = OFF']) database.pragma(pragma);
    await begin(database);
  } catch (error) {
    database?.close();
    throw StoreError.of(error);
  }
  try {
    return await act();
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
    database.close();
  }
};
