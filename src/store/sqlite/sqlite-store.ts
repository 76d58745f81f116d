import type {DisjointEvent} from '../../core/events.ts';
import type {Snapshots, Store} from '../../ports/store.ts';
import {AcknowledgedNote, assertAllThere, assertWalWhole, readAcknowledged} from './acknowledged.ts';
import {openDatabase, openToRead, type Sql} from './database.ts';
import {checksumOfRecord, eventIn, recordOf} from './journal-record.ts';
import {type KeptRun, readRuns, writeRun} from './kept-runs.ts';
import {type Lease, readLease, writeLease} from './lease.ts';
import {assertFormat, isNew, migrate} from './migrate.ts';
import {project} from './projections.ts';
import {type Checked, checkRecords, recordsIn} from './records.ts';
import {forgetUpTo, type RunSize, runSizes} from './retention.ts';
import {sealUpTo} from './seals.ts';
import {SnapshotKeeper} from './snapshot-keeper.ts';
import {type FoundSnapshot, findSnapshot} from './snapshots.ts';
import {type Holder, StoreError} from './store-error.ts';

/** To fold so many events takes less than a second. */
const SNAPSHOT_EVERY = 10_000;

/** Whether the process that a holder names is still there. */
type IsAlive = (holder: Holder) => boolean;

export interface TakeOptions {
  readonly holder: Holder;
  readonly isAlive: IsAlive;
  readonly runId: string;
  /** Wall time, in ms. */
  readonly at: number;
}

/**
 * Keeps events in a file, for good: what was appended is on the disk.
 *
 * One orchestrator at a time has the lease and may append. Each insert asks for its epoch, so that one that was taken for
 * dead and lives on cannot write any more.
 */
export class SqliteStore implements Store {
  readonly gathers = true;
  readonly snapshots: Snapshots;
  readonly #sql: Sql;
  readonly #note: AcknowledgedNote;
  #epoch: number | null = null;
  #lastSeq: number;
  #sealedTo: number;
  /** Whether the run that this was taken for has decided anything. */
  #hasDecided = false;
  #isClosed = false;

