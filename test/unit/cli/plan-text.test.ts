import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {gantt} from '../../../src/cli/render/gantt.ts';
import {planText} from '../../../src/cli/render/plan-text.ts';
import {wrap} from '../../../src/cli/render/text.ts';
import {ticksIn, tickText} from '../../../src/cli/render/ticks.ts';
import {timelineSvg} from '../../../src/cli/render/timeline-svg.ts';
import type {SimulatedPlan} from '../../../src/index.ts';
import {planArbitrary, planOf} from '../../support/plans.ts';

const colors = pc.createColors(false);

const ESTIMATED: SimulatedPlan = planOf({
  agents: {dev: {}, architect: {}},
  maxParallel: 4,
  tasks: {
    login: {agent: 'dev', files: ['src/login.ts'], estimateMs: 90_000},
    spec: {agent: 'architect', files: ['docs/login.md'], estimateMs: 30_000},
    review: {agent: 'architect', files: ['src/'], estimateMs: 60_000},
  },
}).plan;

/** Many tasks of many agents. */
const manyTasks = (tasks: number, agents: number): SimulatedPlan => ({
  ...ESTIMATED,
  tasks,
  makespanMs: tasks * 1_000,
  attempts: Array.from({length: tasks}, (_, i) => ({
    task: `task-${i}`,
    agent: `agent_${i % agents}`,
    startMs: i * 1_000,
    endMs: (i + 1) * 1_000,
  })),
});

describe('the chart of a plan', () => {
  test('has a row for each task, in the order in which they start', () => {
    expect(gantt({plan: ESTIMATED, columns: 60, colors})).toEqual([
      '                   0            1m           2m',
      'login   dev        ████████████████████               1m 30s',
      'spec    architect  ███████                             30.0s',
      'review  architect  ····················█████████████  1m 00s',
    ]);
  });

  test('has a row for each agent where there are many tasks', () => {
    const lines = gantt({plan: manyTasks(41, 2), columns: 60, colors});
    expect(lines.length).toBe(4);
    expect(lines[1]).toMatch(/^agent_0 {2}█.* {2}21 tasks$/u);
    expect(lines[2]).toMatch(/^agent_1 {2}·█?.* {2}20 tasks$/u);
    expect(lines[3]).toContain('--json');
  });

  test('says how many agents it does not show', () => {
    const lines = gantt({plan: manyTasks(300, 100), columns: 80, colors});
    expect(lines.length).toBe(63);
    expect(lines).toContain('… and 40 more agents');
  });

  test('fits every width from 40 columns on, and what is said of it from 60 on', () => {
    const tooWide = (lines: readonly string[], columns: number): readonly string[] =>
      lines.filter((line) => stringWidth(line) > columns);
    fc.assert(
      fc.property(planArbitrary, fc.integer({min: 40, max: 200}), (world, columns) => {
        const {plan} = planOf(world);
        const said = columns < 60 ? [] : planText(plan, columns, colors);
        expect(tooWide([...gantt({plan, columns, colors}), ...said], columns)).toEqual([]);
      }),
      {numRuns: 100},
    );
    for (const columns of [40, 80, 133]) {
      expect(tooWide(gantt({plan: manyTasks(300, 100), columns, colors}), columns)).toEqual([]);
    }
  });

  test('draws what takes no time in one column', () => {
    const attempts = [{task: 'a', agent: 'dev', startMs: 0, endMs: 0}];
    const plan = {...ESTIMATED, attempts, makespanMs: 0};
    expect(gantt({plan, columns: 40, colors})[1]).toMatch(/^a {2}dev {2}█ +0\.0s$/u);
  });
});

