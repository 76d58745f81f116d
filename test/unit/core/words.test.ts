import {describe, expect, test} from 'vitest';
import {type Blocker, describeBlocker, describeWait} from '../../../src/core/blocker.ts';
import {describeRefusal} from '../../../src/core/refusals.ts';
import {agentBlocker, fileBlocker} from '../../support/blockers.ts';
import {refusalSamples} from '../../support/error-samples.ts';

describe('a refusal', () => {
  test.each(refusalSamples())('%s has one sentence and a hint, in words', (_, {code, message, hint}) => {
    expect(code).toMatch(/^E_[A-Z_]+$/u);
    for (const words of [message, hint]) {
      expect(words).toMatch(/\S+ \S+/u);
      expect(words).not.toMatch(/[.\n]$|undefined|\[object|NaN/u);
    }
  });

  test('shows a claim under its own code, and nothing longer than a line of what came in', () => {
    const failure = {
      code: 'E_PATH_EMPTY',
      claim: '',
      message: 'claim "" is empty',
      hint: 'name a path',
    } as const;
    expect(describeRefusal({code: 'E_CLAIM', taskId: 'T', failure}).code).toBe('E_PATH_EMPTY');
    const long = 'x'.repeat(10_000);
    for (const refusal of [
      {code: 'E_TASK_ID', taskId: long},
      {code: 'E_AGENT_NAME', agentType: long},
      {code: 'E_UNKNOWN_INPUT', input: long},
    ] as const) {
      expect(describeRefusal(refusal).message.length).toBeLessThan(200);
    }
  });
});

const BLOCKERS: readonly (readonly [Blocker, string])[] = [
  [{kind: 'mode', mode: 'paused'}, 'resume (paused)'],
  [{kind: 'mode', mode: 'draining'}, 'the coordinator (draining)'],
  [{kind: 'dependency', taskId: 'T1', state: 'running'}, 'T1 (dependency, running)'],
  [{kind: 'back-off', untilMs: 5}, 'its back-off to pass'],
  [{kind: 'limit', running: 4, maxParallel: 4}, 'a free slot (4 of 4 running)'],
  [agentBlocker('dev', ['T1']), 'dev'],
  [agentBlocker('dev', ['T1'], {quarantined: true}), 'dev (quarantined)'],
  [fileBlocker('T2', 'a.ts'), 'T2 (a.ts)'],
  [fileBlocker('T2', 'src/a.ts', 'src/'), 'T2 (src/a.ts overlaps src/)'],
  [fileBlocker('T2', 'a', 'a', {quarantined: true}), 'T2 (a, quarantined)'],
  [fileBlocker('T2', 'a', 'a', {morePairs: 3}), 'T2 (a and 3 more)'],
  [
    {kind: 'reservation', taskId: 'T3', because: {kind: 'overtaken', overtakes: 32}},
    'T3 (it was overtaken 32 times and goes first)',
  ],
  [{kind: 'reservation', taskId: 'T3', because: {kind: 'first'}}, 'T3 (it came first)'],
  [{kind: 'reservation', taskId: 'T3', because: {kind: 'promoted'}}, 'T3 (it waited longest and goes first)'],
];

describe('a blocker', () => {
  test.each(BLOCKERS)('%j ends the sentence "waiting for"', (blocker, words) => {
    expect(describeBlocker(blocker)).toBe(words);
    expect(describeWait([blocker])).toBe(`waiting for ${words}`);
  });

  test('of several stands among the others, each said once', () => {
    const [file] = BLOCKERS[7]!;
    const [agent] = BLOCKERS[5]!;
    const [limit] = BLOCKERS[4]!;
    expect(describeWait([file, agent])).toBe('waiting for T2 (a.ts) and dev');
    expect(describeWait([file, file, agent, limit])).toBe(
      'waiting for T2 (a.ts), dev and a free slot (4 of 4 running)',
    );
    expect(describeWait([])).toBe('about to start');
  });

  test('is not said behind a dependency or a back-off, by whose end it may be gone', () => {
    const [[dependency], [backOff], [limit], [agent]] = [
      BLOCKERS[2]!,
      BLOCKERS[3]!,
      BLOCKERS[4]!,
      BLOCKERS[5]!,
    ];
    expect(describeWait([dependency, agent, limit])).toBe('waiting for T1 (dependency, running)');
    expect(describeWait([backOff, limit])).toBe('waiting for its back-off to pass');
  });
});
