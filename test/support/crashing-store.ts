import type {DisjointEvent} from '../../src/core/events.ts';
import type {Store} from '../../src/ports/store.ts';

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
}

/** The store of one life: at its crash point it never answers again, so that nobody is told and nothing is done any more. */
export class CrashingStore implements Store {
  readonly #disk: Disk;
  readonly #point: CrashPoint;
  #isDead = false;
  #tellDied: () => void = () => {};
  /** Resolves when it is dead. */
  readonly died: Promise<void>;
  appends = 0;

  constructor(disk: Disk, point: CrashPoint) {
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

  /** As the journal gives it back: nothing is shared with who wrote it. */
  #keep(events: readonly DisjointEvent[]): void {
    this.#disk.events.push(...events.map((event) => JSON.parse(JSON.stringify(event)) as DisjointEvent));
  }
}
