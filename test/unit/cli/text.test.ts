import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {eventLine, eventText} from '../../../src/cli/render/event-line.ts';
import {idleText} from '../../../src/cli/render/idle-text.ts';
import {summaryText} from '../../../src/cli/render/summary-text.ts';
import {cut, duration, pad, plural, safe} from '../../../src/cli/render/text.ts';
import type {EventBody} from '../../../src/core/events.ts';
import {failureWithoutExit} from '../../../src/core/failures.ts';
import type {DisjointEvent, RunSummary} from '../../../src/index.ts';
import {fileBlocker} from '../../support/blockers.ts';
import {taskSpec} from '../../support/task-spec.ts';

describe('a duration', () => {
  test.each([
    [0, '0.0s'],
    [49, '0.0s'],
    [400, '0.4s'],
    [12_345, '12.3s'],
    [59_949, '59.9s'],
    [59_999, '1m 00s'],
    [60_000, '1m 00s'],
    [245_000, '4m 05s'],
    [3_599_499, '59m 59s'],
    [3_599_999, '1h 00m'],
    [3_720_000, '1h 02m'],
    [360_000_000, '100h 00m'],
  ])('of %i ms is shown as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  test('never counts to sixty', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 10_000_000}), (ms) => {
        expect(duration(ms)).not.toMatch(/60|(?<!\d)-/u);
      }),
    );
  });
});

