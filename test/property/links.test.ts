import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {isFinal} from '../../src/core/task.ts';
import {CLAIMS, MovingDisk, TARGETS} from '../support/moving-disk.ts';
import {runs} from '../support/seed.ts';

const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({submit: fc.array(fc.constantFrom(...CLAIMS), {minLength: 1, maxLength: 2})}),
  },
  {weight: 3, arbitrary: fc.record({link: fc.constantFrom('l1', 'l2'), to: fc.constantFrom(...TARGETS)})},
  {weight: 3, arbitrary: fc.record({exit: fc.nat({max: 3})})},
);

describe('claims on a disk that changes', () => {
  const seen = {returned: 0, changed: 0, refused: 0, atEnd: 0};

  test('no two tasks ever start that could write one file as the disk is then, and every task ends', () => {
    fc.assert(
      fc.property(fc.array(act, {minLength: 1, maxLength: 40}), (acts) => {
        const disk = new MovingDisk();
        for (const one of acts) {
          if ('submit' in one) disk.submit(one.submit);
          else if ('link' in one) disk.links = {...disk.links, [one.link]: one.to};
          else disk.exit(one.exit);
        }
        while (disk.running.length > 0) disk.exit(0);
        expect([...disk.core.tasks.values()].filter(({state}) => !isFinal(state))).toEqual([]);
        for (const name of ['returned', 'changed', 'refused', 'atEnd'] as const)
          seen[name] += disk.seen[name];
      }),
      {numRuns: runs(2_000)},
    );
  });

  test('the acts reach claims that change, also at the end, tasks that go back to the queue, and links in a circle', () => {
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(runs(2_000) / 1_000);
  });
});
