import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {cancelRun, continueRun} from '../../src/core/continue-run.ts';
import type {DisjointEvent} from '../../src/core/events.ts';
import type {AttemptExit} from '../../src/core/failures.ts';
import {brokenInvariants} from '../../src/core/invariants.ts';
import {replay} from '../../src/core/replay.ts';
import {type CoordinatorState, unfinished} from '../../src/core/state.ts';
import {nextWakeMs, step} from '../../src/core/step.ts';
import {summarize} from '../../src/core/summary.ts';
import {isLive, type TaskId} from '../../src/core/task.ts';
import {eventIn, recordOf} from '../../src/store/sqlite/journal-record.ts';
import {EXITED_BADLY, RETURNED} from '../support/core-settings.ts';
import {beginning, drawFrom, Play} from '../support/random-play.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const kept = (events: readonly DisjointEvent[]): readonly DisjointEvent[] =>
  events.map((event) => eventIn(recordOf(event, 1)));

const ENDS: ReadonlySet<string> = new Set([
  'task.succeeded',
  'task.failed',
  'task.cancelled',
  'task.skipped',
]);

/** Programs, as only these can go on; those of function types fail, which another test tells. */
const asPrograms = (play: Play) => (state: CoordinatorState) => {
  const input = play.next(state);
  if (input.type !== 'submit-tasks') return input;
  const work = {kind: 'command', argv: ['true'], prompt: 'argument'} as const;
  return {...input, tasks: input.tasks.map((task) => ({...task, work}))};
};

const BEGIN = {type: 'change-mode', mode: 'running', queued: 'keep', running: 'finish', reason: ''} as const;

/** Some of what ran had come to its end, in one way or another. */
const reachedOf = ({lockTable}: CoordinatorState, seed: number): ReadonlyMap<number, AttemptExit> =>
  new Map(
    lockTable
      .holds()
      .filter(({fence}) => (fence + seed) % 3 === 0)
      .map(({fence}) => [fence, (fence + seed) % 2 === 0 ? RETURNED : EXITED_BADLY]),
  );

/** Lets it run until nothing can happen any more. */
const toTheEnd = (from: CoordinatorState, at: number, journal: DisjointEvent[]): CoordinatorState => {
  let state = from;
  const tell = (input: Parameters<typeof step>[1]): void => {
    const next = step(state, input);
    journal.push(...kept(next.events));
    state = next.state;
  };
  let now = at;
  tell({...BEGIN, at: now});
  for (let i = 0; unfinished(state) > 0; i++) {
    if (i > 5_000) throw new Error('it does not come to an end');
    const [hold] = state.lockTable.holds();
    if (hold === undefined) {
      now = Math.max(now + 1, nextWakeMs(state) ?? 0);
      tell({type: 'wake', at: now});
    } else {
      const exit = i % 5 === 0 ? EXITED_BADLY : RETURNED;
      tell({type: 'report-exited', at: ++now, taskId: hold.taskId, fence: hold.fence, exit});
    }
  }
  return state;
};

describe('a run that is cut short after any step', () => {
  test.each(['fair', 'throughput', 'ordered'] as const)(
    'goes on, again and again, until each accepted task has ended exactly once (%s)',
    {timeout: 2 * patienceMs},
    (policy) => {
      const tries = runs(40);
      const tally = new Tally();
      fc.assert(
        fc.property(fc.nat(), fc.integer({min: 1, max: 4}), (seed, cuts) => {
          const play = new Play(drawFrom(seed));
          const next = asPrograms(play);
          const initial = beginning({policy, overtakesMax: 3});
          const journal: DisjointEvent[] = [];
          let state = initial;
          for (let cut = 0; cut < cuts; cut++) {
            const steps = 1 + (seed % 40);
            for (let i = 0; i < steps; i++) {
              const decided = step(state, next(state));
              journal.push(...kept(decided.events));
              state = decided.state;
            }
            // All that is known from here on is what was kept.
            const found = replay(initial, journal);
            play.at += 1_000;
            const {
              events,
              effects,
              state: goesOn,
            } = continueRun(found, {
              at: play.at,
              since: initial.seq + 1,
              maxParallel: 3,
              reached: reachedOf(found, seed + cut),
            });
            for (const {type} of events) tally.tell(type);
            expect(effects).toEqual([]);
            expect(brokenInvariants(goesOn)).toEqual([]);
            expect(goesOn.lockTable.size).toBe(0);
            expect(goesOn.counts.running + goesOn.counts.stopping).toBe(0);
            for (const [id, {state: then}] of found.tasks) {
              const now = goesOn.tasks.get(id)?.state;
              // Unless what it depends on has ended: it was interrupted too often, or had come to its end.
              const hasMoved =
                then.name === 'waiting' && ['waiting', 'skipped', 'queued'].includes(now?.name ?? '');
              expect(isLive(then) || hasMoved ? then : now).toEqual(then);
            }
            journal.push(...kept(events));
            const begun = step(goesOn, {...BEGIN, at: play.at});
            journal.push(...kept(begun.events));
            state = begun.state;
          }
          state = toTheEnd(state, play.at, journal);
          const accepted = journal.flatMap((event) =>
            event.type === 'task.submitted' ? [event.taskId] : [],
          );
          const ended = journal.flatMap((event) =>
            ENDS.has(event.type) && 'taskId' in event ? [event.taskId] : [],
          );
          expect(ended.toSorted()).toEqual(accepted.toSorted());
          expect(brokenInvariants(state)).toEqual([]);
          const {wallMs, lowerBoundMs} = summarize(state, play.at);
          expect(lowerBoundMs).toBeLessThanOrEqual(Math.ceil(wallMs) + 1);
        }),
        {numRuns: tries},
      );
      expect(
        tally.tooRare(tries, {'run.continued': 1, 'attempt.interrupted': 1.5, 'attempt.exited': 0.5}),
      ).toEqual([]);
    },
  );

  test('is cancelled as a whole where that is asked for, and nothing is held', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({min: 1, max: 60}), (seed, steps) => {
        const play = new Play(drawFrom(seed));
        const initial = beginning({overtakesMax: 3});
        let state = initial;
        for (let i = 0; i < steps; i++) state = step(state, play.next(state)).state;
        const left: TaskId[] = [...state.tasks]
          .filter(([, record]) => !ENDS.has(`task.${record.state.name}`))
          .map(([id]) => id);
        const cancelled = cancelRun(state, {at: play.at, since: 1, maxParallel: 3}, 'asked for');
        expect(unfinished(cancelled.state)).toBe(0);
        expect(cancelled.state.lockTable.size).toBe(0);
        expect(brokenInvariants(cancelled.state)).toEqual([]);
        const ended = cancelled.events.flatMap((event) =>
          ENDS.has(event.type) && 'taskId' in event ? [event.taskId] : [],
        );
        expect(ended.toSorted()).toEqual(left.toSorted());
      }),
      {numRuns: runs(60)},
    );
  });
});
