import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../src/core/claim/claim.ts';
import type {Step} from '../../src/core/decision.ts';
import type {Input} from '../../src/core/inputs.ts';
import {brokenInvariants} from '../../src/core/invariants.ts';
import {type CoordinatorState, initialState} from '../../src/core/state.ts';
import {nextWakeMs, step} from '../../src/core/step.ts';
import type {TaskRequest} from '../../src/core/task.ts';
import {coreSettings, EXITED_BADLY, RETURNED} from '../support/core-settings.ts';
import {OvertakeCount, PlainScan} from '../support/plain-scan.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const AGENTS = {
  a: {},
  b: {retry: {maxAttempts: 3, backoffMs: 30}},
  c: {},
  d: {},
  pair: {instances: 2},
  reader: {readOnly: true, instances: 2},
};

/** Files of a small repository, most of them in few hands: two that everybody wants, folders, globs. */
const CLAIMS: readonly ClaimInput[] = [
  'src/hot.ts',
  'src/hot.ts',
  'docs/warm.md',
  'src/a.ts',
  'src/b.ts',
  'src/deep/c.ts',
  'src/deep/d.ts',
  'docs/e.md',
  'docs/f.md',
  'test/g.ts',
  'test/h.ts',
  'README.md',
  'src/',
  'src/deep/',
  'docs/',
  {glob: 'src/*.ts'},
  {glob: '**/*.md'},
  {glob: 'test/{g,x}.ts'},
  './',
];

/** What one of many next inputs does, drawn from a few numbers so that ten thousands are quick to make. */
type Draw = (below: number) => number;

const drawFrom = (seed: number): Draw => {
  let state = seed >>> 0;
  return (below) => {
    // mulberry32: https://github.com/bryc/code/blob/master/jshash/PRNGs.md
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

const someOf = <T>(draw: Draw, things: readonly T[], most: number): readonly T[] =>
  Array.from({length: 1 + draw(most)}, () => things[draw(things.length)]!);

class Play {
  readonly #draw: Draw;
  #count = 0;
  at = 0;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  next(state: CoordinatorState): Input {
    const draw = this.#draw;
    this.at += draw(4);
    const {at} = this;
    const kind = draw(100);
    const holds = state.lockTable.holds();
    if (kind < 34 || holds.length === 0) {
      const tasks = Array.from({length: 1 + draw(draw(20) === 0 ? 20 : 2)}, () => this.#task(state));
      return {type: 'submit-tasks', at, submission: '', tasks};
    }
    if (kind < 84) {
      const {taskId, fence} = holds[draw(holds.length)]!;
      return {type: 'report-exited', at, taskId, fence, exit: draw(5) === 0 ? EXITED_BADLY : RETURNED};
    }
    if (kind < 91) {
      const waiting = [...state.queue.tasks];
      const taskId = waiting[draw(Math.max(1, waiting.length))]?.taskId ?? 'none';
      return {type: 'cancel-task', at, taskId, reason: ''};
    }
    if (kind < 93) return {type: 'set-max-parallel', at, maxParallel: 1 + draw(6)};
    if (kind < 94) {
      const {taskId, fence} = holds[draw(holds.length)]!;
      return {type: 'report-quarantined', at, taskId, fence, survivors: ''};
    }
    if (kind < 95) {
      const mode = state.mode === 'paused' ? 'running' : 'paused';
      return {type: 'change-mode', at, mode, queued: 'keep', running: 'finish', reason: ''};
    }
    return {type: 'wake', at};
  }

  #task(state: CoordinatorState): TaskRequest {
    const draw = this.#draw;
    const id = `t${++this.#count}`;
    const agentType = Object.keys(AGENTS)[draw(6)]!;
    const others = [...state.tasks.keys()];
    return {
      id,
      agentType,
      description: '',
      work: {kind: 'function'},
      priority: draw(6) === 0 ? draw(7) - 3 : 0,
      dependsOn: others.length > 0 && draw(8) === 0 ? someOf(draw, others, 2) : [],
      ...(agentType !== 'reader' && {files: someOf(draw, CLAIMS, 3)}),
      ...(draw(3) === 0 && {reads: someOf(draw, CLAIMS, 2)}),
    };
  }
}

const EVENTS_PER_RUN = 400;

const beginning = (overtakesMax: number, lookahead: number): CoordinatorState => {
  const settings = coreSettings(AGENTS, {overtakesMax, lookahead, agingMs: 5});
  const at = {at: 0, queued: 'keep', running: 'finish', reason: ''} as const;
  return step(initialState(settings, 3), {type: 'change-mode', mode: 'running', ...at}).state;
};

describe('the queue, beside a plain scan of all tasks', () => {
  test.each([
    {name: 'without a guard', overtakesMax: 1_000_000, usual: 260, often: {overtake: 0.5}},
    {name: 'with a guard of 3', overtakesMax: 3, usual: 120, often: {overtake: 0.5, 'guard reached': 0.5}},
    {name: 'in order (a guard of 0)', overtakesMax: 0, usual: 70, often: {}},
  ])(
    '$name: starts the same tasks, event by event',
    {timeout: patienceMs},
    ({overtakesMax, usual, often}) => {
      const tries = runs(usual);
      const tally = new Tally();
      let steps = 0;
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          const play = new Play(drawFrom(seed));
          const scan = new PlainScan(overtakesMax < 1_000_000);
          let state = beginning(overtakesMax, Infinity);
          for (let i = 0; i < EVENTS_PER_RUN; i++) {
            const input = play.next(state);
            const next = step(state, input);
            const {ours, theirs} = scan.compare(state, next);
            expect(theirs, `step ${i}: ${input.type}`).toEqual(ours);
            if (theirs.length > 0) tally.tell('start');
            if (next.events.some(({type}) => type === 'task.blocked')) tally.tell('blocked');
            expect(i % 40 === 0 ? brokenInvariants(next.state) : []).toEqual([]);
            steps += next.events.length;
            state = next.state;
          }
          if (scan.overtakesMost > 0) tally.tell('overtake');
          if (scan.overtakesMost === overtakesMax) tally.tell('guard reached');
          expect(scan.overtakesMost).toBeLessThanOrEqual(overtakesMax);
          expect(state.queue.overtakesMost).toBe(scan.overtakesMost);
        }),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {start: 60, blocked: 40, ...often})).toEqual([]);
      expect(steps).toBeGreaterThan(tries * EVENTS_PER_RUN);
    },
  );
});

