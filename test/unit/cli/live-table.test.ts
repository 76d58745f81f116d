import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {liveTable, type TableInput} from '../../../src/cli/render/live-table.ts';
import type {Status, TaskStatus} from '../../../src/index.ts';
import {agentBlocker, fileBlocker} from '../../support/blockers.ts';

const task = (id: string, changes: Partial<TaskStatus> = {}): TaskStatus => ({
  id,
  agentType: 'code_developer',
  description: `do ${id}`,
  sensitive: false,
  files: [],
  priority: 0,
  state: 'running',
  attempt: 1,
  agent: 'code_developer',
  runningSince: 1_000,
  waitsFor: [],
  ...changes,
});

const waiting = (id: string, claim = 'src/auth.ts'): TaskStatus =>
  task(id, {
    state: 'queued',
    agent: null,
    runningSince: null,
    waitsFor: [fileBlocker('T2', claim), agentBlocker('code_developer', ['T2'])],
  });

const statusOf = (tasks: readonly TaskStatus[], counts: Partial<Status['counts']> = {}): Status => ({
  mode: 'running',
  maxParallel: 4,
  resources: {paused: false, lowered: null, because: null},
  runningAgents: [],
  runningFiles: [],
  queuedTasks: 0,
  counts: {
    waiting: 0,
    queued: 0,
    running: 0,
    stopping: 0,
    retrying: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    skipped: 0,
    ...counts,
  },
  tasks,
});

const frame = (status: Status, changes: Partial<TableInput> = {}): readonly string[] =>
  liveTable({
    status,
    lastLines: new Map(),
    now: 13_300,
    startedAt: 0,
    columns: 80,
    rows: 40,
    colors: pc.createColors(false),
    notice: null,
    ...changes,
  }).split('\n');

/** Control characters, and marks that turn the direction of what follows. */
const OBEYED = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

const ESC = '\u001b';

/** What agents print: wide, combining and invisible characters, colours, cursor movements, titles, line ends. */
const HOSTILE = [
  'plain text',
  '漢字かな交じり文'.repeat(30),
  '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(30),
  'e\u0301'.repeat(300),
  'a\u0300\u0301\u0302\u0303\u0304'.repeat(300),
  '\u200b'.repeat(5_000),
  `${ESC}[31mred${ESC}[0m${ESC}[2J${ESC}[1;1H`,
  `${ESC}]0;title\u0007${ESC}]8;;http://x${ESC}\\link`,
  'two\nlines\r\nand\rmore',
  '\u202Eright to left\u2066',
  '\u009b31m',
  '\ud800',
  'x'.repeat(65_536),
];

describe('the live table', () => {
  const many = [
    ...HOSTILE.map((_, i) => task(`T${i}`)),
    task('a-very-long-task-id-that-goes-on-and-on', {agent: 'an_agent_with_a_very_long_name#12'}),
    task('stops', {state: 'stopping'}),
    waiting('W1'),
    waiting('W2', `${'漢字/'.repeat(40)}a.ts`),
    task('W3', {
      state: 'retrying',
      runningSince: null,
      agent: null,
      waitsFor: [{kind: 'back-off', untilMs: 1}],
    }),
  ];
  const lastLines = new Map(HOSTILE.map((line, i) => [`T${i}`, line]));
  const counts = {succeeded: 1234, failed: 23, cancelled: 4, skipped: 56};

  test.each([40, 80, 200])('is never wider than %i columns, whatever agents print', (columns) => {
    for (const color of [false, true]) {
      const lines = frame(statusOf(many, counts), {lastLines, columns, colors: pc.createColors(color)});
      expect(lines.length).toBeGreaterThan(many.length);
      for (const line of lines) expect([line, stringWidth(line) <= columns]).toEqual([line, true]);
    }
  });

  test.each([40, 80, 200])(
    'prints nothing of an agent at %i columns that a terminal would obey',
    (columns) => {
      const text = frame(statusOf(many, counts), {lastLines, columns}).join('\n');
      const obeyed = Array.from(text).filter((character) => character !== '\n' && OBEYED.test(character));
      expect(obeyed).toEqual([]);
      expect(text.split('\n').filter((line) => line.startsWith('●'))).toHaveLength(HOSTILE.length + 2);
    },
  );

  test('fits and stays safe for any text at any width', () => {
    fc.assert(
      fc.property(
        fc.string({unit: 'binary'}),
        fc.string({unit: 'grapheme', maxLength: 100}),
        fc.integer({min: 40, max: 200}),
        (a, b, columns) => {
          const said = new Map([
            ['T1', a],
            ['T2', b],
          ]);
          const lines = frame(statusOf([task('T1'), task('T2')]), {lastLines: said, columns});
          expect(lines).toHaveLength(4);
          for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
      {numRuns: 500},
    );
  });

  test('shows per agent what it does, since when, and what it said last', () => {
    const lines = frame(statusOf([task('T1'), task('T2', {agent: 'architect', runningSince: 12_900})]), {
      lastLines: new Map([['T1', 'reading src/a.ts']]),
    });
    expect(lines.slice(0, 2)).toEqual([
      '● T1  code_developer   12.3s  reading src/a.ts',
      '● T2  architect         0.4s  do T2',
    ]);
  });

  test('shows what each queued task waits for', () => {
    expect(frame(statusOf([task('T2'), waiting('T3')]))[1]).toBe(
      '○ T3  code_developer  waiting for T2 (src/auth.ts) and code_developer',
    );
  });

  test('counts what is done, what is not, and how long it took', () => {
    const lines = frame(
      statusOf([task('T1'), task('T2')], {succeeded: 1, failed: 2, cancelled: 3, skipped: 4}),
    );
    expect(lines.at(-1)).toBe('1 of 2 tasks done, 2 failed, 3 cancelled, 4 skipped · 2 running of 4 · 13.3s');
  });

  test('ends with the notice, whole', () => {
    const notice = 'stopping: what runs may finish; press Ctrl-C again to stop at once';
    expect(frame(statusOf([task('T1')]), {columns: 40, notice}).at(-1)).toBe(notice);
  });

  test('is no higher than the terminal, and says how many tasks it leaves out', () => {
    const tasks = [
      ...Array.from({length: 30}, (_, i) => task(`R${i}`)),
      ...Array.from({length: 30}, (_, i) => waiting(`W${i}`)),
    ];
    for (const rows of [8, 12, 24, 60]) {
      const lines = frame(statusOf(tasks), {rows, notice: 'stopping'});
      expect(lines.length).toBeLessThan(rows);
      const running = lines.filter((line) => line.startsWith('●')).length;
      const queued = lines.filter((line) => line.startsWith('○')).length;
      const left = (what: string): number =>
        Number(new RegExp(`… and (\\d+) more ${what}`, 'u').exec(lines.join('\n'))?.[1] ?? 0);
      expect([running + left('running'), queued + left('waiting')]).toEqual([30, 30]);
    }
  });

  test('costs no more for a line of 64 KiB than for one that just fills the terminal', () => {
    const timeOf = (line: string): number => {
      const said = new Map([['T1', line]]);
      const startedAt = performance.now();
      for (let i = 0; i < 50; i++) frame(statusOf([task('T1')]), {lastLines: said});
      return performance.now() - startedAt;
    };
    timeOf('x'.repeat(2_000));
    const short = timeOf('x'.repeat(2_000));
    expect(timeOf('x'.repeat(65_536))).toBeLessThan(short * 10);
  });
});
