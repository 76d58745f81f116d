import {describe, expect, test} from 'vitest';
import type {Look} from '../../../src/core/claim/look.ts';
import type {DisjointEvent} from '../../../src/core/events.ts';
import type {Input} from '../../../src/core/inputs.ts';
import {isSameClaims} from '../../../src/core/reclaim.ts';
import {initialState} from '../../../src/core/state.ts';
import {step} from '../../../src/core/step.ts';
import {claimOf} from '../../support/claim-of.ts';
import {coreSettings} from '../../support/core-settings.ts';

const at = 1;

const TASK = {
  id: 'one',
  agentType: 'dev',
  description: '',
  work: {kind: 'function'},
} as const;

/** A core in which `one` was dispatched and not started yet; tells what it decides. */
const dispatched = (files: readonly string[] = ['link']) => {
  let state = initialState(coreSettings({dev: {}, ops: {}, qa: {}}), 4);
  const events: DisjointEvent[] = [];
  const tell = (input: Input) => {
    const decided = step(state, input);
    ({state} = decided);
    events.push(...decided.events);
    return decided;
  };
  tell({type: 'change-mode', at, mode: 'running', queued: 'keep', running: 'finish', reason: 'started'});
  tell({type: 'submit-tasks', at, submission: 's', tasks: [{...TASK, files}]});
  return {tell, events, hold: (fence = 1) => state.lockTable.get(fence), task: () => state.tasks.get('one')};
};

const LOOKED = {type: 'report-looked', at, fence: 1, taskId: 'one', yetToStart: []} as const;

const leadsTo = (name: string): ReadonlyMap<string, Look> =>
  new Map([
    ['link', {kind: 'inside', segments: [name], ids: [], links: [], exists: true, isDirectory: false}],
  ]);

