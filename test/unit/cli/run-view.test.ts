import pc from 'picocolors';
import {expect, test} from 'vitest';
import {createRunView} from '../../../src/cli/run-view.ts';
import type {Terminal} from '../../../src/cli/terminal.ts';
import {scriptedRun, settled} from '../../support/scripted-run.ts';

/** A terminal that keeps what must not be dropped apart from what may be. */
const recordingTerminal = (): Terminal & {readonly lines: string[]; readonly lastLines: string[]} => {
  const lines: string[] = [];
  const lastLines: string[] = [];
  return {
    lines,
    lastLines,
    line: (text) => void lines.push(text),
    lastLine: (text) => void lastLines.push(text),
    errorLine: () => {},
    isTty: false,
    colors: pc.createColors(false),
    columns: () => 80,
    rows: () => 24,
    screen: process.stdout,
    flush: () => Promise.resolve(true),
    hide: () => {},
    isOver: false,
    failure: null,
  };
};

test.each([true, false])(
  'events may be dropped for a slow reader, the summary may not (json: %s)',
  async (json) => {
    const {orchestrator, executor, clock} = await scriptedRun();
    const terminal = recordingTerminal();
    const view = createRunView({orchestrator, terminal, json, quiet: false, now: () => clock.now()});
    orchestrator.submit({id: 'a', agentType: 'dev', files: ['x']});
    await settled();
    executor.of('a')?.succeed();
    await orchestrator.idle();
    view.stop();
    view.summary(orchestrator.summary());
    expect(terminal.lines.length).toBeGreaterThan(1);
    expect(terminal.lastLines.join('\n')).toContain(json ? '"type":"run.summary"' : '1 task: 1 succeeded');
    expect(terminal.lines.join('\n')).not.toContain('run.summary');
  },
);

test.each([true, false])(
  'where slot time went is told unless it shall be quiet (quiet: %s)',
  async (quiet) => {
    const {orchestrator, executor, clock} = await scriptedRun();
    const terminal = recordingTerminal();
    const view = createRunView({orchestrator, terminal, json: false, quiet, now: () => clock.now()});
    orchestrator.submit({id: 'a', agentType: 'dev', files: ['x']});
    await settled();
    clock.advance(1_000);
    executor.of('a')?.succeed();
    await orchestrator.idle();
    view.stop();
    view.summary(orchestrator.summary());
    const text = terminal.lastLines.join('\n');
    expect(text).toContain('1 task: 1 succeeded');
    expect(text.includes('no task left to start')).toBe(!quiet);
  },
);
