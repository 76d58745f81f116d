import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../../src/core/events.ts';
import type {Input} from '../../../src/core/inputs.ts';
import {
  DEFAULT_THRESHOLDS,
  gateAfter,
  HYSTERESIS,
  OPEN_GATE,
  type ResourceGate,
  type ResourceUse,
} from '../../../src/core/resources.ts';
import {slotLimit} from '../../../src/core/slots.ts';
import {type CoordinatorState, initialState} from '../../../src/core/state.ts';
import {step} from '../../../src/core/step.ts';
import {summarize} from '../../../src/core/summary.ts';
import {why} from '../../../src/core/why.ts';
import {coreSettings, RETURNED} from '../../support/core-settings.ts';

const after = (
  uses: readonly ResourceUse[],
  {running = 4, maxParallel = 4, from = OPEN_GATE} = {},
): ResourceGate =>
  uses.reduce<ResourceGate>(
    (gate, use) => gateAfter(gate, use, DEFAULT_THRESHOLDS, {running, maxParallel}),
    from,
  );

const cpu = (percent: number | null): ResourceUse => ({cpu: percent, memory: 10});

describe('what the use of the machine allows:', () => {
  test.each<[string, readonly ResourceUse[], Partial<ResourceGate>]>([
    ['below the first threshold everything', [cpu(69.9)], {paused: false, lowered: null}],
    ['at the first threshold nothing more', [cpu(70)], {paused: true, lowered: null}],
    ['at the second threshold fewer than run, as well', [cpu(80)], {paused: true, lowered: 3}],
    ['the same for memory', [{cpu: 1, memory: 81}], {paused: true, lowered: 3}],
    ['where the processor is not measured, by memory', [{cpu: null, memory: 75}], {paused: true}],
    ['where nothing is measured, what was before', [cpu(75), {cpu: null, memory: null}], {paused: true}],
    ['a pause lasts a little below its threshold', [cpu(75), cpu(66)], {paused: true}],
    ['and ends well below it', [cpu(75), cpu(64)], {paused: false}],
    [
      'the lowered limit comes back by one with each look',
      [cpu(85), cpu(85), cpu(20)],
      {paused: false, lowered: null},
    ],
  ])('%s', (_, uses, expected) => {
    expect(after(uses)).toMatchObject(expected);
  });

  test('the figure that decided it is the one furthest above its threshold', () => {
    expect(after([{cpu: 72, memory: 90}]).because).toEqual({resource: 'memory', percent: 90, threshold: 80});
    expect(after([{cpu: 78, memory: 72}]).because).toEqual({resource: 'cpu', percent: 78, threshold: 70});
    expect(after([{cpu: 78, memory: 72}, cpu(12)]).because).toEqual({
      resource: 'cpu',
      percent: 12,
      threshold: 70 - HYSTERESIS,
    });
  });

  test('the limit goes down as tasks end, and up again by one with each look', () => {
    let gate = after([cpu(90)], {running: 4, maxParallel: 8});
    expect(gate.lowered).toBe(3);
    gate = after([cpu(90)], {running: 4, maxParallel: 8, from: gate});
    expect(gate.lowered).toBe(3);
    gate = after([cpu(90)], {running: 2, maxParallel: 8, from: gate});
    expect(gate.lowered).toBe(1);
    const limits = Array.from({length: 8}, () => {
      gate = after([cpu(10)], {running: 1, maxParallel: 8, from: gate});
      return gate.lowered;
    });
    expect(limits).toEqual([2, 3, 4, 5, 6, 7, null, null]);
  });

  test('the limit is never below 1 nor above what is asked for, whatever is measured', () => {
    const percent = fc.oneof(fc.constant(null), fc.double({min: 0, max: 100, noNaN: true}));
    fc.assert(
      fc.property(
        fc.array(fc.record({use: fc.record({cpu: percent, memory: percent}), running: fc.nat(9)})),
        fc.integer({min: 1, max: 9}),
        (looks, maxParallel) => {
          let gate = OPEN_GATE;
          for (const {use, running} of looks) {
            gate = gateAfter(gate, use, DEFAULT_THRESHOLDS, {running, maxParallel});
            expect(slotLimit({maxParallel, gate})).toBeGreaterThanOrEqual(1);
            expect(slotLimit({maxParallel, gate})).toBeLessThanOrEqual(maxParallel);
            expect(gate.lowered ?? 1).toBeLessThan(Math.max(2, maxParallel));
          }
        },
      ),
    );
  });
});

describe('on a busy machine', () => {
  const settings = coreSettings({a: {}, b: {}, c: {}});
  let state: CoordinatorState;
  let events: readonly DisjointEvent[];
  const send = (input: Input): void => {
    const next = step(state, input);
    [state, events] = [next.state, [...events, ...next.events]];
  };
  const running = (): readonly string[] => state.lockTable.holds().map(({taskId}) => taskId);
  const end = (at: number): void => {
    const {taskId, fence} = state.lockTable.holds()[0]!;
    send({type: 'report-exited', at, taskId, fence, exit: RETURNED});
  };

  const begin = (): void => {
    [state, events] = [initialState(settings, 3), []];
    send({type: 'change-mode', at: 0, mode: 'running', queued: 'keep', running: 'finish', reason: ''});
    const tasks = ['a', 'b', 'c', 'a', 'b', 'c'].map((agentType, i) => ({
      id: `t${i + 1}`,
      agentType,
      description: '',
      files: [`f${i}`],
      work: {kind: 'function' as const},
    }));
    send({type: 'submit-tasks', at: 0, submission: '', tasks: tasks.slice(0, 2)});
    send({type: 'report-resources', at: 1, use: cpu(75)});
    send({type: 'submit-tasks', at: 1, submission: '', tasks: tasks.slice(2)});
  };

  test('nothing starts while anything runs, one task at a time does, and all do once it has room', () => {
    begin();
    expect(running()).toEqual(['t1', 't2']);
    end(2);
    expect(running()).toEqual(['t2']);
    end(3);
    expect(running()).toEqual(['t3']);
    send({type: 'report-resources', at: 4, use: cpu(20)});
    expect(running()).toEqual(['t3', 't4', 't5']);
    expect(events.filter(({type}) => type === 'resources.changed')).toMatchObject([
      {paused: true, figure: {resource: 'cpu', percent: 75}},
      {paused: false, figure: {resource: 'cpu', percent: 20}},
    ]);
  });

  test('a look that changes nothing tells nothing', () => {
    begin();
    const told = events.length;
    send({type: 'report-resources', at: 2, use: cpu(76)});
    expect(events).toHaveLength(told);
  });

  test('the task says so, and its slot is idle for that reason', () => {
    begin();
    expect(why(state, 't3', 2)).toMatchObject({
      blockers: [{kind: 'resources', running: 2, allowed: 1, figure: {resource: 'cpu', percent: 75}}],
      text: 't3 is queued, waiting for the machine to be less busy (cpu at 75 %, at most 1 at once)',
      expectedStart: null,
      remedy: {withoutClaims: null, afterTasks: ['t1', 't2']},
    });
    const before = summarize(state, 1).idleByCauseMs;
    expect(summarize(state, 11).idleByCauseMs.resources - before.resources).toBe(10);
  });

  test('nobody is held back where nobody looks', () => {
    [state, events] = [initialState({...settings, resources: null}, 3), []];
    send({type: 'report-resources', at: 1, use: cpu(100)});
    expect(events).toEqual([]);
  });
});
