import {expect, test} from 'vitest';
import {unknownOption, unknownTaskOption} from '../../../src/api/known-options.ts';
import type {OrchestratorOptions, TaskOptions} from '../../../src/index.ts';

const told = (error: ReturnType<typeof unknownOption>) =>
  error === null ? null : {code: error.code, message: error.message, hint: error.hint, field: error.field};

test('an option that does not exist is told with the nearest that does', () => {
  const options = {agents: {dev: {own: ['src/']}}} as OrchestratorOptions;
  expect(told(unknownOption(options))).toEqual({
    code: 'E_OPTION',
    message: 'agent type dev: "own" is not known here',
    hint: 'did you mean "owns"',
    field: 'own',
  });
});

test('so is one of a task, with the task', () => {
  const tasks = [{agentType: 'dev'}, {id: 'b', agentType: 'dev', priorty: 9}] as TaskOptions[];
  expect(told(unknownTaskOption(tasks))).toMatchObject({
    message: 'task b: "priorty" is not known here',
    hint: 'did you mean "priority"',
  });
});
