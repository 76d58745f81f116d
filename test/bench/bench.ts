/**
 * Measures what docs/internals/performance.md quotes: `npm run bench`, with `--json` for the figures alone.
 *
 * Absolute times are those of the machine at hand; the ratios are what can be compared.
 */
import {claimCost} from './claims.ts';
import {handOverFunctions, handOverProcesses, SEED_POLL_MS} from './hand-over.ts';
import {makespans} from './makespan.ts';
import {startUp} from './start-up.ts';
import type {Spread} from './statistics.ts';
import {submitCost} from './submit.ts';

const json = process.argv.includes('--json');
const say = (text: string): void => {
  if (!json) process.stdout.write(`${text}\n`);
};
const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const row = (name: string, {p50, p99, max}: Spread): void =>
  say(
    `  ${name.padEnd(44)} p50 ${ms(p50).padStart(9)}   p99 ${ms(p99).padStart(9)}   max ${ms(max).padStart(9)}`,
  );

say('release -> next conflicting start');
await handOverFunctions(100);
const shortQueue = await handOverFunctions(200);
const longQueue = await handOverFunctions(2_000);
const processes = await handOverProcesses(200);
row('functions, 200 in the queue', shortQueue);
row('functions, 2,000 in the queue', longQueue);
row('processes, 200 in the queue', processes);
// A poll finds a free file half an interval late on average.
const shorter = (of: Spread): number => Math.round(SEED_POLL_MS / 2 / of.p50);
say(
  `  against a poll each ${SEED_POLL_MS} ms: ${shorter(shortQueue)} and ${shorter(processes)} times shorter (p50)`,
);

say('\nsubmit, until accepted');
const submits = [];
for (const tasks of [1_000, 4_000, 10_000]) {
  const cost = await submitCost(tasks);
  submits.push(cost);
  say(
    `  ${`${tasks} tasks`.padEnd(44)} one by one ${cost.singleUs.toFixed(1)} us each   submitMany ${cost.batchUs.toFixed(1)} us each`,
  );
}

say('\nmakespan of 200 tasks ÷ lower bound, mean and worst of 16 seeds');
const schedules = makespans(16);
for (const [workload, byPolicy] of schedules) {
  const cells = [...byPolicy].map(
    ([policy, {mean, worst}]) => `${policy} ${mean.toFixed(3)} / ${worst.toFixed(2)}`,
  );
  say(`  ${workload.padEnd(28)} ${cells.join('   ')}`);
}

say('\nstart-up, whole process');
const started = startUp(15);
row('node -e 0', started.node);
row('disjoint --version', started.version);
row('disjoint run, one no-op task', started.run);
const ratio = (spread: Spread): number => Number((spread.p50 / started.node.p50).toFixed(2));
say(`  ratio to bare node: --version ${ratio(started.version)}, run ${ratio(started.run)}`);

say('\nclaims');
const claims = claimCost();
const us = (name: string, ns: number): void =>
  say(`  ${name.padEnd(44)} ${(ns / 1_000).toFixed(2).padStart(9)} us`);
us('a path, understood', claims.parsePathNs);
us('a glob, understood', claims.parseGlobNs);
us('path and path', claims.pathPathNs);
us('path and glob', claims.pathGlobNs);
us('  picomatch', claims.picomatchNs);
us('glob and glob', claims.globGlobNs);
us('  refa', claims.refaNs);
us('16 claims beside 64 x 16', claims.admissionNs);
us('the same, a quarter of them globs', claims.admissionGlobsNs);
us('  the same without the index', claims.allPairsNs);
us('one glob without a leading directory', claims.rootlessNs);
us('16 claims taken', claims.takeNs);
us('16 claims released', claims.releaseNs);
const claimRatios = {
  refa: Number((claims.refaNs / claims.globGlobNs).toFixed(1)),
  picomatch: Number((claims.picomatchNs / claims.pathGlobNs).toFixed(2)),
  withoutIndex: Number((claims.allPairsNs / claims.admissionGlobsNs).toFixed(1)),
};
say(`  of refa's time: 1/${claimRatios.refa}; of the time without the index: 1/${claimRatios.withoutIndex}`);

if (json) {
  const startUpRatios = {version: ratio(started.version), run: ratio(started.run)};
  const figures = {
    handOver: {shortQueue, longQueue, processes},
    submits,
    makespans: Object.fromEntries([...schedules].map(([workload, of]) => [workload, Object.fromEntries(of)])),
    startUp: started,
    startUpRatios,
    claims,
    claimRatios,
  };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}