describe('what is said of a plan', () => {
  test('is how long it takes, what binds it, and the advice', () => {
    expect(planText(ESTIMATED, 80, colors)).toEqual([
      '3 tasks would take 2m 30s, at most 2 at once',
      '  one by one   3m 00s  →  1.2x faster',
      '  at best      2m 30s, bound by file src/login.ts',
      '',
      'What would make it shorter, each alone:',
      '  narrowing src/ of review to the files its siblings do not claim saves 1m 00s',
    ]);
  });

  test('names the tasks without an estimate', () => {
    const assumedFor = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(planText({...ESTIMATED, tasks: 9, assumedFor, assumedMs: 60_000}, 200, colors)).toContain(
      'Without an estimate, and taken to last 1m 00s, the median of the others: a, b, c, d, e and 2 more.',
    );
    expect(planText({...ESTIMATED, tasks: 7, assumedFor, assumedMs: 60_000}, 200, colors)).toContain(
      'No task has an estimate, so each is taken to last 1m 00s; "estimate: 20m" in the plan says better.',
    );
  });

  test('is also that there is no advice, and that not all was tried', () => {
    const lines = planText({...ESTIMATED, advice: [], changesTried: 64, changesPossible: 70}, 80, colors);
    expect(lines.slice(-2)).toEqual([
      'No change that was tried makes it noticeably shorter.',
      '64 of 70 possible changes were tried.',
    ]);
  });

  test('is not a page of advice', () => {
    const [one] = ESTIMATED.advice;
    const advice = Array.from({length: 11}, () => one!);
    const lines = planText({...ESTIMATED, advice}, 200, colors);
    expect(lines.at(-1)).toBe('  … and 3 more: see --json');
  });

  test('cannot move the cursor', () => {
    const change = {kind: 'max-parallel', maxParallel: 5} as const;
    const advice = [{change, savesMs: 1, text: 'narrowing \u001B[2J saves'}];
    expect(
      planText({...ESTIMATED, advice, lowerBoundBy: 'file \u001B[2J'}, 80, colors).join('\n'),
    ).not.toContain('\u001B');
  });
});

describe('the moments on an axis', () => {
  test('are round, few and in its span', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 4_000_000_000}), fc.integer({min: 1, max: 20}), (span, most) => {
        const ticks = ticksIn(span, most);
        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        expect(ticks.at(-1)).toBeLessThanOrEqual(span);
      }),
    );
    expect(ticksIn(3 * 60_000, 4)).toEqual([0, 60_000, 120_000, 180_000]);
  });

  test.each([
    [0, '0'],
    [500, '0.5s'],
    [30_000, '30s'],
    [90_000, '1m 30s'],
    [300_000, '5m'],
    [5_400_000, '1h 30m'],
    [172_800_000, '48h'],
  ])('%i ms is %s', (ms, text) => {
    expect(tickText(ms)).toBe(text);
  });
});

describe('wrapping', () => {
  test('keeps every word and its lead, and breaks only between words', () => {
    expect(wrap('  one two  three', 10, '    ')).toEqual(['  one two', '    three']);
    expect(wrap('  averyverylongword x', 8, '    ')).toEqual(['  averyverylongword', '    x']);
    expect(wrap('', 8, '')).toEqual(['']);
    expect(wrap('saves 12m 00s', 10, '')).toEqual(['saves', '12m 00s']);
    expect(wrap('saves 1h 02m, or', 13, '')).toEqual(['saves 1h 02m,', 'or']);
  });
});

describe('the picture of a plan', () => {
  test('has every attempt, and shows names as they are', () => {
    const svg = timelineSvg(
      [
        {agent: 'a<b', task: 'x&"y', startMs: 0, endMs: 1_000},
        {agent: 'c', task: 'z', startMs: 0, endMs: 0},
      ],
      'bound by file <&>\u0000',
    );
    expect(svg).toContain('<title>x&amp;&quot;y</title>');
    expect(svg).toContain('a&lt;b');
    expect(svg).toContain('bound by file &lt;&amp;&gt;\uFFFD');
    expect([...svg.matchAll(/<rect x=/gu)].length).toBe(2);
  });

  test('of nothing has no number that is none', () => {
    expect(timelineSvg([], '0 tasks')).not.toMatch(/NaN|Infinity/u);
  });
});
