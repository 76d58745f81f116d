import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {continueRun} from '../../src/core/continue-run.ts';
import {step} from '../../src/core/step.ts';
import {JournalTables, tablesFor} from '../support/journal-tables.ts';
import {CLAIMS, MovingDisk, TARGETS} from '../support/moving-disk.ts';
import {beginning, drawFrom, Play} from '../support/random-play.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const INPUTS_PER_RUN = 60;

describe('the tables beside the journal', () => {
  test('say after every append what the fold of the events says', {timeout: 3 * patienceMs}, async () => {
    const tries = runs(4);
    const tally = new Tally();
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const play = new Play(drawFrom(seed));
        const journal = new JournalTables();
        let state = beginning({overtakesMax: 3});
        const seqBefore = state.seq;
        const fencesBefore = state.fence;
        expect(fencesBefore).toBe(0);
        for (let i = 0; i < INPUTS_PER_RUN; i++) {
          const isCut = i % 25 === 24;
          const next = isCut
            ? continueRun(state, {at: play.at, since: 1, maxParallel: 3})
            : step(state, play.next(state));
          for (const {type} of next.events) tally.tell(type);
          await journal.append(next.events, seqBefore);
          state = next.state;
          expect(journal.tables, `step ${i}`).toEqual(tablesFor(state));
          if (!isCut) continue;
          const on = {at: play.at, mode: 'running', queued: 'keep', running: 'finish', reason: ''} as const;
          const begun = step(state, {type: 'change-mode', ...on});
          await journal.append(begun.events, seqBefore);
          state = begun.state;
        }
        await journal.close();
      }),
      {numRuns: tries},
    );
    const often = {'attempt.dispatched': 8, 'attempt.interrupted': 1, 'attempt.quarantined': 0.1};
    expect(tally.tooRare(tries, often)).toEqual([]);
  });

  test('follow claims that change because the disk does', {timeout: 3 * patienceMs}, async () => {
    const tries = runs(12);
    const tally = new Tally();
    const act = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({submit: fc.array(fc.constantFrom(...CLAIMS), {minLength: 1, maxLength: 2})}),
      },
      {weight: 3, arbitrary: fc.record({link: fc.constantFrom('l1', 'l2'), to: fc.constantFrom(...TARGETS)})},
      {weight: 3, arbitrary: fc.record({exit: fc.nat({max: 3})})},
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, {minLength: 20, maxLength: 40}), async (acts) => {
        const disk = new MovingDisk();
        const journal = new JournalTables();
        const seqBefore = disk.core.seq;
        let told = 0;
        for (const one of acts) {
          if ('submit' in one) disk.submit(one.submit);
          else if ('link' in one) disk.links = {...disk.links, [one.link]: one.to};
          else disk.exit(one.exit);
          const events = disk.journal.slice(told);
          told = disk.journal.length;
          for (const {type} of events) tally.tell(type);
          await journal.append(events, seqBefore);
          expect(journal.tables).toEqual(tablesFor(disk.core));
        }
        await journal.close();
      }),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, {'claims.changed': 0.5, 'attempt.overlapped': 0.1})).toEqual([]);
  });
});
