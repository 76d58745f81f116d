import {describe, expect, test} from 'vitest';
import type {SnapshotPart} from '../../../src/core/snapshot.ts';
import type {CoordinatorState} from '../../../src/core/state.ts';
import {step} from '../../../src/core/step.ts';
import type {Snapshots} from '../../../src/ports/store.ts';
import {SnapshotWriter} from '../../../src/runtime/snapshot-writer.ts';
import {beginning, drawFrom, Play} from '../../support/random-play.ts';
import {settled} from '../../support/scripted-run.ts';

/** States of one run, one after each step. */
function* states(): Generator<CoordinatorState> {
  const play = new Play(drawFrom(3));
  let state = beginning({});
  for (;;) {
    state = step(state, play.next(state)).state;
    yield state;
  }
}

/** Keeps what it is given, one part for each time that it is let go on. */
class Kept implements Snapshots {
  readonly every = 20;
  readonly seqs: number[] = [];
  readonly parts: SnapshotPart[] = [];
  error: Error | null = null;

  async keep(seq: number, parts: AsyncIterable<SnapshotPart>): Promise<void> {
    if (this.error !== null) throw this.error;
    for await (const part of parts) this.parts.push(part);
    this.seqs.push(seq);
  }
}

describe('snapshots are written', () => {
  test('after so many events, and not before twice as many as there are tasks; one at a time', async () => {
    const kept = new Kept();
    const failures: unknown[] = [];
    const writer = new SnapshotWriter(kept, 1, (error) => failures.push(error));
    let last: CoordinatorState | null = null;
    for (const state of states()) {
      writer.committed(state);
      last = state;
      if (state.seq > 2_000) break;
      await settled();
    }
    await settled();
    const gaps = kept.seqs.map((seq, i) => seq - (kept.seqs[i - 1] ?? 1));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(20);
    expect(gaps.at(-1)).toBeGreaterThan((gaps[0] ?? 0) * 2);
    expect(gaps.at(-1)).toBeLessThan(2 * (last?.tasks.size ?? 0) + 50);
    expect(failures).toEqual([]);
  });

  test('at the end, whatever was written before', async () => {
    const kept = new Kept();
    const writer = new SnapshotWriter(kept, 1, () => {});
    const [first] = states();
    if (first === undefined) throw new Error('there is one');
    await writer.ended(first);
    expect(kept.seqs).toEqual([first.seq]);
    await writer.ended(first);
    expect(kept.seqs).toEqual([first.seq]);
  });

  test('not at all once it was stopped, and none is completed then', async () => {
    const kept = new Kept();
    const writer = new SnapshotWriter(kept, 1, (error) => {
      throw error;
    });
    for (const state of states()) {
      if (state.seq < 200) continue;
      writer.committed(state);
      expect(kept.parts.length).toBeLessThan(2);
      writer.stop();
      await settled();
      await writer.ended(state);
      break;
    }
    expect(kept.seqs).toEqual([]);
  });

  test('or the run is told that it cannot be', async () => {
    const kept = new Kept();
    kept.error = new Error('the disk is full');
    const failures: unknown[] = [];
    const writer = new SnapshotWriter(kept, 1, (error) => failures.push(error));
    for (const state of states()) {
      writer.committed(state);
      await settled();
      if (failures.length > 0) break;
    }
    expect(failures).toEqual([kept.error]);
  });
});
