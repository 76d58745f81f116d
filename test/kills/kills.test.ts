import {expect, test} from 'vitest';
import {killLoop} from '../support/kill-loop.ts';

/** Ten each time; `npm run test:kills` asks for 300. */
const KILLS = Number(process.env['DISJOINT_TEST_KILLS'] ?? 10);

test('killed again and again, the program loses no task, runs none twice at once and leaves no process', {
  timeout: 60_000 + KILLS * 10_000,
}, async () => {
  const seed = Number(process.env['DISJOINT_TEST_SEED'] ?? 1);
  const report = await killLoop(KILLS, seed);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report).toMatchObject({kills: KILLS, wrong: []});
  // It hit what runs, and not only the start of the program. Of a few kills on a busy machine none may have.
  expect(report.accepted).toBeGreaterThan(0);
  expect(report.interrupted).toBeGreaterThanOrEqual(KILLS < 100 ? 0 : KILLS / 20);
});
