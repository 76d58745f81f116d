import pc from 'picocolors';
import {describe, expect, test} from 'vitest';
import type {RunInfo} from '../../../src/api/steered-run.ts';
import {statusText} from '../../../src/cli/render/status-text.ts';
import {summarize} from '../../../src/core/summary.ts';
import {viewStatus} from '../../../src/core/view.ts';
import {CoreRun} from '../../support/core-run.ts';

const colors = pc.createColors(false);

const infoOf = (run: CoreRun, more: Partial<RunInfo> = {}): RunInfo => ({
  pid: 4711,
  command: 'run',
  root: '/home/you/shop',
  runId: 'RUN',
  startedAt: Date.now() - 5_000,
  mode: run.state.mode,
  now: run.at,
  lastSeq: run.state.seq,
  expectedEnd: null,
  summary: summarize(run.state, run.at),
  ...more,
});

const textOf = (run: CoreRun, more: Partial<RunInfo> = {}, columns = Number.POSITIVE_INFINITY): string =>
  statusText({
    status: viewStatus(run.state),
    info: infoOf(run, more),
    use: {cpu: 43.4, memory: 61, memoryBytes: 16 * 1024 ** 3},
    now: run.at,
    columns,
    colors,
  }).join('\n');

describe('the status', () => {
  test('has what runs, what waits and for what, what is held, how busy the machine is and when all will have ended', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    run.submit('a', 'dev', ['a.ts', 'b/']);
    run.submit('b', 'ops', ['b/x.ts']);
    run.at = 80_000;
    const text = textOf(run, {expectedEnd: {atMs: run.at + 190_000, from: 'estimates'}});
    expect(text).toMatch(/^Running since .+ \(5\.\ds\), at most 4 at once; disjoint run, pid 4711\n/u);
    expect(text.split('\n').slice(1)).toEqual([
      'Expected to end in 3m 10s, by estimates',
      '',
      'Running agents (1):',
      '  dev  a  1m 20s  on a.ts, b/',
      'Queued tasks (1):',
      '  b  waiting for a (b/x.ts overlaps b/)',
      'Active files (2):',
      '  a.ts',
      '  b/',
      'Done: 0 of 2 tasks',
      'This machine: cpu 43 %, memory 61 % (9.8 of 16.0 GiB)',
    ]);
  });

  test('says what the run is about to do', () => {
    const run = new CoreRun({dev: {}});
    run.mode('paused');
    expect(textOf(run)).toMatch(/^Paused, running since /u);
    run.mode('draining');
    expect(textOf(run)).toMatch(/^Stopping once what runs has ended, running since /u);
  });

  test('is not longer than a screen can be, nor wider, and what agents write cannot move its cursor', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    for (let i = 0; i < 40; i++) run.submit(`t${i}`, 'dev', [`${'deep/'.repeat(30)}a.ts`]);
    const lines = textOf(run, {}, 60).split('\n');
    expect(lines).toContain('  … and 19 more');
    expect(lines.slice(1).every((line) => line.length <= 60)).toBe(true);
    const status = viewStatus(run.state);
    const forged = {...status, runningFiles: ['a\u001B[2Jb\nDone: 40 of 40 tasks']};
    const shown = statusText({status: forged, info: null, use: null, now: 0, columns: 200, colors});
    expect(shown).toContain('  a\uFFFD[2Jb\uFFFDDone: 40 of 40 tasks');
  });
});