  private constructor(sql: Sql, file: string, {last, sealedTo}: Checked) {
    this.#sql = sql;
    this.#note = new AcknowledgedNote(file);
    this.#lastSeq = last;
    this.#sealedTo = sealedTo;
    this.snapshots = new SnapshotKeeper(sql, SNAPSHOT_EVERY, () => this.#sinceOfRun());
  }

  /**
   * Opens the file, makes it if it is not there, and brings it to the format of this version. Everything in it is read once.
   *
   * @param isAlive Asked where the file has an earlier format and somebody has it. Without it, nobody is there any more.
   * @throws StoreError `newer` for the format of a later version, which is left as it is; `taken` for an earlier one that
   * is in use; `corrupt` if something in it is not what was written, with its place.
   */
  static open(file: string, isAlive: IsAlive = () => false): SqliteStore {
    let sql: Sql | null = null;
    try {
      assertWalWhole(file);
      const known = readAcknowledged(file);
      sql = openDatabase(file);
      if (isNew(sql)) assertAllThere(known, 0);
      migrate(sql, file, isAlive);
      const found = checked(sql);
      assertAllThere(known, found.last);
      return new SqliteStore(sql, file, found);
    } catch (error) {
      closeQuietly(sql);
      throw StoreError.of(error);
    }
  }

  /**
   * Opens a file that is there to read it, as it is at this moment, also while a run writes to it. `null` if nothing was ever
   * written to it. Nothing in it changes.
   *
   * @throws StoreError as `open` does, and `io` for an older format.
   */
  static openToRead(file: string): SqliteStore | null {
    let sql: Sql | null = null;
    try {
      assertWalWhole(file);
      const known = readAcknowledged(file);
      sql = openToRead(file);
      if (assertFormat(sql)) {
        const found = checkedNow(sql);
        assertAllThere(known, found.last);
        return new SqliteStore(sql, file, found);
      }
      assertAllThere(known, 0);
      sql.close();
      return null;
    } catch (error) {
      sql?.close();
      throw StoreError.of(error);
    }
  }

  /**
   * Takes the lease for a new run.
   *
   * @throws StoreError `taken` if another process that is alive has it.
   */
  take({holder, isAlive, runId, at}: TakeOptions): void {
    this.#epoch = this.#transaction(() => {
      const {holder: other, epoch: last} = readLease(this.#sql);
      if (other !== null && isAlive(other)) throw new StoreError('taken', `pid ${other.pid} has it`, other);
      const epoch = last + 1;
      writeLease(this.#sql, {holder, epoch});
      const begun = {epoch, runId, startedAt: at, since: null, firstSeq: null, endedAt: null, summary: null};
      writeRun(this.#sql, begun);
      return epoch;
    });
    // Whoever had it before may have appended since this was opened.
    const {last, sealedTo} = checkRecords(this.#sql, this.#lastSeq);
    this.#lastSeq = last;
    this.#sealedTo = sealedTo;
    this.#hasDecided = false;
  }

  /**
   * Takes the lease and begins no run: nobody else can take it until this is closed.
   *
   * @throws StoreError `taken` if another process that is alive has it.
   */
  hold(holder: Holder, isAlive: IsAlive): void {
    this.#epoch = this.#transaction(() => {
      const {holder: other, epoch} = readLease(this.#sql);
      if (other !== null && isAlive(other)) throw new StoreError('taken', `pid ${other.pid} has it`, other);
      writeLease(this.#sql, {holder, epoch});
      return epoch;
    });
  }

  /** What the records of each run take, by epoch. */
  sizes(): ReadonlyMap<number, RunSize> {
    return runSizes(this.#sql);
  }

  /**
   * Forgets all runs up to one, for good, and gives the room back to the disk. Only for who holds the lease.
   *
   * @throws StoreError `fenced` if something of them is still needed.
   */
  forget(epoch: number): void {
    this.#transaction(() => {
      if (readLease(this.#sql).epoch !== this.#epoch)
        throw new StoreError('fenced', 'another orchestrator has taken over');
      forgetUpTo(this.#sql, epoch);
    });
    said(() => this.#sql.script('VACUUM'));
  }

  lastSeq(): Promise<number> {
    return Promise.resolve(this.#lastSeq);
  }

  append(events: readonly DisjointEvent[]): Promise<void> {
    try {
      if (events.length > 0) this.#append(events);
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(StoreError.of(error));
    }
  }

  #append(events: readonly DisjointEvent[]): void {
    const epoch = this.#epoch;
    if (epoch === null) throw new StoreError('fenced', 'no run has begun');
    const sealedTo = this.#sql.transaction(() => {
      let expected = this.#lastSeq;
      for (const event of events) {
        if (event.seq !== ++expected)
          throw new Error(`Internal error: event ${event.seq} in place of ${expected}`);
        const record = recordOf(event, epoch);
        const {seq, at, type, data} = record;
        const kept = this.#sql.run('append', seq, at, type, data, checksumOfRecord(record), epoch);
        if (kept !== 1) throw new StoreError('fenced', 'another orchestrator has taken over');
        project(this.#sql, event, !this.#hasDecided && event === events[0]);
      }
      this.#sql.run('extend', expected);
      if (!this.#hasDecided) this.#noteBeginning(epoch, events[0]);
      return sealUpTo(this.#sql, this.#sealedTo, expected);
    });
    this.#sealedTo = sealedTo;
    this.#hasDecided = true;
    this.#lastSeq = events.at(-1)?.seq ?? this.#lastSeq;
    this.#note.write(this.#lastSeq);
  }

  #noteBeginning(epoch: number, first: DisjointEvent | undefined): void {
    if (first === undefined) return;
    const since = first.type === 'run.continued' ? first.since : first.seq;
    this.#changeRun(epoch, (run) => ({...run, since, firstSeq: first.seq}));
  }

  read(afterSeq: number, limit = Number.MAX_SAFE_INTEGER): Promise<readonly DisjointEvent[]> {
    try {
      const events: DisjointEvent[] = [];
      for (const event of limit < 1 ? [] : this.events(afterSeq)) {
        events.push(event);
        if (events.length >= limit) break;
      }
      return Promise.resolve(events);
    } catch (error) {
      return Promise.reject(StoreError.of(error));
    }
  }

  /**
   * The same, read as they are asked for, up to another number.
   *
   * @throws StoreError `corrupt` at the first that is not what was written.
   */
  *events(afterSeq: number, untilSeq = Number.MAX_SAFE_INTEGER): Generator<DisjointEvent> {
    for (const record of recordsIn(this.#sql, afterSeq, untilSeq)) yield eventIn(record);
  }

  /** All runs, the first one first. */
  runs(): readonly KeptRun[] {
    return readRuns(this.#sql);
  }

  /** Who may append at this moment. */
  lease(): Lease {
    return readLease(this.#sql);
  }

  /** Notes that a run is over: this one, or one that was cut short and has been cleared away. What was said first stays. */
  endRun(epoch: number, at: number, summary: string | null): void {
    this.#transaction(() => {
      this.#changeRun(epoch, (run) => (run.endedAt === null ? {...run, endedAt: at, summary} : run));
    });
  }

  /** The latest snapshot of the run that began with this event, or went on with that run. */
  findSnapshot(since: number): FoundSnapshot {
    return findSnapshot(this.#sql, since, this.#lastSeq);
  }

  #sinceOfRun(): number | null {
    if (readLease(this.#sql).epoch !== this.#epoch)
      throw new StoreError('fenced', 'another orchestrator has taken over');
    return readRuns(this.#sql).at(-1)?.since ?? null;
  }

  #changeRun(epoch: number, change: (run: KeptRun) => KeptRun): void {
    const run = readRuns(this.#sql).find((one) => one.epoch === epoch);
    if (run !== undefined) writeRun(this.#sql, change(run));
  }

  /** The epoch of the run that this store was taken for; `null` if it only reads. */
  get epoch(): number | null {
    return this.#epoch;
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    try {
      this.#releaseAndClose();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(StoreError.of(error));
    }
  }

  #releaseAndClose(): void {
    try {
      if (this.#epoch !== null) this.#release(this.#epoch);
    } finally {
      this.#note.close();
      this.#sql.close();
    }
  }

  #transaction<T>(act: () => T): T {
    return said(() => this.#sql.transaction(act));
  }

  #release(epoch: number): void {
    this.#transaction(() => {
      // Whoever lost it does not give it back.
      if (readLease(this.#sql).epoch === epoch) writeLease(this.#sql, {holder: null, epoch});
    });
  }
}

/** After an error that says more. */
const closeQuietly = (sql: Sql | null): void => {
  try {
    sql?.close();
  } catch {
    // Nothing was changed.
  }
};

/** Whatever SQLite throws is an error of this store. */
const said = <T>(act: () => T): T => {
  try {
    return act();
  } catch (error) {
    throw StoreError.of(error);
  }
};

/** Looks at all of it. To be called within a transaction, so that it is as it was at one moment. */
const checkedNow = (sql: Sql): Checked => {
  const found = checkRecords(sql, 0);
  const {epoch} = readLease(sql);
  const lastRun = readRuns(sql).at(-1)?.epoch ?? 0;
  if (lastRun !== epoch) throw new StoreError('corrupt', `its last run is ${lastRun} in place of ${epoch}`);
  return found;
};

const checked = (sql: Sql): Checked => sql.reading(() => checkedNow(sql));
