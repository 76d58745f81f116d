import {statSync} from 'node:fs';
import {type Sql, sqlText, textIn} from './database.ts';
import {keepEarlier} from './earlier-copy.ts';
import {MIGRATIONS} from './migrations.ts';
import {type Holder, holderIn, StoreError} from './store-error.ts';

/** The format that this version reads and writes. */
export const FORMAT = MIGRATIONS.length;

/** How often it is tried to find the log of the file empty. */
const TRIES = 5;

const formatOf = (sql: Sql): number => {
  const version = sql.rows('format')[0]?.['user_version'];
  if (typeof version !== 'number') throw new StoreError('corrupt', 'it does not say its format');
  return version;
};

/** Is nothing in the file yet? */
export const isNew = (sql: Sql): boolean => formatOf(sql) === 0;

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

/** An earlier version that runs would write what this one does not understand any more. */
const refuseUsed = (sql: Sql, isAlive: (holder: Holder) => boolean): void => {
  const holder = holderIn(textIn(sql.rows('format-1-lease')[0], 'holder'));
  if (holder !== null && isAlive(holder)) throw new StoreError('taken', `pid ${holder.pid} has it`, holder);
};

const isLogEmpty = (file: string): boolean =>
  (statSync(`${file}-wal`, {throwIfNoEntry: false})?.size ?? 0) === 0;

/** Tries once to bring the file to the format of this version. Returns whether that was possible. */
const tryMigrate = (sql: Sql, file: string, isAlive: (holder: Holder) => boolean): boolean => {
  const isEarlier = formatOf(sql) > 0 && formatOf(sql) < FORMAT;
  if (isEarlier) sql.script('PRAGMA wal_checkpoint(TRUNCATE)');
  return sql.transaction(() => {
    const format = formatOf(sql);
    if (format > FORMAT) {
      throw newerFormat(format);
    }
    if (format > 0 && format < FORMAT) {
      // Somebody has written to it in between, or still reads what was before that.
      if (!isLogEmpty(file)) return false;
      refuseUsed(sql, isAlive);
      keepEarlier(file, format);
    }
    for (const {script, fill} of MIGRATIONS.slice(format)) {
      sql.script(sqlText(script));
      fill(sql);
    }
    sql.script(`PRAGMA user_version = ${FORMAT}`);
    return true;
  });
};

/**
 * Brings a file to the format of this version, all of it or nothing. What was there before is kept in a file beside it.
 *
 * @throws StoreError `newer` for a later format, `taken` if a process that is alive uses an earlier one.
 */
export const migrate = (sql: Sql, file: string, isAlive: (holder: Holder) => boolean): void => {
  // Read first: most of the time there is nothing to do, and whoever only reads must not wait for a writer.
  if (formatOf(sql) === FORMAT) return;
  for (let i = 0; i < TRIES; i++) if (tryMigrate(sql, file, isAlive)) return;
  throw new StoreError('io', 'others use it, so that it cannot be brought to the format of this version');
};
