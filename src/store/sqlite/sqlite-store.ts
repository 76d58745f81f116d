import type {DisjointEvent} from '../../core/events.ts';
import type {Store} from '../../ports/store.ts';
import {numberIn, openDatabase, openToRead, type Sql, textIn} from './database.ts';
import {checksumOf, eventIn, type JournalRecord, recordIn, recordOf} from './journal-record.ts';
import {assertFormat, migrate} from './migrate.ts';
import {type Holder, holderIn, StoreError} from './store-error.ts';

/** A run that this file knows of. */
export interface KeptRun {
  /** Counts the starts. */
  readonly epoch: number;
  /** The name of its folder of logs, and the mark of its processes. */
  readonly runId: string;
  readonly startedAt: number;
  /** `null` if it was cut short, or still goes on. */
  readonly endedAt: number | null;
  /** What was said of it at its end. */
  readonly summary: string | null;
}

export interface TakeOptions {
  readonly holder: Holder;
  /** Is the process that this names still there? */
  readonly isAlive: (holder: Holder) => boolean;
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
  readonly #sql: Sql;
  #epoch: number | null = null;
  #lastSeq: number;
  #isClosed = false;

  private constructor(sql: Sql, lastSeq: number) {
    this.#sql = sql;
    this.#lastSeq = lastSeq;
  }

  /**
   * Opens the file, makes it if it is not there, and brings it to the format of this version. Everything in it is read once.
   *
   * @throws StoreError `newer` for the format of a later version, which is left as it is; `corrupt` if something in it is
   * not what was written, with its place.
   */
  static open(file: string): SqliteStore {
    let sql: Sql | null = null;
    try {
      sql = openDatabase(file);
      migrate(sql);
      return new SqliteStore(sql, checkedEnd(sql));
    } catch (error) {
      sql?.close();
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
      sql = openToRead(file);
      if (assertFormat(sql)) return new SqliteStore(sql, checkedEnd(sql));
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
    this.#epoch = this.#sql.transaction(() => {
      const [lease] = this.#sql.rows('read-lease');
      const other = holderIn(textIn(lease, 'holder'));
      if (other !== null && isAlive(other)) throw new StoreError('taken', `pid ${other.pid} has it`, other);
      this.#sql.run('take-lease', JSON.stringify(holder));
      const epoch = numberIn(this.#sql.rows('read-lease')[0], 'epoch') ?? 0;
      this.#sql.run('begin-run', epoch, runId, at);
      return epoch;
    });
    // Whoever had it before may have appended since this was opened.
    this.#lastSeq = checkedEnd(this.#sql);
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
    this.#sql.transaction(() => {
      let expected = this.#lastSeq;
      for (const event of events) {
        if (event.seq !== ++expected)
          throw new Error(`Internal error: event ${event.seq} in place of ${expected}`);
        const record = recordOf(event, epoch);
        const {seq, at, type, data} = record;
        const kept = this.#sql.run('append', seq, at, type, data, checksumOf(record), epoch);
        if (kept !== 1) throw new StoreError('fenced', 'another orchestrator has taken over');
      }
      this.#sql.run('extend', expected);
    });
    this.#lastSeq = events.at(-1)?.seq ?? this.#lastSeq;
  }

  read(afterSeq: number, limit?: number): Promise<readonly DisjointEvent[]> {
    try {
      return Promise.resolve(recordsAfter(this.#sql, afterSeq, limit).map(eventIn));
    } catch (error) {
      return Promise.reject(StoreError.of(error));
    }
  }

  /** The events of one run. */
  eventsOf(epoch: number): readonly DisjointEvent[] {
    return recordsAfter(this.#sql, 0)
      .filter((record) => record.epoch === epoch)
      .map(eventIn);
  }

  /** The number of the first event of each run that decided anything, by epoch. */
  firstSeqs(): ReadonlyMap<number, number> {
    return new Map(
      this.#sql
        .rows('first-seqs')
        .map((row) => [numberIn(row, 'epoch') ?? 0, numberIn(row, 'first_seq') ?? 0]),
    );
  }

  /** All runs, the first one first. */
  runs(): readonly KeptRun[] {
    return this.#sql.rows('runs').map((row) => ({
      epoch: numberIn(row, 'epoch') ?? 0,
      runId: textIn(row, 'run_id') ?? '',
      startedAt: numberIn(row, 'started_at') ?? 0,
      endedAt: numberIn(row, 'ended_at'),
      summary: textIn(row, 'summary'),
    }));
  }

  /** Notes that a run is over: this one, or one that was cut short and has been cleared away. */
  endRun(epoch: number, at: number, summary: string | null): void {
    this.#sql.run('end-run', at, summary, epoch);
  }

  /** The epoch of the run that this store was taken for; `null` if it only reads. */
  get epoch(): number | null {
    return this.#epoch;
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      if (this.#epoch !== null) this.#sql.run('release-lease', this.#epoch);
      this.#sql.close();
    }
    return Promise.resolve();
  }
}

/** The number of the last record, once all that should be there was found there. */
function checkedEnd(sql: Sql): number {
  const [extent] = sql.rows('read-extent');
  const [first, last] = [numberIn(extent, 'first_seq'), numberIn(extent, 'last_seq')];
  if (first === null || last === null)
    throw new StoreError('corrupt', 'it does not say how many records it has');
  const records = recordsAfter(sql, 0);
  const [from, to] = [records[0]?.seq ?? first, records.at(-1)?.seq ?? first - 1];
  if (from !== first) throw new StoreError('corrupt', `it begins with record ${from} in place of ${first}`);
  if (to !== last) throw new StoreError('corrupt', `it ends with record ${to} in place of ${last}`);
  return last;
}

/** For SQLite a limit below zero is none. */
const NO_LIMIT = -1;

/** The records after one, each as it was written and without a gap. */
function recordsAfter(sql: Sql, afterSeq: number, limit = NO_LIMIT): readonly JournalRecord[] {
  let expected: number | null = null;
  return sql.rows('read', afterSeq, limit).map((row) => {
    const record = recordIn(row);
    const place = `record ${String(row['seq'])}`;
    if (record === null) throw new StoreError('corrupt', `${place} is not what was written`);
    if (record.seq !== (expected ?? record.seq))
      throw new StoreError('corrupt', `before ${place} one is missing`);
    expected = record.seq + 1;
    return record;
  });
}
