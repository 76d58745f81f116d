import {describe, expect, test} from 'vitest';
import {RESIMULATIONS_MAX} from '../../../src/core/plan/plan.ts';
import {type PlanTask, type PlanWorld, planOf} from '../../support/plans.ts';

const MINUTE = 60_000;

const task = (
  agent: string,
  files: readonly string[],
  minutes: number | null,
  more: Partial<PlanTask> = {},
) => ({
  agent,
  files,
  estimateMs: minutes === null ? null : minutes * MINUTE,
  ...more,
});

const AGENTS = {a: {}, b: {}, c: {}, d: {}};

const adviceOn = (tasks: PlanWorld['tasks'], maxParallel = 4): readonly string[] =>
  planOf({agents: AGENTS, maxParallel, tasks}).plan.advice.map(({text}) => text);

describe('a task without an estimate', () => {
  const assumed = (...minutes: (number | null)[]) => {
    const tasks = Object.fromEntries(minutes.map((one, i) => [`t${i}`, task('a', ['x.ts'], one)]));
    const {assumedMs, assumedFor, makespanMs} = planOf({agents: AGENTS, maxParallel: 4, tasks}).plan;
    return [assumedMs / MINUTE, assumedFor, makespanMs / MINUTE];
  };

  test('is taken to last as long as the median of those that have one', () => {
    expect(assumed(9, null, 1, 2)).toEqual([2, ['t1'], 14]);
    expect(assumed(null, 4, 1, 2, null, 9)).toEqual([3, ['t0', 't4'], 22]);
  });

  test('is taken to last a minute if none has one', () => {
    expect(assumed(null, null)).toEqual([1, ['t0', 't1'], 2]);
    expect(assumed()).toEqual([1, [], 0]);
  });

  test('is not what a task of no time is', () => {
    expect(assumed(0, 3)).toEqual([1.5, [], 3]);
  });
});

describe('a simulated plan', () => {
  test('says when each task would run, and by which agent', () => {
    const tasks = {
      one: task('a', ['x.ts'], 2),
      two: task('b', ['x.ts'], 3),
      three: task('a', ['y.ts'], 1, {after: ['one']}),
      four: task('a', ['z.ts'], 1),
    };
    const {plan} = planOf({agents: {...AGENTS, a: {instances: 2}}, maxParallel: 2, tasks});
    expect(plan).toMatchObject({
      tasks: 4,
      maxParallel: 2,
      makespanMs: 5 * MINUTE,
      lowerBoundMs: 5 * MINUTE,
      lowerBoundBy: 'file x.ts',
      sequentialMs: 7 * MINUTE,
      speedup: 1.4,
      maxConcurrent: 2,
      attempts: [
        {task: 'one', agent: 'a#1', startMs: 0, endMs: 2 * MINUTE},
        {task: 'four', agent: 'a#2', startMs: 0, endMs: MINUTE},
        {task: 'two', agent: 'b', startMs: 2 * MINUTE, endMs: 5 * MINUTE},
        {task: 'three', agent: 'a#1', startMs: 2 * MINUTE, endMs: 3 * MINUTE},
      ],
    });
  });

  test('of nothing takes no time and has no advice', () => {
    const {plan} = planOf({agents: AGENTS, maxParallel: 4, tasks: {}});
    expect(plan).toMatchObject({makespanMs: 0, lowerBoundMs: 0, speedup: 1, attempts: [], advice: []});
  });

  test('tells on the way how far it is', () => {
    const tasks = Object.fromEntries(
      Array.from({length: 40}, (_, i) => [`t${i}`, task('abcd'.charAt(i % 4), [`f${i}.ts`], 1)]),
    );
    const {told} = planOf({agents: AGENTS, maxParallel: 2, tasks});
    expect(told.filter(({phase}) => phase === 'simulating').map(({done, of}) => [done, of])).toEqual([
      [0, 40],
      [16, 40],
      [32, 40],
    ]);
    expect(told.some(({phase}) => phase === 'looking for advice')).toBe(true);
  });
});