describe('claims that are looked at again', () => {
  test('start nothing that was told to stop meanwhile', () => {
    const {tell, hold, task} = dispatched();
    tell({type: 'cancel-task', at, taskId: 'one', reason: 'asked'});
    const looks = leadsTo('a');
    const {effects} = tell({...LOOKED, when: 'start', looks});
    expect(effects).toEqual([]);
    expect(hold()).toBeUndefined();
    expect(task()?.state).toMatchObject({name: 'cancelled', reason: 'asked'});
  });

  test('at the end are added to what is held', () => {
    const {tell, events, hold} = dispatched();
    tell({...LOOKED, when: 'end', looks: leadsTo('a')});
    expect(events.at(-1)).toMatchObject({type: 'claims.changed', when: 'end'});
    const keys = hold()?.writes.flatMap(({key, others}) => [key, ...others.map((form) => form.key)]);
    expect(keys).toEqual([['link'], ['link'], ['a']]);
  });

  test('at the end and are what they were are told of by nothing', () => {
    const {tell, events} = dispatched();
    const before = events.length;
    const looks = leadsTo('link');
    tell({...LOOKED, when: 'end', looks});
    expect(events.slice(before)).toEqual([]);
  });

  const outside: Look = {kind: 'outside', target: '/etc'};

  test('are seen beside one that is no longer allowed, at the end', () => {
    const {tell, events, hold} = dispatched(['build', 'link']);
    const looks = new Map([...leadsTo('a'), ['build', outside]]);
    tell({...LOOKED, when: 'end', looks});
    expect(events.map(({type}) => type)).toContain('input.refused');
    expect(events.at(-1)).toMatchObject({type: 'claims.changed', when: 'end'});
    const keys = hold()?.writes.flatMap(({key, others}) => [key, ...others.map((form) => form.key)]);
    expect(keys).toEqual([['build'], ['link'], ['link'], ['a']]);
  });

  test('are seen beside one that is no longer allowed, when another starts', () => {
    const {tell, events} = dispatched(['build', 'link']);
    tell({
      type: 'submit-tasks',
      at,
      submission: 't',
      tasks: [{...TASK, id: 'two', agentType: 'ops', files: ['a']}],
    });
    const looks = new Map([...leadsTo('a'), ['build', outside]]);
    tell({...LOOKED, taskId: 'two', fence: 2, when: 'start', looks});
    expect(events.slice(-3).map(({type}) => type)).toContain('claims.changed');
    expect(events.find(({type}) => type === 'attempt.overlapped')).toMatchObject({
      taskId: 'two',
      when: 'start',
    });
  });

  test('of what could not be stopped are followed as well', () => {
    const {tell, events, hold} = dispatched(['link']);
    tell({type: 'cancel-task', at, taskId: 'one', reason: 'asked'});
    tell({type: 'report-quarantined', at, taskId: 'one', fence: 1, survivors: 'a function'});
    tell({
      type: 'submit-tasks',
      at,
      submission: 't',
      tasks: [{...TASK, id: 'two', agentType: 'ops', files: ['a']}],
    });
    const looks = leadsTo('a');
    tell({...LOOKED, taskId: 'two', fence: 2, when: 'start', looks});
    expect(events.find(({type}) => type === 'attempt.overlapped')).toMatchObject({
      taskId: 'two',
      when: 'start',
    });
    const keys = hold()?.writes.flatMap(({key, others}) => [key, ...others.map((form) => form.key)]);
    expect(keys).toContainEqual(['a']);
    const before = events.length;
    tell({...LOOKED, taskId: 'two', fence: 2, when: 'start', looks});
    expect(events.slice(before).map(({type}) => type)).not.toContain('claims.changed');
  });

  test('of what could not be stopped only grow: what led elsewhere once is held already when it leads there again', () => {
    const {tell, events} = dispatched(['link']);
    tell({type: 'cancel-task', at, taskId: 'one', reason: 'asked'});
    tell({type: 'report-quarantined', at, taskId: 'one', fence: 1, survivors: 'a function'});
    const tasks = [{...TASK, id: 'two', agentType: 'ops', files: ['z']}];
    tell({type: 'submit-tasks', at, submission: 't', tasks});
    const before = events.length;
    const looked = {...LOOKED, taskId: 'two', fence: 2, when: 'end'} as const;
    for (const name of ['a', 'b', 'a', 'link', 'b']) tell({...looked, looks: leadsTo(name)});
    expect(events.slice(before).map(({type}) => type)).toEqual(['claims.changed', 'claims.changed']);
  });

  test('of what could not be stopped take the trust from what they come to overlap', () => {
    const {tell, events, hold} = dispatched(['link']);
    tell({type: 'cancel-task', at, taskId: 'one', reason: 'asked'});
    tell({type: 'report-quarantined', at, taskId: 'one', fence: 1, survivors: 'a function'});
    const tasks = [
      {...TASK, id: 'two', agentType: 'ops', files: ['a']},
      {...TASK, id: 'three', agentType: 'qa', files: ['z']},
    ];
    tell({type: 'submit-tasks', at, submission: 't', tasks});
    const looks = leadsTo('a');
    tell({...LOOKED, taskId: 'three', fence: 3, when: 'end', looks});
    expect(events.filter(({type}) => type === 'attempt.overlapped')).toMatchObject([
      {taskId: 'two', when: 'running', blockers: [{holder: 'one'}]},
    ]);
    expect([hold(2)?.overlapped, hold(3)?.overlapped]).toEqual([true, false]);
  });

  test('that come to overlap those of another that runs make the success of both worth nothing', () => {
    const {tell, events, hold} = dispatched(['link']);
    tell({
      type: 'submit-tasks',
      at,
      submission: 't',
      tasks: [{...TASK, id: 'two', agentType: 'ops', files: ['a']}],
    });
    tell({...LOOKED, when: 'end', looks: leadsTo('a')});
    const overlapped = events.filter((event) => event.type === 'attempt.overlapped');
    expect(overlapped).toMatchObject([
      {taskId: 'one', when: 'end', blockers: [{holder: 'two'}]},
      {taskId: 'two', when: 'running', blockers: [{holder: 'one'}]},
    ]);
    expect([hold()?.overlapped, hold(2)?.overlapped]).toEqual([true, true]);
    // Whoever is not believed already is told of once.
    tell({
      ...LOOKED,
      when: 'end',
      looks: new Map([...leadsTo('a')].map(([name, look]) => [name, {...look, isDirectory: true}])),
    });
    const told = events.filter((event) => event.type === 'attempt.overlapped');
    expect(told.filter(({taskId}) => taskId === 'two')).toHaveLength(1);
    const how = {kind: 'returned' as const, value: null};
    const exit = {how, durationMs: 1, logPath: null, tail: [], changed: null};
    tell({type: 'report-exited', at, taskId: 'two', fence: 2, exit});
    tell({type: 'report-exited', at, taskId: 'one', fence: 1, exit});
    expect(events.filter(({type}) => type === 'task.succeeded')).toEqual([]);
    expect(events.filter(({type}) => type === 'attempt.dispatched')).toHaveLength(3);
  });

  test('are others if only what is read has changed', () => {
    const look = (path: string): Look | undefined => leadsTo('a').get(path);
    const [before, now] = [claimOf('link'), claimOf('link', {look})];
    expect(isSameClaims({writes: [before], reads: [before]}, {writes: [before], reads: [now]})).toBe(false);
    expect(isSameClaims({writes: [before], reads: [now]}, {writes: [before], reads: [now]})).toBe(true);
  });
});
