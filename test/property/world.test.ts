import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {blockersIn} from '../../src/core/blockers.ts';
import {DEFAULT_OVERTAKES_MAX} from '../../src/core/settings.ts';
import {actArbitraries, type Stage} from '../support/core-acts.ts';
import {letEnd, unended} from '../support/core-ending.ts';
import {changeMode, emptyStage} from '../support/core-stage.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

/** With nothing left but what could not be stopped, a task may wait only for that. */
const expectOnlyQuarantineIsWaitedFor = ({world}: Stage): void => {
  const blockersOf = blockersIn(world.core);
  for (const record of world.core.tasks.values()) {
    if (record.state.name !== 'queued') continue;
    const blockers = blockersOf(record);
    if (blockers.some((blocker) => 'quarantined' in blocker && blocker.quarantined)) continue;
    throw new Error(`broken promise: ${record.spec.id} waits for nothing quarantined`);
  }
};

/** Everything ends: each task that was accepted has ended once when the last process has. */
const expectToEnd = (stage: Stage): void => {
  const drains = stage.world.core.mode === 'draining';
  if (!drains) stage.world = changeMode(stage, 'running');
  letEnd(stage, ({quarantined}) => !quarantined);
  if (!drains) expectOnlyQuarantineIsWaitedFor(stage);
  letEnd(stage, () => true);
  if (drains) stage.world = changeMode(stage, 'stopped', 'cancel');
  const left = unended(stage);
  if (left.length > 0) throw new Error(`broken promise: ${left.join(', ')} never ended`);
  if (stage.world.processes.length > 0) throw new Error('broken promise: something started after the end');
};

/** What has to happen at least in a run, on average: well below what was measured. */
const OFTEN_ENOUGH = {
  'attempt.dispatched': 4,
  'task.blocked': 1.5,
  'limit reached': 1,
  'two of one type at once': 0.2,
  overtake: 0.2,
  'overtaken as often as allowed': 0.05,
  'task.retrying': 0.4,
  'task.skipped': 0.5,
  'task.cancelled': 0.5,
  'attempt.stopping': 0.4,
  'attempt.quarantined': 0.2,
  'agent.replaced': 0.5,
  'late report': 0.5,
  'late report of a task that runs again': 0.02,
  'submission.refused': 0.5,
};

describe('the core among live processes', () => {
  const tally = new Tally();
  const tries = runs(3_000);

  /**
   * The invariant, on ground truth: what counts is which fake processes live, from the moment their start is
   * performed until they are dead, whatever the coordinator believes. Processes ignore stops, end late, report
   * twice, report what is long over, and survive. No two of them ever share an agent or a file that one writes;
   * never more run than may; a task ends exactly once, starts only after its dependencies, and is overtaken no
   * more often than allowed. And when all processes end, so does every task.
   */
  test('whatever happens, no two live attempts are in each other’s way, and every task ends once', {
    timeout: patienceMs,
  }, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 3, DEFAULT_OVERTAKES_MAX),
        fc.integer({min: 1, max: 4}),
        fc.commands(actArbitraries, {maxCommands: 60, size: 'max'}),
        (overtakesMax, maxParallel, acts) => {
          const stage = emptyStage(overtakesMax, maxParallel, tally.tell);
          fc.modelRun(() => stage, acts);
          expectToEnd(stage.real);
        },
      ),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, OFTEN_ENOUGH)).toEqual([]);
  });
});
