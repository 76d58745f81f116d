import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {overlap} from '../../../src/core/claim/overlap.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import {describeLowerBound, lowerBound, type WeightedTask} from '../../../src/core/lower-bound.ts';
import {taskSpec} from '../../support/task-spec.ts';

const one = () => 1;

const task = (
  id: string,
  workMs: number,
  {
    agent = id,
    files = [],
    after = [],
  }: {agent?: string; files?: readonly string[]; after?: readonly string[]} = {},
): WeightedTask => {
  const writes = files.flatMap((file) => {
    const parsed = parseClaim(file);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    return parsed.value;
  });
  return {workMs, spec: taskSpec({id, agentType: agent, writes, dependsOn: after})};
};

const boundOf = (
  tasks: readonly WeightedTask[],
  maxParallel = 100,
  instancesOf: (name: string) => number = one,
) => {
  const {ms, by} = lowerBound(tasks, maxParallel, instancesOf);
  return `${ms} by ${describeLowerBound(by)}`;
};

describe('the lower bound', () => {
  test('is all work spread over all slots, if nothing is heavier', () => {
    expect(boundOf([task('a', 30), task('b', 30), task('c', 60)], 2)).toBe('60 by the limit of 2 at once');
    expect(boundOf([], 4)).toBe('0 by the limit of 4 at once');
  });

  test('is the work of the heaviest agent type, shared by its instances', () => {
    const tasks = [task('a', 30, {agent: 'dev'}), task('b', 50, {agent: 'dev'}), task('c', 70)];
    expect(boundOf(tasks)).toBe('80 by agent type dev');
    expect(boundOf(tasks, 100, (name) => (name === 'dev' ? 4 : 1))).toBe('70 by agent type c');
  });

  test('is the work on the heaviest place, whatever claims meet there', () => {
    expect(
      boundOf([
        task('a', 10, {files: ['src/x.ts', 'docs/a.md']}),
        task('b', 20, {files: ['SRC/x.ts']}),
        task('c', 30, {files: ['src/']}),
        task('d', 40, {files: ['src/*.ts']}),
        task('f', 50, {files: ['src/*.js']}),
        task('e', 90, {files: ['docs/b.md']}),
      ]),
    ).toBe('100 by file SRC/x.ts');
  });

  test('counts tasks with the same glob, and those with all of its leading directory', () => {
    expect(
      boundOf([
        task('a', 10, {files: ['src/*.ts']}),
        task('b', 20, {files: ['src/*.ts']}),
        task('c', 30, {files: ['src/']}),
        task('d', 40, {files: ['src/*.js']}),
        task('e', 65, {files: ['docs/']}),
      ]),
    ).toBe('70 by file src/*.js');
  });

  test('does not take a path for a glob because its name looks like one', () => {
    const path = parseClaim({path: 'glob src/*.ts'});
    if (!path.ok) throw new Error(path.failure.message);
    const odd = {workMs: 30, spec: taskSpec({id: 'odd', agentType: 'odd', writes: path.value})};
    expect(boundOf([odd, task('a', 40, {files: ['src/*.ts']})])).toBe('40 by agent type a');
  });

  test('is the heaviest chain of dependencies, told in order', () => {
    expect(
      boundOf([
        task('end', 10, {after: ['long', 'short']}),
        task('short', 5, {after: ['start']}),
        task('long', 50, {after: ['start']}),
        task('start', 10),
        task('alone', 60),
      ]),
    ).toBe('70 by dependencies start -> long -> end');
  });

  test('is the longest task, if nothing else is heavier: one that depends on nothing is no chain', () => {
    const tasks = [task('e1', 20, {agent: 'dev'}), task('e2', 90, {agent: 'dev'})];
    expect(boundOf(tasks, 4, () => 2)).toBe('90 by task e2');
  });

  test('does not mind a chain of 50,000 tasks, nor dependencies on tasks that are not among them', () => {
    const chain = Array.from({length: 50_000}, (_, i) =>
      task(`t${i}`, 1, {agent: 'x', after: i === 0 ? ['gone'] : [`t${i - 1}`]}),
    );
    expect(lowerBound(chain.toReversed(), 4, () => 50_000).ms).toBe(50_000);
  });

  test('is never above the length of a schedule that keeps the rules', () => {
    const plans = fc
      .array(
        fc.record({
          workMs: fc.integer({min: 0, max: 9}),
          agent: fc.constantFrom('dev', 'ops', 'doc'),
          files: fc.array(fc.constantFrom('a', 'src/', 'src/a.ts', 'src/b.ts', 'src/*.ts', 'docs/x', './'), {
            maxLength: 2,
          }),
          after: fc.array(fc.nat({max: 8}), {maxLength: 2}),
        }),
        {minLength: 1, maxLength: 9},
      )
      .map((list) =>
        list.map(({workMs, agent, files, after}, i) =>
          task(`t${i}`, workMs, {
            agent,
            files,
            after: after.filter((other) => other < i).map((other) => `t${other}`),
          }),
        ),
      );
    const causes = new Set<string>();
    fc.assert(
      fc.property(
        plans,
        fc.integer({min: 1, max: 4}),
        fc.integer({min: 1, max: 2}),
        fc.infiniteStream(fc.nat()),
        (tasks, limit, instances, choices) => {
          const bound = lowerBound(tasks, limit, () => instances);
          causes.add(bound.by.kind);
          const next = (): number => choices.next().value ?? 0;
          expect(bound.ms).toBeLessThanOrEqual(scheduleLength(tasks, limit, instances, next) + 1e-9);
        },
      ),
      {numRuns: 2_000},
    );
    // The plans are such that each of the four can bind.
    expect([...causes].toSorted()).toEqual(['agent-type', 'dependencies', 'file', 'limit']);
  });
});

/** The length of one schedule that keeps the rules, made by choosing among the tasks that may start. */
const scheduleLength = (
  tasks: readonly WeightedTask[],
  limit: number,
  instances: number,
  choose: () => number,
): number => {
  const running = new Map<WeightedTask, number>();
  const done = new Set<string>();
  let waiting = [...tasks];
  let now = 0;
  const mayStart = ({spec}: WeightedTask): boolean => {
    const others = [...running.keys()].map((other) => other.spec);
    return (
      others.length < limit &&
      others.filter(({agentType}) => agentType === spec.agentType).length < instances &&
      spec.dependsOn.every((id) => done.has(id)) &&
      !others.some(({writes}) => writes.some((a) => spec.writes.some((b) => overlap(a, b))))
    );
  };
  while (waiting.length > 0 || running.size > 0) {
    for (let ready = waiting.filter(mayStart); ready.length > 0; ready = waiting.filter(mayStart)) {
      // Sometimes it is left alone although it could start: a schedule need not be in a hurry.
      if (running.size > 0 && choose() % 4 === 0) break;
      const chosen = ready[choose() % ready.length]!;
      running.set(chosen, now + chosen.workMs);
      waiting = waiting.filter((other) => other !== chosen);
    }
    now = Math.min(...running.values());
    for (const [ended, at] of running) {
      if (at > now) continue;
      running.delete(ended);
      done.add(ended.spec.id);
    }
  }
  return now;
};
