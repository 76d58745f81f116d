import {closeSync, existsSync, openSync, readFileSync, readSync, statSync, truncateSync} from 'node:fs';
import Database from 'libsql';

/** One row of an answer: what is in it is for whoever asked to check. */
export type Row = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/**
 * The text in a column that was asked for as bytes; `null` if there is none, or it is no text any more. The driver ends the
 * whole process where it has to make a text of bytes that are none, as in a file that was damaged. For the same reason
 * numbers are asked for as numbers: one bit can make a text of one.
 */
export const textIn = (row: Row | undefined, column: string): string | null => {
  const value = row?.[column];
  if (!(value instanceof ArrayBuffer) && !(value instanceof Uint8Array)) return null;
  try {
    return utf8.decode(value);
  } catch {
    return null;
  }
};

export const numberIn = (row: Row | undefined, column: string): number | null => {
  const value = row?.[column];
  return typeof value === 'number' ? value : null;
};

export type Value = string | number | null;

/** What is used of SQLite: enough that another driver could take its place. */
export interface Sql {
  /** Runs a statement. Returns how many rows it changed. */
  run(statement: string, ...values: readonly Value[]): number;
  rows(statement: string, ...values: readonly Value[]): readonly Row[];
  /** Runs text with several statements in it. */
  script(text: string): void;
  /** All of it, or nothing. Whoever else writes waits, for up to five seconds. */
  transaction<T>(act: () => T): T;
  /** Everything that is read in it was there at one moment, whatever others write meanwhile. */
  reading<T>(act: () => T): T;
  close(): void;
}

/** The text of a statement, which has a file of its own. */
export const sqlText = (name: string): string =>
  readFileSync(new URL(`sql/${name}.sql`, import.meta.url), 'utf8');

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null;

class Driver implements Sql {
  readonly #database: Database.Database;
  readonly #isWriter: boolean;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(database: Database.Database, isWriter: boolean) {
    this.#database = database;
    this.#isWriter = isWriter;
  }

  run(statement: string, ...values: readonly Value[]): number {
    return this.#prepared(statement).run(...values).changes;
  }

  rows(statement: string, ...values: readonly Value[]): readonly Row[] {
    return this.#prepared(statement)
      .all(...values)
      .filter(isRow);
  }

  script(text: string): void {
    this.#database.exec(text);
  }

  transaction<T>(act: () => T): T {
    return this.#within('BEGIN IMMEDIATE', act);
  }

  reading<T>(act: () => T): T {
    return this.#within('BEGIN', act);
  }

  #within<T>(begin: string, act: () => T): T {
    this.script(begin);
    try {
      const result = act();
      this.script('COMMIT');
      return result;
    } catch (error) {
      // After some errors SQLite has rolled back by itself.
      if (this.#database.inTransaction) this.script('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    if (!this.#database.open) return;
    this.#statements.clear();
    // The driver lets go of the file only when its memory is cleared up, so the log would stay beside it until then.
    try {
      if (this.#isWriter) this.#database.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.#database.close();
    }
  }

  #prepared(name: string): Database.Statement {
    const known = this.#statements.get(name);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(sqlText(name));
    this.#statements.set(name, prepared);
    return prepared;
  }
}

/** How every file of SQLite begins (https://sqlite.org/fileformat2.html#the_database_header). */
const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;

/** Zeros take no room on most disks. */
const FILLED_UP_MOST = 2 ** 40;

/** How long the header says that the file is, in bytes; `null` if it does not say. */
const lengthSaid = (header: Buffer): number | null => {
  // 1 stands for 65,536. The number of pages counts if it was written together with the last change.
  const page = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  return header.readUInt32BE(24) === header.readUInt32BE(92) ? page * header.readUInt32BE(28) : null;
};

/**
 * SQLite takes a file that is too short to be one of its own for a new one, and writes over it; and where the end of a
 * longer one is missing, it reads zeros.
 */
const refuseOther = (file: string): void => {
  // Nothing is there, or cannot be: SQLite says why.
  if (!existsSync(file)) return;
  const {size} = statSync(file);
  // What was made and never written to is new as well.
  if (size === 0) return;
  const header = Buffer.alloc(HEADER_BYTES);
  const handle = openSync(file, 'r');
  try {
    const length = readSync(handle, header);
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC || length < HEADER_BYTES)
      throw new Error('file is not a database');
  } finally {
    closeSync(handle);
  }
  // While there is a log, the rest may be there.
  const log = statSync(`${file}-wal`, {throwIfNoEntry: false})?.size ?? 0;
  const said = lengthSaid(header);
  if (log === 0 && said !== null && size < said)
    throw new Error(`database is malformed: it has ${size} bytes in place of ${said}`);
};

const WRITES = ['busy_timeout = 5000', 'journal_mode = WAL', 'synchronous = FULL'];

/**
 * Opens a database file. A commit is on the disk when it returns: WAL with `synchronous=FULL` syncs the log at each of
 * them (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export const openDatabase = (file: string): Sql => open(file, WRITES);

/**
 * Opens a file to read it, as it is at this moment: what others write meanwhile is not seen. Nothing in it can be changed
 * through this, not even by closing it.
 */
export const openToRead = (file: string): Sql => {
  const sql = open(file, ['busy_timeout = 5000', READS_ONLY]);
  sql.script('BEGIN');
  return sql;
};

/** The driver has an option for that, which does nothing. */
const READS_ONLY = 'query_only = ON';

function open(file: string, pragmas: readonly string[]): Sql {
  refuseOther(file);
  return opened(file, pragmas);
}

/** Fills a copy that was cut off with zeros, so that SQLite reads what is there, up to the first page that is missing. */
const fillUp = (file: string): void => {
  const header = Buffer.alloc(HEADER_BYTES);
  const handle = openSync(file, 'r');
  const length = readSync(handle, header);
  closeSync(handle);
  const said = length === HEADER_BYTES ? lengthSaid(header) : null;
  // A length that nobody would believe is damage as well.
  if (said !== null && said <= FILLED_UP_MOST && statSync(file).size < said) truncateSync(file, said);
};

/** The same for a copy that may be damaged, cut off or written over: what can be read of it is. */
export const openDamaged = (file: string): Sql => {
  fillUp(file);
  return opened(file, WRITES);
};

function opened(file: string, pragmas: readonly string[]): Sql {
  const database = new Database(file);
  try {
    for (const pragma of pragmas) database.pragma(pragma);
  } catch (error) {
    database.close();
    throw error;
  }
  return new Driver(database, !pragmas.includes(READS_ONLY));
}
