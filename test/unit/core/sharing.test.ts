import {describe, expect, test} from 'vitest';
import type {CoordinatorState} from '../../../src/core/state.ts';
import {CoreRun} from '../../support/core-run.ts';
import {heapUsed} from '../../support/heap-used.ts';

/** A queue of so many tasks on few files, of which some run. */
const longQueue = (tasks: number): CoreRun => {
  const agents = Object.fromEntries(Array.from({length: 8}, (_, i) => [`a${i}`, {}]));
  const run = new CoreRun(agents, {maxParallel: 8});
  run.send({
    type: 'submit-tasks',
    at: 0,
    submission: '',
    tasks: Array.from({length: tasks}, (_, i) => ({
      id: `t${i}`,
      agentType: `a${i % 8}`,
      description: '',
      files: i % 10 === 0 ? ['src/hot.ts', `src/f${i}.ts`] : [`src/f${i}.ts`],
      work: {kind: 'function' as const},
    })),
  });
  return run;
};

/** Lets tasks end, and keeps every state there was. Returns the bytes that each of them holds alone. */
const bytesPerState = (run: CoreRun, steps: number): number => {
  const kept: CoordinatorState[] = [];
  const before = heapUsed();
  for (let i = 0; i < steps; i++) {
    const [hold] = run.state.lockTable.holds();
    run.at++;
    run.end(hold!.taskId);
    kept.push(run.state);
  }
  const bytes = (heapUsed() - before) / steps;
  expect(new Set(kept.map(({seq}) => seq)).size).toBe(steps);
  return bytes;
};

describe('states one after the other', () => {
  test('share all but a few nodes, however many tasks are queued', () => {
    const few = bytesPerState(longQueue(1_000), 500);
    const many = bytesPerState(longQueue(32_000), 500);
    // One path of each tree that changed. A copy of the smallest table would be 256,000 bytes.
    expect(few).toBeLessThan(20_000);
    expect(many).toBeLessThan(25_000);
  });
});
