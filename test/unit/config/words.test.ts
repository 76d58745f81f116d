import path from 'node:path';
import {expect, test} from 'vitest';
import {loadConfigFile, loadPlanFile} from '../../../src/config/load.ts';
import {planSchema} from '../../../src/config/schema.ts';
import {folderWith} from '../../support/cli.ts';

const problemIn = async (
  load: typeof loadConfigFile | typeof loadPlanFile,
  text: string,
): Promise<string> => {
  const result = await load(path.join(folderWith({file: text}), 'file'), 'file');
  return result.ok ? 'none' : `${result.failure.message}. ${result.failure.hint}`;
};

test.each([
  ['', 'file is empty. add at least one agent type under "agents"'],
  ['# later\n', 'file is empty. add at least one agent type under "agents"'],
  ['agents: {a: {own: [a]}}', 'file:1:14: "own" is not known here. did you mean "owns"'],
  ['agents: {a: {INSTANCES: 2}}', 'file:1:14: "INSTANCES" is not known here. did you mean "instances"'],
  ['agents: {a: {retires: 2}}', 'file:1:14: "retires" is not known here. did you mean "retries"'],
  ['resources: {cpu: {adnit: 90}}', 'file:1:19: "adnit" is not known here. did you mean "admit"'],
  ['resources: {disk: {admit: 90}}', 'file:1:13: "disk" is not known here. known: cpu, memory'],
  [
    'resources: yes',
    'file:1:1: resources is "yes". write false, or thresholds such as {cpu: {admit: 70, lower: 80}, memory: {admit: 70, lower: 80}}',
  ],
  ['maxParallel: many', 'file:1:1: maxParallel is "many". write an integer, 1..256, or auto'],
  ['text', 'file: the file is "text". it must be an object: keys with values'],
  ['agents:', 'file:1:1: agents is null. it must be an object: keys with values'],
  ['maxParallel: 4', 'file: agents is missing. it must be an object: keys with values'],
  ['agents: {a: {owns: src}}', 'file:1:14: agents.a.owns is "src". it must be a list: [one, other]'],
  ['agents: {a: {instances: few}}', 'file:1:14: agents.a.instances is "few". it must be a whole number'],
  ['agents: {a: {instances: 1.5}}', 'file:1:14: agents.a.instances is 1.5. it must be a whole number'],
  ['agents: {a: {instances: 300}}', 'file:1:14: agents.a.instances is 300. at most 256 is allowed'],
  ['agents: {a: {instances: 0}}', 'file:1:14: agents.a.instances is 0. at least 1 is allowed'],
  ['agents: {a: {readOnly: 1}}', 'file:1:14: agents.a.readOnly is 1. write true or false'],
  [
    'agents: {a: {timeout: 600h}}',
    'file:1:14: agents.a.timeout is "600h", which is too long. allowed: 1ms to 596h',
  ],
  [
    'agents: {a: {timeout: 0s}}',
    'file:1:14: agents.a.timeout is "0s", which is too short. allowed: 1ms to 596h',
  ],
  [
    'agents: {a: {timeout: 5}}',
    'file:1:14: agents.a.timeout is 5, which is no duration. write 90s, 30m or 2h',
  ],
])('what is wrong with the configuration "%s" is said in the words of its author', async (text, says) => {
  expect(await problemIn(loadConfigFile, text)).toBe(says);
});

const TASK_KEYS = Object.keys(planSchema.shape.tasks.element.shape).join(', ');

test.each([
  ['', 'file is empty. add at least one task under "tasks"'],
  ['---\n# later\n', 'file is empty. add at least one task under "tasks"'],
  ['tasks: [{agent: a, depnds: [b]}]', 'file:1:20: "depnds" is not known here. did you mean "dependsOn"'],
  ['tasks: [{agnet: a}]', 'file:1:10: "agnet" is not known here. did you mean "agent"'],
  ['tasks: [{agent: a, env: {}}]', `file:1:20: "env" is not known here. known: ${TASK_KEYS}`],
  ['tasks: [{agent: a, command: [x]}]', `file:1:20: "command" is not known here. known: ${TASK_KEYS}`],
  ['agents: {}', 'file:1:1: "agents" is not known here. known: tasks'],
  ['tasks: [{}]', 'file:1:9: tasks.0.agent is missing. it must be text'],
  ['tasks: [{agent: [a]}]', 'file:1:10: tasks.0.agent is ["a"]. it must be text'],
  ['tasks: {}', 'file:1:1: tasks is {}. it must be a list: [one, other]'],
])('what is wrong with the plan "%s" is said in the words of its author', async (text, says) => {
  expect(await problemIn(loadPlanFile, text)).toBe(says);
});
