import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {backoffMs} from '../../../src/core/retry.ts';

const policies = fc.record({
  maxAttempts: fc.integer({min: 1, max: 100}),
  backoffMs: fc.integer({min: 0, max: 2 ** 31 - 1}),
  backoffMaxMs: fc.integer({min: 0, max: 2 ** 31 - 1}),
});

describe('the back-off before a retry', () => {
  test('lies between half its cap and its cap; the cap doubles with each attempt up to the largest wait', () => {
    fc.assert(
      fc.property(policies, fc.string(), fc.integer({min: 1, max: 100}), (policy, taskId, attempt) => {
        const cap = Math.min(policy.backoffMaxMs, policy.backoffMs * 2 ** (attempt - 1));
        const wait = backoffMs(policy, taskId, attempt);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(cap / 2));
        expect(wait).toBeLessThanOrEqual(Math.ceil(cap));
      }),
      {numRuns: 1_000},
    );
  });

  test('is the same each time it is asked for, so that a replay waits as long as the first run did', () => {
    fc.assert(
      fc.property(policies, fc.string(), fc.integer({min: 1, max: 100}), (policy, taskId, attempt) => {
        expect(backoffMs(policy, taskId, attempt)).toBe(backoffMs({...policy}, taskId, attempt));
      }),
    );
  });

  test('spreads tasks that failed together over the whole range', () => {
    const policy = {maxAttempts: 2, backoffMs: 1_000, backoffMaxMs: 60_000};
    const waits = Array.from({length: 1_000}, (_, i) => backoffMs(policy, `t${i}`, 1));
    const perTenth = Array.from(
      {length: 10},
      (_, i) => waits.filter((wait) => Math.floor((wait - 500) / 50.01) === i).length,
    );
    // 100 are expected in each tenth; fewer than 50 would be a lump somewhere else.
    for (const count of perTenth) expect(count).toBeGreaterThan(50);
  });
});
