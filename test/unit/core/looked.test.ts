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

/** A core in which `one` was dispatched and not started yet; tells what it decides. */
const dispatched = () => {
  let state = initialState(coreSettings({dev: {}, ops: {}}), 4);
  const events: DisjointEvent[] = [];
  const tell = (input: Input) => {
    const decided = step(state, input);
    ({state} = decided);
    events.push(...decided.events);
    return decided;
  };
  tell({type: 'change-mode', at, mode: 'running', queued: 'keep', running: 'finish', reason: 'started'});
  const task = {
    id: 'one',
    agentType: 'dev',
    description: '',
    files: ['link'],
    work: {kind: 'function'},
  } as const;
  tell({type: 'submit-tasks', at, submission: 's', tasks: [task]});
  return {tell, events, hold: () => state.lockTable.get(1), task: () => state.tasks.get('one')};
};

const leadsTo = (name: string): ReadonlyMap<string, Look> =>
  new Map([['link', {kind: 'inside', segments: [name], ids: [], exists: true, isDirectory: false}]]);

describe('claims that are looked at again', () => {
  test('start nothing that was told to stop meanwhile', () => {
    const {tell, hold, task} = dispatched();
    tell({type: 'cancel-task', at, taskId: 'one', reason: 'asked'});
    const looks = leadsTo('a');
    const {effects} = tell({type: 'report-looked', at, taskId: 'one', fence: 1, when: 'start', looks});
    expect(effects).toEqual([]);
    expect(hold()).toBeUndefined();
    expect(task()?.state).toMatchObject({name: 'cancelled', reason: 'asked'});
  });

  test('at the end are added to what is held', () => {
    const {tell, events, hold} = dispatched();
    tell({type: 'report-looked', at, taskId: 'one', fence: 1, when: 'end', looks: leadsTo('a')});
    expect(events.at(-1)).toMatchObject({type: 'claims.changed', when: 'end'});
    const keys = hold()?.writes.flatMap(({key, others}) => [key, ...others.map((form) => form.key)]);
    expect(keys).toEqual([['link'], ['link'], ['a']]);
  });

  test('are others if only what is read has changed', () => {
    const look = (path: string): Look | undefined => leadsTo('a').get(path);
    const [before, now] = [claimOf('link'), claimOf('link', {look})];
    expect(isSameClaims({writes: [before], reads: [before]}, {writes: [before], reads: [now]})).toBe(false);
    expect(isSameClaims({writes: [before], reads: [now]}, {writes: [before], reads: [now]})).toBe(true);
  });
});
