import type {SnapshotPart} from '../core/snapshot.ts';
import {snapshotParts} from '../core/snapshot-parts.ts';
import type {CoordinatorState} from '../core/state.ts';
import type {Snapshots} from '../ports/store.ts';

/** Why a snapshot does not come to its end. */
class Stopped extends Error {}

/**
 * Has the state kept from time to time, so that a run which is cut short need not read all of its events.
 *
 * One is due after so many events, and not before twice as many as there are tasks: what it costs grows with the tasks, so
 * each event pays about the same for it. It is made piece by piece, and the event loop has its turn in between.
 */
export class SnapshotWriter {
  readonly #snapshots: Snapshots;
  readonly #failed: (error: unknown) => void;
  /** The last event that one stands for, or is being made for. */
  #lastSeq: number;
  #writing: Promise<void> | null = null;
  #isStopped = false;

  /** @param failed Told if one cannot be written, as of any write to the store. */
  constructor(snapshots: Snapshots, seq: number, failed: (error: unknown) => void) {
    this.#snapshots = snapshots;
    this.#lastSeq = seq;
    this.#failed = failed;
  }

  /** The state after a commit. */
  committed(state: CoordinatorState): void {
    const due = this.#lastSeq + Math.max(this.#snapshots.every, 2 * state.tasks.size);
    if (this.#writing === null && !this.#isStopped && state.seq >= due) void this.#write(state);
  }

  /** The last state. Resolves when it is kept. */
  async ended(state: CoordinatorState): Promise<void> {
    await this.#writing;
    if (!this.#isStopped && state.seq > this.#lastSeq) await this.#write(state);
  }

  /** Nothing more is written. */
  stop(): void {
    this.#isStopped = true;
  }

  #write(state: CoordinatorState): Promise<void> {
    this.#lastSeq = state.seq;
    const writing = this.#snapshots
      .keep(state.seq, this.#inTurns(state))
      .catch((error: unknown) => {
        if (!this.#isStopped) this.#failed(error);
      })
      .finally(() => {
        this.#writing = null;
      });
    this.#writing = writing;
    return writing;
  }

  async *#inTurns(state: CoordinatorState): AsyncGenerator<SnapshotPart> {
    for (const part of snapshotParts(state)) {
      if (this.#isStopped) throw new Stopped();
      yield part;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