describe('advice', () => {
  test('is to narrow a claim that covers what others claim', () => {
    const tasks = {
      T1: task('a', ['src/a.ts'], 12),
      T2: task('b', ['src/b.ts'], 6),
      T3: task('c', ['src/**'], 12),
    };
    expect(adviceOn(tasks)).toEqual([
      'narrowing src/** of T3 to the files its siblings do not claim saves 12m 00s',
    ]);
  });

  test('is to narrow what is read as well', () => {
    const tasks = {write: task('a', ['src/a.ts'], 12), look: task('b', [], 12, {reads: ['src/']})};
    expect(adviceOn(tasks)).toEqual([
      'narrowing src/ of look to the files its siblings do not claim saves 12m 00s',
    ]);
  });

  test('takes several claims of one task together where each alone saves less', () => {
    const tasks = {
      T1: task('a', ['src/a.ts'], 12),
      T2: task('b', ['docs/a.md'], 12),
      T3: task('c', ['src/**', 'docs/'], 12),
    };
    expect(adviceOn(tasks)).toEqual([
      'narrowing src/** and docs/ of T3 to the files its siblings do not claim saves 12m 00s',
    ]);
  });

  test('takes together the tasks that all claim the same, since one of them alone changes nothing', () => {
    const tasks = Object.fromEntries(['a', 'b', 'c', 'd'].map((agent) => [agent, task(agent, ['src/'], 10)]));
    expect(adviceOn(tasks)).toEqual([
      'narrowing src/ of a, b, c and d, each to files that no other task claims, saves 30m 00s',
    ]);
  });

  test('narrows what one task claims by owning it, and not what its siblings do', () => {
    const owner = {
      owner: task('a', ['src/'], 5),
      other: task('b', ['src/'], 5),
      small: task('c', ['src/a.ts'], 5),
    };
    const {plan} = planOf({agents: AGENTS, maxParallel: 4, tasks: owner});
    // `other` claims all of src/ too: narrowing `owner` alone lets it run beside `small` only.
    expect(plan.makespanMs).toBe(15 * MINUTE);
    expect(plan.advice.map(({text}) => text)).toEqual([
      'narrowing src/ of owner and other, each to files that no other task claims, saves 10m 00s',
      'narrowing src/ of owner to the files its siblings do not claim saves 5m 00s',
      'narrowing src/ of other to the files its siblings do not claim saves 5m 00s',
    ]);
  });

  test('is not to narrow claims where the agent is what is waited for', () => {
    const tasks = {T1: task('a', ['src/a.ts'], 12), T3: task('a', ['src/**'], 12)};
    expect(adviceOn(tasks)).toEqual([]);
  });

  test('is another agent for a type with too much to do', () => {
    const tasks = {one: task('a', ['x.ts'], 5), two: task('a', ['y.ts'], 5), three: task('a', ['z.ts'], 5)};
    expect(adviceOn(tasks)).toEqual(['instances: 2 for agent type a saves 5m 00s']);
  });

  test('is a higher limit where the limit is what is waited for', () => {
    const tasks = Object.fromEntries(
      ['a', 'b', 'c'].map((agent) => [agent, task(agent, [`${agent}.ts`], 5)]),
    );
    expect(adviceOn(tasks, 2)).toEqual(['maxParallel: 3 saves 5m 00s']);
    expect(adviceOn(tasks, 3)).toEqual([]);
  });

  test('is a dependency less on the longest chain', () => {
    const tasks = {
      one: task('a', ['x.ts'], 5),
      two: task('b', ['y.ts'], 7, {after: ['one']}),
      three: task('c', ['z.ts'], 2, {after: ['two']}),
    };
    expect(adviceOn(tasks)).toEqual([
      'starting two without waiting for one saves 5m 00s',
      'starting three without waiting for two saves 2m 00s',
    ]);
  });

  test('names no change that saves less than 1 %', () => {
    const chain = (last: number) => ({
      one: task('a', ['x.ts'], 100 - last),
      two: task('b', ['y.ts'], last, {after: ['one']}),
    });
    expect(adviceOn(chain(1))).toEqual(['starting two without waiting for one saves 1m 00s']);
    expect(adviceOn(chain(0.9))).toEqual([]);
  });

  test('is looked for in no more than 64 simulations, and says how many changes were tried', () => {
    // A chain in which each link less saves the same: none of them can be told to be in vain beforehand.
    const tasks = Object.fromEntries(
      Array.from({length: 100}, (_, i) => [
        `t${i}`,
        task('abcd'.charAt(i % 4), [`f${i}.ts`], 1, {after: i === 0 ? [] : [`t${i - 1}`]}),
      ]),
    );
    const {plan} = planOf({agents: AGENTS, maxParallel: 4, tasks});
    expect(plan.changesPossible).toBe(105);
    expect(plan.changesTried).toBeLessThan(plan.changesPossible);
    expect(plan.advice.length).toBe(RESIMULATIONS_MAX);
  });
});