describe('text', () => {
  test('is cut to its width, and is as it was where it fits', () => {
    expect(cut('hello', 5)).toBe('hello');
    expect(cut('hello!', 5)).toBe('hell…');
    expect(cut('漢字漢字', 5)).toBe('漢字…');
    expect(cut('漢字漢字', 4)).toBe('漢…');
    expect(cut('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3)).toBe('👩‍👩‍👧‍👦…');
    expect(cut('', 0)).toBe('');
    fc.assert(
      fc.property(
        fc.string({unit: 'grapheme', maxLength: 300}),
        fc.integer({min: 1, max: 40}),
        (text, columns) => {
          expect(stringWidth(cut(text, columns))).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  test('is filled to its width in columns, not in characters', () => {
    expect(pad('漢', 4)).toBe('漢  ');
    expect(pad('long', 2)).toBe('long');
  });

  test('from outside keeps no character that a terminal obeys', () => {
    expect(safe('a\tb\u001b[31mc\r\nd\u0007\u202Ee\u009bf\u061Cg')).toBe(
      'a b\uFFFD[31mc\uFFFD\uFFFDd\uFFFD\uFFFDe\uFFFDf\uFFFDg',
    );
    expect(safe('é漢😀 ok')).toBe('é漢😀 ok');
  });

  test('counts one thing and many', () => {
    expect([0, 1, 2].map((count) => plural(count, 'task'))).toEqual(['0 tasks', '1 task', '2 tasks']);
  });
});

const exit = {
  how: {kind: 'returned', value: 1},
  durationMs: 1_500,
  logPath: null,
  tail: [],
  changed: null,
} as const;
const failure = failureWithoutExit('exit-code', 'exited with code 3', 'see its log: /l');
const about = {taskId: 'T1', fence: 7} as const;
const inTheWay = fileBlocker('T2', 'link/a.ts', 'src/a.ts', {
  pairs: [
    {
      claim: 'link/a.ts',
      holderClaim: 'src/a.ts',
      example: null,
      why: 'they lead to one place through links',
    },
  ],
});

/** One of each event, and what people read of it. A new event breaks the build here. */
const EVENTS: {
  readonly [T in EventBody['type']]: readonly (readonly [
    Omit<Extract<EventBody, {type: T}>, 'type'>,
    string | null,
  ])[];
} = {
  'mode.changed': [
    [{from: 'running', to: 'paused', reason: 'lunch'}, 'paused: lunch'],
    [{from: 'running', to: 'draining', reason: 'x'}, null],
  ],
  'run.continued': [[{since: 1, maxParallel: 4}, 'the run that was cut short goes on']],
  'attempt.interrupted': [[{taskId: 'T1', fence: 1}, 'T1 was interrupted together with the run']],
  'limit.changed': [[{from: 4, to: 2}, 'at most 2 at once now (was 4)']],
  'resources.changed': [
    [
      {paused: true, lowered: null, figure: {resource: 'cpu', percent: 74.4, threshold: 70}},
      'cpu at 74 %: nothing more starts until the machine is less busy',
    ],
    [
      {paused: true, lowered: 2, figure: {resource: 'memory', percent: 85, threshold: 80}},
      'memory at 85 %: nothing more starts until the machine is less busy, and then at most 2 at once',
    ],
    [
      {paused: false, lowered: 3, figure: {resource: 'cpu', percent: 40, threshold: 65}},
      'cpu at 40 %: at most 3 at once again',
    ],
    [
      {paused: false, lowered: null, figure: {resource: 'cpu', percent: 40, threshold: 65}},
      'cpu at 40 %: as many as the limit allows again',
    ],
  ],
  'tag.paused': [
    [
      {taskId: 'T1', tag: 'model-api', untilMs: 31_000},
      'T1 was rate-limited: nothing with the tag model-api starts for 30.0s',
    ],
  ],
  'tag.resumed': [[{tag: 'model-api'}, 'tasks with the tag model-api may start again']],
  'task.submitted': [
    [
      {taskId: 'T1', submission: 's', spec: taskSpec(), unmet: 0, expectedMs: 60_000, bottomLevelMs: 60_000},
      null,
    ],
  ],
  'submission.refused': [
    [{submission: 's', taskIds: ['T1'], refusal: {code: 'E_TASK_DUPLICATE', taskId: 'T1'}}, null],
  ],
  'task.queued': [[{taskId: 'T1', attempt: 1}, null]],
  'task.blocked': [
    [
      {taskId: 'T1', blockers: [{kind: 'limit', running: 4, maxParallel: 4}]},
      'T1 waiting for a free slot (4 of 4 running)',
    ],
  ],
  'task.reserved': [
    [{taskId: 'T1', overtakes: 32}, 'T1 was overtaken 32 times: it goes before all that conflict with it'],
  ],
  'priority.changed': [[{taskId: 'T1', from: 0, to: 3}, 'T1 has priority 3 now (was 0)']],
  'task.promoted': [
    [{taskId: 'T1', starts: 65}, 'T1 goes to the front: 65 others started since it was queued'],
  ],
  'attempt.dispatched': [
    [{...about, attempt: 1, agentId: 'dev', overtaken: []}, 'T1 started by dev'],
    [{...about, attempt: 2, agentId: 'dev#2', overtaken: []}, 'T1 started by dev#2 (attempt 2)'],
  ],
  'task.warned': [
    [
      {
        taskId: 'T1',
        warning: {kind: 'rootless-glob', claim: '**/*.ts', conflicts: 7, compared: 9},
      },
      'T1: **/*.ts is bounded by no folder, so it can meet the claims of any task, now those of 7 of 9 others; name a folder, as in src/**/*.ts',
    ],
  ],
  'claims.changed': [[{...about, when: 'start', writes: [], reads: []}, null]],
  'attempt.overlapped': [
    [
      {...about, when: 'start', writes: [], reads: [], blockers: [inTheWay]},
      'T1 was not started after all: it is waiting for T2 (link/a.ts overlaps src/a.ts, they lead to one place through links)',
    ],
    [
      {...about, when: 'end', writes: [], reads: [], blockers: [inTheWay]},
      'T1 and T2 (link/a.ts overlaps src/a.ts, they lead to one place through links) could write one file: it will run again',
    ],
  ],
  'attempt.started': [
    [{...about, program: null}, null],
    [{...about, program: {pid: 1, group: 1, startedAt: null, path: '/bin/sh', version: null}}, null],
  ],
  'attempt.progressed': [[{...about, note: 'half'}, 'T1: half']],
  'attempt.stopping': [
    [{...about, cause: {kind: 'timed-out', afterMs: 90_000}}, 'T1 is being stopped (timed out after 1m 30s)'],
    [{...about, cause: {kind: 'quiet', afterMs: 5_000}}, 'T1 is being stopped (printed nothing for 5.0s)'],
    [{...about, cause: {kind: 'cancelled', reason: 'no need'}}, 'T1 is being stopped (no need)'],
    [{...about, cause: {kind: 'shutdown', reason: 'Ctrl-C'}}, 'T1 is being stopped (Ctrl-C)'],
    [{...about, cause: {kind: 'agent-crashed', message: 'oh'}}, 'T1 is being stopped (oh)'],
    [
      {...about, cause: {kind: 'left-behind', processes: 1}},
      'T1 is being stopped (it ended but left 1 process running)',
    ],
    [
      {...about, cause: {kind: 'left-behind', processes: 2}},
      'T1 is being stopped (it ended but left 2 processes running)',
    ],
  ],
  'attempt.exited': [[{...about, exit}, null]],
  'attempt.quarantined': [
    [
      {...about, agentId: 'dev', survivors: 'pid 4711'},
      'T1 could not be stopped (pid 4711): dev and its files stay held',
    ],
  ],
  'task.retrying': [
    [{taskId: 'T1', attempt: 2, untilMs: 3_000, failure}, 'T1 exited with code 3; attempt 2 in 2.0s'],
  ],
  'task.succeeded': [
    [{taskId: 'T1', exit}, 'T1 succeeded after 1.5s'],
    [{taskId: 'T1', exit: {...exit, changed: []}}, 'T1 succeeded after 1.5s, but changed none of its files'],
  ],
  'task.failed': [[{taskId: 'T1', failure}, 'T1 failed: it exited with code 3 (see its log: /l)']],
  'task.cancelled': [[{taskId: 'T1', reason: 'not needed'}, 'T1 was cancelled: not needed']],
  'task.skipped': [
    [{taskId: 'T1', because: {dependency: 'T0', outcome: 'failed'}}, 'T1 was skipped: T0 failed'],
    [{taskId: 'T1', because: {dependency: 'T0', outcome: 'cancelled'}}, 'T1 was skipped: T0 was cancelled'],
    [{taskId: 'T1', because: {dependency: 'T0', outcome: 'skipped'}}, 'T1 was skipped: T0 was skipped'],
  ],
  'agent.replaced': [
    [{agentId: 'dev', fence: null, message: 'oh'}, 'the actor of dev failed and was replaced: oh'],
  ],
  'input.refused': [
    [{input: 'cancel-task', refusal: {code: 'E_TASK_UNKNOWN', taskId: 'T9'}}, 'refused: there is no task T9'],
  ],
};

describe('an event for people', () => {
  const all = Object.entries(EVENTS).flatMap(([type, samples]) =>
    samples.map(
      ([body, words]) => [type, words, {seq: 1, at: 1_000, type, ...body} as DisjointEvent] as const,
    ),
  );

  test.each(all)('%s reads "%s"', (_, words, event) => {
    expect(eventText(event)).toBe(words);
  });

  test('has the time since the start before it, and keeps to its line', () => {
    const event: DisjointEvent = {
      seq: 1,
      at: 2_200,
      type: 'attempt.progressed',
      ...about,
      note: 'a\nb\u001b[2J',
    };
    expect(eventLine(event, 1_000)).toBe('   1.2s  T1: a\uFFFDb\uFFFD[2J');
    expect(eventLine(event, 9_000)).toMatch(/^ {3}0\.0s/u);
    expect(eventLine({seq: 1, at: 0, type: 'attempt.exited', ...about, exit}, 0)).toBeNull();
  });

  test('names the program and its version once it is known', () => {
    const program = {pid: 1, group: 1, startedAt: null, path: '/usr/bin/claude', version: '2.1.0'};
    expect(eventText({seq: 1, at: 0, type: 'attempt.started', ...about, program})).toMatch(
      /^T1 runs .*2\.1\.0/u,
    );
  });
});

describe('the summary', () => {
  const summary: RunSummary = {
    type: 'run.summary',
    tasks: {total: 9, succeeded: 9, failed: 0, cancelled: 0, skipped: 0},
    wallMs: 6_000,
    sequentialMs: 15_000,
    speedup: 2.5,
    lowerBoundMs: 5_500,
    lowerBoundBy: 'file src/auth.ts',
    efficiency: 0.92,
    slotMs: 24_000,
    idleMs: 9_000,
    idleByCauseMs: {
      noTask: 2_000,
      mode: 0,
      agentType: 0,
      file: 6_000,
      tag: 0,
      resources: 0,
      reservation: 0,
      dependency: 960,
      backOff: 0,
      dispatch: 40,
    },
    maxConcurrent: 3,
    overtakesMax: 1,
  };
  const lines = (changes: Partial<RunSummary> = {}): readonly string[] =>
    summaryText({...summary, ...changes}, pc.createColors(false));

  test('says what came of the tasks, how long it took, and what bound it', () => {
    expect(lines()).toEqual([
      '✔ 9 tasks: 9 succeeded',
      '  took         6.0s, at most 3 at once',
      '  one by one   15.0s  →  2.5x faster',
      '  at best      5.5s, bound by file src/auth.ts',
    ]);
  });

  test('names each way in which tasks did not succeed', () => {
    const tasks = {total: 10, succeeded: 1, failed: 2, cancelled: 3, skipped: 4};
    expect(lines({tasks})[0]).toBe('✘ 10 tasks: 1 succeeded, 2 failed, 3 cancelled, 4 skipped');
    expect(lines({tasks: {total: 1, succeeded: 0, failed: 1, cancelled: 0, skipped: 0}})[0]).toBe(
      '✘ 1 task: 0 succeeded, 1 failed',
    );
  });

  test('does not boast where nothing was gained', () => {
    expect(lines({speedup: 1.04})[2]).toBe('  one by one   15.0s');
  });

  const idle = (changes: Partial<RunSummary> = {}): readonly string[] =>
    idleText({...summary, ...changes}, pc.createColors(false));
  const none = {...summary.idleByCauseMs, noTask: 0, file: 0, dependency: 0, dispatch: 0};

  test('tells what kept slots from working, longest first, and leaves out what reads as nothing', () => {
    expect(idle()).toEqual([
      '  efficiency   92 %',
      '  idle slots   9.0s of 24.0s (38 %)',
      '    file conflict          6.0s   67 %',
      '    no task left to start  2.0s   22 %',
      '    dependency             1.0s   11 %',
    ]);
  });

  test('has no table where every slot worked, and praises nothing where nothing ran', () => {
    expect(idle({idleMs: 0, idleByCauseMs: none})).toEqual(['  efficiency   92 %']);
    expect(idle({sequentialMs: 0, idleMs: 0, idleByCauseMs: none})).toEqual([]);
    expect(idle({slotMs: 0, idleMs: 0, idleByCauseMs: none})).toEqual([]);
  });

  test('fits the width of a terminal, also after weeks with every slot', () => {
    const weeks = 4 * 7 * 24 * 3_600_000 * 256;
    const all = Object.fromEntries(Object.keys(none).map((cause) => [cause, weeks / 8]));
    const table = idle({slotMs: weeks, idleMs: weeks, idleByCauseMs: {...none, ...all}});
    expect(table).toHaveLength(12);
    for (const line of table) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });
});
