import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {type Spread, spread} from './statistics.ts';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface StartUp {
  /** Milliseconds of a bare `node -e 0`, for comparison. */
  readonly node: Spread;
  readonly version: Spread;
  /** `disjoint run` of a plan with one task, `true`. */
  readonly run: Spread;
}

const time = (args: readonly string[], cwd: string): number => {
  const startedAt = performance.now();
  execFileSync(process.execPath, args, {cwd, stdio: 'ignore'});
  return performance.now() - startedAt;
};

/** Whole-process times, the three in turn so that a change of the machine's speed hits all alike. */
export const startUp = (rounds: number): StartUp => {
  const folder = mkdtempSync(path.join(tmpdir(), 'disjoint-bench-'));
  writeFileSync(path.join(folder, 'disjoint.yaml'), 'agents: {a: {command: ["true"]}}\n');
  writeFileSync(path.join(folder, 'plan.yaml'), 'tasks: [{agent: a, files: [f]}]\n');
  const times: {node: number[]; version: number[]; run: number[]} = {node: [], version: [], run: []};
  for (let round = 0; round <= rounds; round++) {
    const node = time(['-e', '0'], folder);
    const version = time([CLI, '--version'], folder);
    const run = time([CLI, 'run', 'plan.yaml'], folder);
    // The first round warms the file cache.
    if (round === 0) continue;
    times.node.push(node);
    times.version.push(version);
    times.run.push(run);
  }
  rmSync(folder, {recursive: true, force: true});
  return {node: spread(times.node), version: spread(times.version), run: spread(times.run)};
};
