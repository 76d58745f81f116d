import {type Sql, sqlText} from './database.ts';
import {StoreError} from './store-error.ts';

/** The files that lead from one format to the next, in order. */
const MIGRATIONS = ['migration-0001'] as const;

/** The format that this version reads and writes. */
const FORMAT = MIGRATIONS.length;

const formatOf = (sql: Sql): number => {
  const version = sql.rows('format')[0]?.['user_version'];
  if (typeof version !== 'number') throw new StoreError('corrupt', 'it does not say its format');
  return version;
};

/** @throws StoreError unless the file has the format of this version, or nothing in it yet. Returns whether it has. */
export const assertFormat = (sql: Sql): boolean => {
  const format = formatOf(sql);
  if (format > FORMAT) throw newerFormat(format);
  if (format !== 0 && format < FORMAT)
    throw new StoreError('io', `it has the older format ${format}, and the next run brings it up to date`);
  return format === FORMAT;
};

const newerFormat = (format: number): StoreError =>
  new StoreError('newer', `it has format ${format}, and this version knows formats up to ${FORMAT}`);

/** Brings a file to the format of this version. Each step is done whole or not at all. */
export const migrate = (sql: Sql): void => {
  // Read first: most of the time there is nothing to do, and whoever only reads must not wait for a writer.
  if (formatOf(sql) === FORMAT) return;
  sql.transaction(() => {
    const format = formatOf(sql);
    if (format > FORMAT) throw newerFormat(format);
    for (const name of MIGRATIONS.slice(format)) sql.script(sqlText(name));
    sql.script(`PRAGMA user_version = ${FORMAT}`);
  });
};
