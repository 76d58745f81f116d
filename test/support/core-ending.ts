import {nextBackoffMs} from '../../src/core/step.ts';
import type {Stage} from './core-acts.ts';
import {RETURNED} from './core-settings.ts';
import {endProcess, type FakeProcess, performPending, tellCore} from './core-world.ts';

/** Lets these end, and whatever starts after them, and back-offs pass. Fails if that does not come to an end. */
export const letEnd = (stage: Stage, which: (process: FakeProcess) => boolean): void => {
  // Each task has at most three attempts, and each attempt may have to wait for one back-off.
  const most = 2 * 3 * stage.world.lots.size + stage.world.processes.length + 1;
  stage.world = performPending(stage.world, stage.tell);
  for (let i = 0; i < most; i++) {
    const process = stage.world.processes.find(which);
    const backoff = nextBackoffMs(stage.world.core);
    if (process !== undefined) {
      stage.world = endProcess(stage.world, stage.at, process, RETURNED, stage.tell);
    } else if (backoff !== null) {
      stage.at = Math.max(stage.at, backoff);
      stage.world = tellCore(stage.world, {type: 'wake', at: stage.at}, stage.tell);
    } else return;
    stage.world = performPending(stage.world, stage.tell);
  }
  throw new Error(`broken promise: it did not come to rest in ${most} exits and wakes`);
};

/** The tasks that were accepted and have not ended. */
export const unended = (stage: Stage): readonly string[] =>
  [...stage.world.lots].flatMap(([taskId, lot]) => (lot.ended === null ? [taskId] : []));
