/**
 * Measures what docs/internals/performance.md says of the journal: `npm run bench:journal`, with `-- --json` for the figures
 * alone and `-- --short` without a million records. What is compared took turns in one run; the ratios count, the times
 * are those of the machine at hand.
 */
import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {latencies} from './latency.ts';
import {recoveries} from './recovery.ts';
import {submitRates} from './submits.ts';
import {syncTimes} from './syncs.ts';

const json = process.argv.includes('--json');
const isShort = process.argv.includes('--short');
const say = (text: string): void => {
  if (!json) process.stdout.write(`${text}\n`);
};
const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

const sync = syncTimes(500);
say(`a sync of 8 KB: p50 ${ms(sync.p50)}, p99 ${ms(sync.p99)}`);

say('\nsubmits a second over a socket, each answered once it is accepted');
const submits = [];
for (const [clients, requests] of [
  [1, 500],
  [16, 3_000],
] as const) {
  const rates = await submitRates(clients, requests, 5);
  submits.push(rates);
  const {grouped, perAppend, oneSyncEach, inMemory, pQueue} = rates;
  say(
    `  ${clients} clients: ${Math.round(grouped)} durable (${perAppend.toFixed(1)} for each sync), ${Math.round(oneSyncEach)} with a sync each, ${Math.round(inMemory)} in memory, p-queue ${Math.round(pQueue)}`,
  );
}

say('\nrelease -> next start on the same file');
const latency = await latencies(200, 5);
say(`  in memory p50 ${ms(latency.inMemory.p50)}, p99 ${ms(latency.inMemory.p99)}`);
say(`  durable   p50 ${ms(latency.durable.p50)}, p99 ${ms(latency.durable.p99)}`);
say(`  added     p50 ${ms(latency.addedP50)}, p99 ${ms(latency.addedP99)}`);

say('\nmemory with queued tasks');
const queuedCount = isShort ? 10_000 : 100_000;
interface Memory {
  readonly heapMb: number;
  readonly peakRssMb: number;
}
const memoryOf = (kind: 'memory' | 'journal'): Memory => {
  const script = fileURLToPath(new URL('queued.mjs', import.meta.url));
  const flags = ['--expose-gc', '--max-old-space-size=6144'];
  const said = execFileSync(process.execPath, [...flags, script, kind, String(queuedCount)], {
    encoding: 'utf8',
  });
  return JSON.parse(said) as Memory;
};
const memory = {queued: queuedCount, inMemory: memoryOf('memory'), durable: memoryOf('journal')};
for (const kind of ['inMemory', 'durable'] as const) {
  const {heapMb, peakRssMb} = memory[kind];
  say(
    `  ${queuedCount} queued, ${kind}: heap ${Math.round(heapMb)} MB, at most ${Math.round(peakRssMb)} MB resident`,
  );
}

say('\na start over a journal, until the state of the run that was cut short is there');
const starts = [];
const sizes = isShort ? [10_000] : [10_000, 1_000_000];
for (const records of sizes) {
  for (const tasksPerRun of [100, Number.MAX_SAFE_INTEGER]) {
    const found = await recoveries(records, tasksPerRun, 3);
    starts.push(found);
    const {ours, allFolded} = found;
    const shape = tasksPerRun === 100 ? 'runs of 100 tasks' : 'one run';
    say(
      `  ${records} records, ${shape}, ${ours.tasks} tasks in the last: ${ms(ours.ms)} (the look ${ms(ours.checkMs)}, ${ours.folded} folded, ${Math.round(ours.rssMb)} MB); without seals and snapshots ${ms(allFolded.ms)}, ${Math.round(allFolded.rssMb)} MB: ${(allFolded.ms / ours.ms).toFixed(1)} times`,
    );
  }
}

if (json) process.stdout.write(`${JSON.stringify({sync, submits, latency, memory, starts}, null, 2)}\n`);
