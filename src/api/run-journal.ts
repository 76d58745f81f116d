import {chmodSync} from 'node:fs';
import path from 'node:path';
import type {RunSummary} from '../core/summary.ts';
import {isStillThere, ownIdentity} from '../executors/process/identity.ts';
import {makeStateFolder} from '../executors/process/state-folder.ts';
import type {Store} from '../ports/store.ts';
import {SqliteStore} from '../store/sqlite/sqlite-store.ts';
import {type Cleared, clearAway, type InterruptedRun, type LockedFor} from './clear-away.ts';
import {stateLost} from './errors.ts';
import {journalError, journalFileIn, runIdAt} from './journal-file.ts';
import {endAll, isUnfinished, openRuns, runIdsIn} from './journal-runs.ts';
import {KeptFiles} from './kept-files.ts';

/**
 * The journal of a repository, for one run: it is the only one that runs there, and nothing is left of those before it.
 */
export class RunJournal {
  readonly runId: string;
  /** The run before this one, if it was cut short. Nothing of it is alive any more. */
  readonly interrupted: InterruptedRun | null;
  /** The processes that were left of earlier runs in this repository, also of those with another journal, and are stopped now. */
  readonly stopped: readonly number[];
  readonly #store: SqliteStore;
  readonly #files: KeptFiles;
  /** As it is named in errors. */
  readonly #name: string;

  private constructor(
    {store, name, files}: {readonly store: SqliteStore; readonly name: string; readonly files: KeptFiles},
    runId: string,
    {interrupted, stopped}: Cleared,
  ) {
    this.#store = store;
    this.#name = name;
    this.#files = files;
    this.runId = runId;
    this.interrupted = interrupted;
    this.stopped = stopped;
  }

  /**
   * Opens the journal in the state folder of the repository, makes it if it is not there, and takes it for a new run.
   *
   * Processes of a run whose orchestrator is dead could still write: they are stopped before this resolves. They may be of a
   * run for another folder of the repository, with a journal of its own: all that carries the mark of the repository is of the
   * past, as its lock is ours.
   *
   * @param lock That of the repository.
   * @throws DisjointError `E_ALREADY_RUNNING`, `E_JOURNAL_CORRUPT`, `E_JOURNAL_NEWER`, or `E_LEFT_OVERS` if something that
   * was left of an earlier run cannot be stopped.
   */
  static async take(root: string, lock: LockedFor): Promise<RunJournal> {
    const file = journalFileIn(root);
    makeStateFolder(path.dirname(file));
    const name = path.relative(root, file);
    const at = Date.now();
    const runId = runIdAt(at);
    let store: SqliteStore | null = null;
    try {
      store = SqliteStore.open(file, isStillThere);
      chmodSync(file, 0o600);
      store.take({holder: {...ownIdentity(), since: at}, isAlive: isStillThere, runId, at});
      const files = new KeptFiles([path.dirname(file), file]);
      return new RunJournal({store, name, files}, runId, await clearAway(store, lock));
    } catch (error) {
      // Why it cannot be taken says more than why it cannot be closed then.
      await store?.close().catch(() => {});
      throw journalError(error, name);
    }
  }

  /** What the orchestrator keeps its events in. It stays open when that is shut down: the end of the run comes after. */
  get store(): Store {
    const store = this.#store;
    return {
      gathers: store.gathers,
      snapshots: store.snapshots,
      // Nothing starts that was not appended, so this is a look before each start.
      append: (events) => {
        const lost = this.lost();
        return lost === null ? store.append(events) : Promise.reject(stateLost(lost));
      },
      read: (afterSeq, limit) => store.read(afterSeq, limit),
      lastSeq: () => store.lastSeq(),
      close: () => Promise.resolve(),
    };
  }

  /** The folder of the state or the journal, if that is not there any more or is another one: the next run would not see it. */
  lost(): string | null {
    return this.#files.lost();
  }

  /** Which run decided an event, by the name of its folder of logs. To be asked for before this run decides anything. */
  async runIdOf(): Promise<(seq: number) => string> {
    return runIdsIn(this.#store, await this.#store.lastSeq(), this.runId);
  }

  /**
   * What was left is in this run now, on the disk: the run that was cut short is over.
   *
   * @throws DisjointError `E_IO` if that cannot be written.
   */
  tookOver(): void {
    try {
      endAll(this.#store, openRuns(this.#store));
    } catch (error) {
      throw journalError(error, this.#name);
    }
  }

  /**
   * The run is over, and nothing of it is alive. `null`: it did not get far enough to be summed up. If tasks of it are left
   * all the same, the next run goes on with them.
   *
   * @throws DisjointError `E_IO` if that cannot be written: the next run finds that this one was cut short.
   */
  async end(summary: RunSummary | null): Promise<void> {
    try {
      await this.#note(summary);
    } catch (error) {
      throw journalError(error, this.#name);
    }
  }

  async #note(summary: RunSummary | null): Promise<void> {
    const store = this.#store;
    const {epoch} = store;
    try {
      if (epoch === null) return;
      const isCut = summary === null && (await isUnfinished(store, epoch));
      if (!isCut) store.endRun(epoch, Date.now(), summary === null ? null : JSON.stringify(summary));
    } finally {
      await store.close();
    }
  }
}
