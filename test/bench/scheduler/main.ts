/**
 * Measures what docs/internals/performance.md quotes of the scheduler: `npm run bench:scheduler`, with `--json` for the
 * figures alone, with `--short` without a million tasks.
 */
import {schedulerFigures} from './scheduler.ts';

const json = process.argv.includes('--json');
const figures = await schedulerFigures(!process.argv.includes('--short'), (text) => {
  if (!json) process.stdout.write(`${text}\n`);
});
if (json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
