import {expect, test} from 'vitest';
import {countingIds} from '../../../src/api/counting-ids.ts';
import {nameTasks} from '../../../src/api/name-tasks.ts';
import {startOrchestrator} from '../../support/orchestrators.ts';

const nobody = (): boolean => false;

test('a new id is none that a task of the same list has', () => {
  const tasks = [
    {agentType: 'dev'},
    {agentType: 'dev', id: 't1'},
    {agentType: 'dev', id: 't3'},
    {agentType: 'dev'},
  ];
  expect(nameTasks(tasks, countingIds(), nobody)).toEqual(['t2', 't1', 't3', 't4']);
});

test('a new id is none that was given out or handed in before, accepted or not', async () => {
  const orchestrator = await startOrchestrator();
  const run = (): void => {};
  const first = orchestrator.submit({id: 't1', agentType: 'dev', files: ['a'], run});
  const second = orchestrator.submit({agentType: 'dev', files: ['a'], run});
  expect(second.id).toBe('t2');
  await Promise.all([first.result, second.result]);
  orchestrator.submit({id: 't3', agentType: 'dev', files: ['a'], run});
  await orchestrator.idle();
  const last = orchestrator.submit({agentType: 'dev', files: ['a'], run});
  expect(last.id).toBe('t4');
  await last.result;
});

test('a source of ids that has only one is not asked for ever', () => {
  const tasks = [{agentType: 'dev'}];
  expect(nameTasks(tasks, {taskId: () => 'same'}, () => true)).toEqual(['same']);
});
