/** Runs the demo and draws what really happened into docs/images/demo-run.svg: `npm run picture`. */
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import type {DisjointEvent, RunSummary} from '../../src/index.ts';
import {runSvg} from './timeline-svg.ts';

const cli = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const output = execFileSync(process.execPath, [cli, 'demo', '--json'], {encoding: 'utf8'});
const objects = output
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as DisjointEvent | RunSummary);
const summary = objects.find((object) => object.type === 'run.summary');
if (summary === undefined) throw new Error('the demo printed no summary');
const events = objects.filter((object): object is DisjointEvent => object.type !== 'run.summary');
writeFileSync(new URL('../../docs/images/demo-run.svg', import.meta.url), runSvg(events, summary));
