import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {conflict} from '../../src/core/admission.ts';
import {brokenInvariants} from '../../src/core/invariants.ts';
import {POLICIES, type Policy} from '../../src/core/policy.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import type {TaskSpec} from '../../src/core/task.ts';
import {CoreRun} from '../support/core-run.ts';
import {EXITED_BADLY} from '../support/core-settings.ts';
import {OvertakeCount, PlainScan} from '../support/plain-scan.ts';
import {beginning, drawFrom, Play} from '../support/random-play.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const INPUTS_PER_RUN = 300;

/** The queued tasks that were moved to the front and can reserve. */
const promotedIn = (state: CoordinatorState): readonly TaskSpec[] =>
  [...state.tasks.values()].flatMap(({spec, state: {name}, isPromoted}) =>
    isPromoted && name === 'queued' ? [spec] : [],
  );

describe.each(POLICIES)('under the policy %s', (policy) => {
  test('no rule is ever broken, and nothing waits for nothing', {timeout: patienceMs}, () => {
    const tries = runs(40);
    const tally = new Tally();
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const play = new Play(drawFrom(seed));
        let state = beginning({policy, overtakesMax: 1_000_000});
        for (let i = 0; i < INPUTS_PER_RUN; i++) {
          const next = step(state, play.next(state));
          for (const {type} of next.events) tally.tell(type);
          state = next.state;
          expect(i % 20 === 0 ? brokenInvariants(state) : []).toEqual([]);
          // Whoever could start is kept back by one that goes first, or by the order.
          const keptBack = policy === 'ordered' ? waitingBefore(state) : promotedIn(state);
          const {ours} = new PlainScan(false).compare(state, {state, events: [], effects: []});
          for (const {taskId} of ours) {
            const {spec} = state.tasks.get(taskId)!;
            const first = keptBack.find((other) => other.id !== taskId && conflict(other, spec));
            expect(first, `${taskId} waits for nothing`).toBeDefined();
          }
        }
      }),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, {'attempt.dispatched': 60})).toEqual([]);
  });
});

const waitingBefore = ({tasks}: CoordinatorState): readonly TaskSpec[] =>
  [...tasks.values()].flatMap(({spec, state}) => (state.name === 'queued' ? [spec] : []));

describe('under the policy ordered', () => {
  test('of two queued tasks that conflict, the one that came first starts first', {
    timeout: patienceMs,
  }, () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const play = new Play(drawFrom(seed));
        const count = new OvertakeCount();
        let state = beginning({policy: 'ordered'});
        for (let i = 0; i < INPUTS_PER_RUN; i++) {
          const next = step(state, play.next(state));
          count.hear(state, next);
          state = next.state;
        }
        expect(count.most).toBe(0);
      }),
      {numRuns: runs(60)},
    );
  });

  test('the same inputs start the same tasks in the same order', () => {
    const startsOf = (seed: number): readonly string[] => {
      const play = new Play(drawFrom(seed));
      let state = beginning({policy: 'ordered'});
      const starts: string[] = [];
      for (let i = 0; i < INPUTS_PER_RUN; i++) {
        const next = step(state, play.next(state));
        for (const event of next.events) if (event.type === 'attempt.dispatched') starts.push(event.taskId);
        state = next.state;
      }
      return starts;
    };
    expect(startsOf(7)).toEqual(startsOf(7));
    expect(startsOf(7).length).toBeGreaterThan(50);
  });
});

/** Small tasks without an end that all keep one apart, which came first. How many start before it does; `null`: it never does. */
const startsBefore = (policy: Policy, most: number): number | null => {
  const agents = Object.fromEntries(['victim', 'a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, {}]));
  const run = new CoreRun(agents, {policy, maxParallel: 4, agingMs: 1});
  let [handedIn, starts] = [0, 0];
  const isStarted = (): boolean => run.state.tasks.get('victim')?.state.name === 'running';
  const submitOne = (): void => {
    const i = ++handedIn;
    run.submit(`t${i}`, 'abcdef'[i % 6]!, [`src/f${i % 7}.ts`], {estimateMs: 3_600_000});
  };
  for (let i = 0; i < 4; i++) submitOne();
  run.submit('victim', 'victim', ['src/'], {estimateMs: 1});
  const {fence} = run.state;
  for (let i = 0; starts < most; i++) {
    run.at++;
    // More come than can run, and one ends at a time: there is always somebody who writes below the folder.
    submitOne();
    submitOne();
    const holds = run.state.lockTable.holds();
    run.end(holds[i % holds.length]!.taskId);
    starts = run.state.fence - fence;
    if (isStarted()) return starts;
    // Cancelled, so that the queue does not grow without an end.
    const waiting = [...run.state.queue.tasks].filter(({taskId}) => taskId !== 'victim');
    for (const {taskId} of waiting.slice(0, -12)) {
      run.send({type: 'cancel-task', at: run.at, taskId, reason: ''});
    }
  }
  return null;
};

describe('under an endless stream of tasks that conflict with an earlier one', () => {
  test.each([
    // Overtaken 32 times at most, and then by those that run (4).
    ['fair', 32 + 4],
    // Nobody overtakes it.
    ['ordered', 4],
    // The first of 13 queued tasks goes to the front after 64 starts.
    ['throughput', 64 + 1 + 4],
  ] as const)('%s starts it after at most %i others', (policy, most) => {
    const starts = startsBefore(policy, 1_000);
    expect(starts).not.toBeNull();
    expect(starts).toBeLessThanOrEqual(most + 1);
  });
});

describe('a task that throughput has moved to the front', () => {
  test('goes before all that conflict with it at each further attempt, whatever its agent does', () => {
    const run = new CoreRun({v: {}, w: {}, quick: {}}, {policy: 'throughput', maxParallel: 2});
    run.submit('v0', 'v', ['v0.ts']);
    run.submit('late', 'v', ['f.ts'], {retry: {maxAttempts: 2, backoffMs: 10}});
    for (let i = 0; i < 66; i++) {
      run.submit(`quick${i}`, 'quick', ['quick.ts']);
      run.end(`quick${i}`);
    }
    expect(run.state.tasks.get('late')?.isPromoted).toBe(true);
    run.end('v0');
    run.submit('v1', 'v', ['v1.ts']);
    run.submit('v2', 'v', ['v2.ts']);
    run.end('late', EXITED_BADLY);
    run.at += 1_000;
    run.send({type: 'wake', at: run.at});
    run.submit('rival', 'w', ['f.ts']);
    const stateOf = (id: string) => run.state.tasks.get(id)?.state.name;
    expect(['v1', 'late', 'rival'].map(stateOf)).toEqual(['running', 'queued', 'queued']);
    run.end('v1');
    expect(['late', 'rival'].map(stateOf)).toEqual(['running', 'queued']);
  });
});
