import {describe, expect, test} from 'vitest';
import type {Step} from '../../../src/core/decision.ts';
import {DEFAULT_SETTINGS} from '../../../src/core/settings.ts';
import {initialState} from '../../../src/core/state.ts';
import {CommitLoop} from '../../../src/runtime/commit-loop.ts';
import {MemoryStore} from '../../../src/testing/index.ts';
import {startOrchestrator} from '../../support/orchestrators.ts';

const state = initialState(DEFAULT_SETTINGS, 1);
const STEP: Step = {
  state,
  events: [{type: 'limit.changed', from: 1, to: 2, seq: 1, at: 0}],
  effects: [],
};

/** A loop in which each decision leads to the next, `steps` in all, as busy tasks do it. */
const chain = (steps: number, onCommit: (committed: number) => void) => {
  let committed = 0;
  const loop: CommitLoop = new CommitLoop(new MemoryStore(), {
    committed: () => {
      committed++;
      onCommit(committed);
      if (committed < steps) loop.push(STEP);
    },
    perform: () => {},
    failed: () => {},
  });
  return {
    loop,
    committed: () => committed,
    toTheEnd: async () => {
      for (;;) {
        if (committed === steps) return;
        await loop.settled();
      }
    },
  };
};

describe('the commit loop', () => {
  test('does not make anybody wait for what is decided later', async () => {
    const {loop, committed, toTheEnd} = chain(1_000, () => {});
    loop.push(STEP);
    await loop.settled();
    expect(committed()).toBeLessThan(10);
    await toTheEnd();
  });

  test('lets timers and signals in while it always has something to do', async () => {
    let turnedAt: number | null = null;
    const {loop, committed, toTheEnd} = chain(40, (now) => {
      if (now === 1) setImmediate(() => (turnedAt = committed()));
      const busyUntil = performance.now() + 2;
      while (performance.now() < busyUntil);
    });
    loop.push(STEP);
    await toTheEnd();
    expect(turnedAt).not.toBe(null);
    expect(turnedAt).toBeLessThan(40);
  });

  test('gives everybody an answer when it is stopped', async () => {
    const {loop} = chain(1, () => {});
    loop.push(STEP);
    const settled = loop.settled();
    loop.stop();
    await expect(settled).resolves.toBeUndefined();
  });
});

test('tasks that do no input or output leave room for a timer', async () => {
  const orchestrator = await startOrchestrator({agents: {reader: {readOnly: true}}});
  let fired = false;
  let firedWhile = false;
  const timer = setTimeout(() => (fired = true), 1);
  const tasks = Array.from({length: 500}, () => ({
    agentType: 'reader',
    run: () => {
      firedWhile ||= fired;
    },
  }));
  orchestrator.submitMany(tasks);
  await orchestrator.idle();
  clearTimeout(timer);
  expect(firedWhile).toBe(true);
});
