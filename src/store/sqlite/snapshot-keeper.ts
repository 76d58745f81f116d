import type {SnapshotPart} from '../../core/snapshot.ts';
import type {Snapshots} from '../../ports/store.ts';
import type {Sql} from './database.ts';
import {textOf} from './journal-record.ts';
import {beginSnapshot, completeSnapshot, keepPart, nextSlot} from './snapshots.ts';
import {StoreError} from './store-error.ts';

/** So much text (characters) is written in one transaction. */
const WRITTEN_AT_ONCE = 512 * 1024;

interface Draft {
  readonly slot: number;
  readonly seq: number;
  written: number;
  waiting: string[];
}

/** Keeps snapshots beside a journal, for the run that has it. */
export class SnapshotKeeper implements Snapshots {
  readonly every: number;
  readonly #sql: Sql;
  readonly #since: () => number | null;

  /** @param since The first event of the run; throws if another one has taken over, `null` if it has decided nothing. */
  constructor(sql: Sql, every: number, since: () => number | null) {
    this.every = every;
    this.#sql = sql;
    this.#since = since;
  }

  async keep(seq: number, parts: AsyncIterable<SnapshotPart>): Promise<void> {
    try {
      const draft: Draft = {slot: nextSlot(this.#sql), seq, written: 0, waiting: []};
      let size = 0;
      for await (const part of parts) {
        const text = textOf(part);
        draft.waiting.push(text);
        size += text.length;
        if (size < WRITTEN_AT_ONCE) continue;
        this.#write(draft, false);
        size = 0;
      }
      this.#write(draft, true);
    } catch (error) {
      throw StoreError.of(error);
    }
  }

  #write(draft: Draft, isLast: boolean): void {
    const {slot, seq} = draft;
    this.#sql.transaction(() => {
      const since = this.#since();
      if (since === null) return;
      if (draft.written === 0) beginSnapshot(this.#sql, slot);
      for (const data of draft.waiting) keepPart(this.#sql, {slot, seq, part: draft.written++, data});
      if (isLast) completeSnapshot(this.#sql, {slot, seq, since, parts: draft.written});
    });
    draft.waiting = [];
  }
}