/** Lets it look at whatever it has not looked at yet. */
const lookOn = (from: CoordinatorState, play: Play, tell: (state: CoordinatorState, next: Step) => void) => {
  let state = from;
  for (let wakes = 0; nextWakeMs(state) === 0; wakes++) {
    if (wakes > state.queue.size) throw new Error('it asks to look without an end');
    const next = step(state, {type: 'wake', at: play.at});
    tell(state, next);
    state = next.state;
  }
  return state;
};

describe('a queue that looks at few tasks in each step', () => {
  test('has started all that could start once it asks for no more', {timeout: patienceMs}, () => {
    const tries = runs(40);
    const tally = new Tally();
    fc.assert(
      fc.property(fc.nat(), fc.integer({min: 1, max: 4}), (seed, lookahead) => {
        const play = new Play(drawFrom(seed));
        let state = beginning(1_000_000, lookahead);
        for (let i = 0; i < EVENTS_PER_RUN; i++) {
          const next = step(state, play.next(state));
          const blocked = next.events.filter(({type}) => type === 'task.blocked').length;
          expect(blocked).toBeLessThanOrEqual(lookahead);
          state = next.state;
          if (i % 3 !== 0) continue;
          state = lookOn(state, play, () => tally.tell('looks on'));
          const {ours} = new PlainScan(false).compare(state, {state, events: [], effects: []});
          expect(ours).toEqual([]);
        }
      }),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, {'looks on': 5})).toEqual([]);
  });

  test('overtakes nobody more often than is allowed', {timeout: patienceMs}, () => {
    const tries = runs(40);
    const tally = new Tally();
    fc.assert(
      fc.property(fc.nat(), fc.integer({min: 1, max: 4}), (seed, lookahead) => {
        const play = new Play(drawFrom(seed));
        const count = new OvertakeCount();
        let state = beginning(2, lookahead);
        for (let i = 0; i < EVENTS_PER_RUN; i++) {
          const next = step(state, play.next(state));
          count.hear(state, next);
          state = next.state;
          if (i % 3 === 0) state = lookOn(state, play, (before, after) => count.hear(before, after));
        }
        expect(count.most).toBeLessThanOrEqual(2);
        expect(state.queue.overtakesMost).toBe(count.most);
        tally.tell(`overtaken ${count.most} times`);
      }),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, {'overtaken 2 times': 0.5})).toEqual([]);
  });
});
