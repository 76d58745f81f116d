/**
 * Measures what docs/internals/performance.md says of the journal: `npm run bench:journal`, with `-- --json` for the figures
 * alone. What is compared took turns in one process; the ratios count, the times are those of the machine at hand.
 */
import {submitRates} from './submits.ts';

const json = process.argv.includes('--json');
const say = (text: string): void => {
  if (!json) process.stdout.write(`${text}\n`);
};

say('submits a second over a socket, each answered once it is accepted');
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

if (json) process.stdout.write(`${JSON.stringify({submits}, null, 2)}\n`);
