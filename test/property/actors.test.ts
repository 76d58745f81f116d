import fc from 'fast-check';
import {expect, test} from 'vitest';
import {ActorPlay, OVERTAKES_MAX, scripts} from '../support/actor-play.ts';
import {patienceMs, runs} from '../support/seed.ts';

const property = (witness: (play: ActorPlay) => void = () => {}) =>
  fc.asyncProperty(fc.scheduler(), scripts, async (scheduler, script) => {
    const play = new ActorPlay(scheduler, script);
    await play.play();
    witness(play);
    expect(play.truth.broken).toEqual([]);
  });

/** What the scripts have to lead to: all that a real orchestrator can come to with processes that do anything. */
const REACHED = [
  'agent.replaced',
  'attempt.quarantined',
  'task.reserved',
  'task.retrying',
  'task.skipped',
  'overtaken as often as allowed',
  ...['cancelled', 'shutdown', 'timed-out', 'quiet', 'left-behind', 'agent-crashed'].map(
    (cause) => `stopping: ${cause}`,
  ),
  ...['exit-code', 'threw', 'timed-out', 'quiet', 'survived', 'agent-crashed'].map(
    (code) => `failed: ${code}`,
  ),
  'E_DEP_UNKNOWN',
  'E_NOT_ACCEPTING',
  'E_NOT_NOW',
  'E_STALE_FENCE',
];

test('whatever is asked, and in whatever order store, processes and clock answer, real actors keep every promise', {
  timeout: patienceMs,
}, async () => {
  await fc.assert(property(), {numRuns: runs(300)});
});

test('the scripts reach everything that can happen to a task', {timeout: patienceMs}, async () => {
  const seen = new Set<string>();
  await fc.assert(
    property(({truth}) => {
      if (truth.overtakes.most === OVERTAKES_MAX) seen.add('overtaken as often as allowed');
      for (const event of truth.stored) {
        seen.add(event.type);
        if (event.type === 'attempt.stopping') seen.add(`stopping: ${event.cause.kind}`);
        if (event.type === 'task.failed') seen.add(`failed: ${event.failure.code}`);
        if ('refusal' in event) seen.add(event.refusal.code);
      }
    }),
    // One seed: this test is about the generator, and must not depend on luck.
    {numRuns: 200, seed: 2_025},
  );
  expect(REACHED.filter((one) => !seen.has(one))).toEqual([]);
});
