import type {LeftRun} from '../../src/api/left-run.ts';
import type {DisjointEvent} from '../../src/core/events.ts';
import type {SnapshotPart} from '../../src/core/snapshot.ts';
import type {Snapshots, Store} from '../../src/ports/store.ts';

/** Where the process dies, at one append of its life. */
export interface CrashPoint {
  /** The number of the append, from 1. `Infinity`: it lives on. */
  readonly append: number;
  /** `before`: nothing of it reached the disk, or it was torn. `after`: all of it did, and nobody was told. */
  readonly side: 'before' | 'after';
}

/** What is on the disk, whoever lives and dies. */
export class Disk {
  readonly events: DisjointEvent[] = [];
  snapshot: {readonly seq: number; readonly parts: readonly SnapshotPart[]} | null = null;
  /** How many lives began with a snapshot. */
  snapshotsUsed = 0;

  /** What is left of the lives before, as a journal tells it. */
  get left(): LeftRun | null {
    if (this.events.length === 0) return null;
    if (this.snapshot === null) return {runId: 'r', since: 1, snapshot: null, events: [...this.events]};
    this.snapshotsUsed++;
    const {seq, parts} = this.snapshot;
    return {runId: 'r', since: 1, snapshot: parts, events: this.events.slice(seq)};
  }
}

/** As a file gives it back: nothing is shared with who wrote it. */
const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The store of one life: at its crash point it never answers again, so that nobody is told and nothing is done any more. */
export class CrashingStore implements Store {
  readonly gathers = false;
  readonly snapshots: Snapshots | null;
  readonly #disk: Disk;
  readonly #point: CrashPoint;
  #isDead = false;
  #tellDied: () => void = () => {};
  /** Resolves when it is dead. */
  readonly died: Promise<void>;
  appends = 0;

  /** @param hasSnapshots It keeps one as often as one may be due. */
  constructor(disk: Disk, point: CrashPoint, hasSnapshots: boolean) {
    this.snapshots = hasSnapshots ? {every: 1, keep: (seq, parts) => this.#keepSnapshot(seq, parts)} : null;
    this.#disk = disk;
    this.#point = point;
    this.died = new Promise((resolve) => {
      this.#tellDied = resolve;
    });
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  append(events: readonly DisjointEvent[]): Promise<void> {
    this.appends++;
    if (this.appends >= this.#point.append) {
      if (!this.#isDead && this.#point.side === 'after') this.#keep(events);
      this.#isDead = true;
      this.#tellDied();
      return new Promise(() => {});
    }
    this.#keep(events);
    return Promise.resolve();
  }

  read(afterSeq: number, limit?: number): Promise<readonly DisjointEvent[]> {
    return Promise.resolve(this.#disk.events.filter(({seq}) => seq > afterSeq).slice(0, limit));
  }

  lastSeq(): Promise<number> {
    return Promise.resolve(this.#disk.events.at(-1)?.seq ?? 0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #keepSnapshot(seq: number, given: AsyncIterable<SnapshotPart>): Promise<void> {
    const parts: SnapshotPart[] = [];
    for await (const part of given) parts.push(copied(part));
    // Without its end it does not count.
    if (this.#isDead) return new Promise(() => {});
    this.#disk.snapshot = {seq, parts};
  }

  #keep(events: readonly DisjointEvent[]): void {
    this.#disk.events.push(...events.map(copied));
  }
}
