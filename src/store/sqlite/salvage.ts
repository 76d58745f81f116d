import {chmodSync, copyFileSync, existsSync, linkSync, mkdtempSync, rmSync} from 'node:fs';
import path from 'node:path';
import {assertAllThere, assertWalWhole, readAcknowledged} from './acknowledged.ts';
import {openDamaged, openDatabase, type Sql} from './database.ts';
import {checksumOfRecord, eventIn, type JournalRecord} from './journal-record.ts';
import {type KeptRun, writeRun} from './kept-runs.ts';
import {writeLease} from './lease.ts';
import {migrate} from './migrate.ts';
import {project} from './projections.ts';
import {type Readable, readUpToDamage} from './salvage-read.ts';
import {sealUpTo} from './seals.ts';
import {SqliteStore} from './sqlite-store.ts';
import {StoreError} from './store-error.ts';

/** What became of a damaged journal. */
export interface Salvaged {
  /** How many records are in the new file. */
  readonly records: number;
  readonly runs: number;
  /** How many there were after these; `null` if the file does not say any more. */
  readonly lost: number | null;
  /** What is damaged, with its place. */
  readonly damage: string;
}

/** The row of a run that has records: as it was kept, or as far as its records tell. */
const runOf = (records: readonly JournalRecord[], kept: KeptRun | undefined): KeptRun | null => {
  const [first] = records;
  if (first === undefined) return null;
  const event = eventIn(first);
  const since = event.type === 'run.continued' ? event.since : first.seq;
  const {epoch, at} = first;
  const unknown = {epoch, runId: `salvaged-${epoch}`, startedAt: at, endedAt: null, summary: null};
  return {...(kept ?? unknown), since, firstSeq: first.seq};
};

/** By the run that decided them. */
const grouped = (records: readonly JournalRecord[]): ReadonlyMap<number, readonly JournalRecord[]> => {
  const groups = new Map<number, JournalRecord[]>();
  for (const record of records) {
    const group = groups.get(record.epoch);
    if (group === undefined) groups.set(record.epoch, [record]);
    else group.push(record);
  }
  return groups;
};

/** The runs for the new file: those with records, and those before the last of them that had none. */
const runsFor = ({records, runs}: Readable): readonly KeptRun[] => {
  const byEpoch = grouped(records);
  const lastEpoch = records.at(-1)?.epoch ?? 0;
  const without = runs.filter(
    ({epoch, firstSeq}) => epoch < lastEpoch && firstSeq === null && !byEpoch.has(epoch),
  );
  const kept = new Map(runs.map((run) => [run.epoch, run]));
  const having = [...byEpoch].flatMap(([epoch, own]) => runOf(own, kept.get(epoch)) ?? []);
  return [...without, ...having].toSorted((a, b) => a.epoch - b.epoch);
};

const writeAll = (sql: Sql, readable: Readable): readonly KeptRun[] => {
  const {records} = readable;
  const runs = runsFor(readable);
  const since = runs.findLast((run) => run.since !== null)?.since ?? 0;
  let epochNow: number | null = null;
  for (const record of records) {
    const {seq, epoch, at, type, data} = record;
    if (epoch !== epochNow) writeLease(sql, {holder: null, epoch});
    epochNow = epoch;
    sql.run('append', seq, at, type, data, checksumOfRecord(record), epoch);
    if (seq >= since) project(sql, eventIn(record), seq === since);
  }
  for (const run of runs) writeRun(sql, run);
  const [first, last] = [records[0]?.seq, records.at(-1)?.seq];
  if (first !== undefined && last !== undefined) {
    sql.run('begin-extent', first);
    sql.run('extend', last);
    sealUpTo(sql, first - 1, last);
  }
  return runs;
};

/** Why the journal cannot be used; `null` if it can. @param copy One that may be changed. */
const damageOf = async (file: string, copy: string): Promise<string | null> => {
  try {
    assertWalWhole(file);
    const store = SqliteStore.open(copy);
    const last = await store.lastSeq();
    await store.close();
    assertAllThere(readAcknowledged(file), last);
    return null;
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'corrupt') return error.message;
    throw error;
  }
};

const copyOf = (file: string, folder: string, name: string): string => {
  const copy = path.join(folder, name);
  for (const suffix of ['', '-wal'])
    if (existsSync(`${file}${suffix}`)) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
  return copy;
};

const readCopy = (copy: string, damage: string): Readable => {
  let sql: Sql | null = null;
  try {
    sql = openDamaged(copy);
    return readUpToDamage(sql);
  } catch {
    // Not even its beginning can be read.
    return {records: [], runs: [], lastSaid: null, damage};
  } finally {
    sql?.close();
  }
};

/**
 * Writes a new journal with every record of a damaged one up to the damage. The damaged one is only read.
 *
 * @param target Where to. Nothing may be there.
 * @returns `null` if the journal is whole; nothing is written then.
 * @throws StoreError `newer`, or `io`; an error with the code `EEXIST` if something is there already.
 */
export const salvage = async (file: string, target: string): Promise<Salvaged | null> => {
  const folder = mkdtempSync(`${target}.unfinished-`);
  try {
    const damage = await damageOf(file, copyOf(file, folder, 'checked.db'));
    if (damage === null) return null;
    // Whoever looked at the first copy may have changed it.
    const readable = readCopy(copyOf(file, folder, 'damaged.db'), damage);
    const made = path.join(folder, 'made.db');
    const sql = openDatabase(made);
    migrate(sql, made, () => false);
    const runs = sql.transaction(() => writeAll(sql, readable));
    sql.close();
    // What was made has to be whole: it is looked at like any other.
    await SqliteStore.open(made).close();
    chmodSync(made, 0o600);
    linkSync(made, target);
    const records = readable.records.length;
    const last = readable.records.at(-1)?.seq ?? 0;
    const known = [readable.lastSaid, readAcknowledged(file)?.seq ?? null].filter((seq) => seq !== null);
    return {
      records,
      runs: runs.length,
      lost: known.length === 0 ? null : Math.max(0, Math.max(...known) - last),
      damage: readable.damage ?? damage,
    };
  } catch (error) {
    throw StoreError.of(error);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
};
