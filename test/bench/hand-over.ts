import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createOrchestrator} from '../../dist/src/index.js';
import type {Store} from '../../dist/src/ports/store.js';
import {type Spread, spread} from './statistics.ts';

/** How often the design this project comes from looked whether a task may start. */
export const SEED_POLL_MS = 1_000;

/**
 * Release to next conflicting start: tasks on one file, each noting when it really began and ended. Measured inside
 * the functions, so it holds everything between them.
 */
export const handOverGaps = async (tasks: number, store?: Store): Promise<readonly number[]> => {
  const orchestrator = await createOrchestrator({
    agents: {a: {}, b: {}},
    ...(store !== undefined && {store}),
  });
  const ran: {startedAt: number; endedAt: number}[] = [];
  orchestrator.submitMany(
    Array.from({length: tasks}, (_, i) => ({
      agentType: i % 2 === 0 ? 'a' : 'b',
      files: ['one-file'],
      run: async () => {
        const startedAt = performance.now();
        await new Promise((resolve) => setImmediate(resolve));
        ran.push({startedAt, endedAt: performance.now()});
      },
    })),
  );
  await orchestrator.idle();
  await orchestrator.shutdown();
  return gaps(ran);
};

export const handOverFunctions = async (tasks: number): Promise<Spread> => spread(await handOverGaps(tasks));

const gaps = (ran: readonly {startedAt: number; endedAt: number}[]): readonly number[] =>
  ran.slice(1).map(({startedAt}, i) => startedAt - (ran[i]?.endedAt ?? startedAt));

/**
 * The same with processes, by the clocks of the programs themselves: from the end of one to the beginning of the
 * next. Holds the look for survivors, the picture of the claimed file, and the start of a shell.
 */
export const handOverProcesses = async (tasks: number): Promise<Spread> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'disjoint-bench-'));
  const script = 'date +%s%N >> times; date +%s%N >> times';
  const orchestrator = await createOrchestrator({agents: {a: {command: ['sh', '-c', script]}}, repo: folder});
  orchestrator.submitMany(Array.from({length: tasks}, () => ({agentType: 'a', files: ['one-file']})));
  await orchestrator.idle();
  await orchestrator.shutdown();
  const times = readFileSync(path.join(folder, 'times'), 'utf8').trim().split('\n').map(BigInt);
  rmSync(folder, {recursive: true, force: true});
  const between: number[] = [];
  for (let i = 2; i < times.length; i += 2) {
    between.push(Number((times[i] ?? 0n) - (times[i - 1] ?? 0n)) / 1e6);
  }
  return spread(between);
};
