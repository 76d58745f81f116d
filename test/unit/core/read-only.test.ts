import {describe, expect, test} from 'vitest';
import {loadPlan} from '../../../src/api/project.ts';
import type {ClaimInput, TaskOptions} from '../../../src/index.ts';
import {folderWith} from '../../support/cli.ts';
import {rejectionOf, startOrchestrator} from '../../support/orchestrators.ts';
import {Gate} from '../../support/task-functions.ts';

const run = (): string => 'ran';

/** Why a task with these files is refused. */
const refusalOf = async (files: readonly unknown[], more: Partial<TaskOptions> = {}) => {
  const orchestrator = await startOrchestrator({agents: {dev: {}, reader: {readOnly: true}}});
  const task = orchestrator.submit({
    id: 'T1',
    agentType: 'dev',
    files: files as readonly ClaimInput[],
    run,
    ...more,
  });
  const error = await rejectionOf(task.accepted);
  await rejectionOf(task.result);
  return error;
};

describe('{readOnly: true} among the files', () => {
  test('makes the task read-only: it runs beside one that writes everything', async () => {
    const orchestrator = await startOrchestrator();
    const gate = new Gate();
    const [writer, reader] = orchestrator.submitMany([
      {id: 'all', agentType: 'dev', files: ['./'], run: () => gate.opened},
      {id: 'look', agentType: 'ops', files: [{readOnly: true}], run},
    ]);
    await expect(reader?.result).resolves.toBe('ran');
    expect(orchestrator.status().runningFiles).toEqual(['./']);
    expect(orchestrator.status().tasks.map(({files}) => files)).toEqual([['./'], []]);
    gate.open();
    await writer?.result;
  });

  test('makes it so whatever its agent type owns', async () => {
    const orchestrator = await startOrchestrator({agents: {dev: {owns: ['src/'], instances: 2}}});
    const gate = new Gate();
    const [writer, reader] = orchestrator.submitMany([
      {agentType: 'dev', run: () => gate.opened},
      {agentType: 'dev', files: [{readOnly: true}], run},
    ]);
    await expect(reader?.result).resolves.toBe('ran');
    gate.open();
    await writer?.result;
  });

  test('beside a file is refused, whichever comes first', async () => {
    const expected = {
      code: 'E_READ_ONLY',
      message: 'task T1 claims src/a.ts, but it is read-only (agent type dev)',
      hint: 'remove its files or its readOnly: true, or give it to an agent type that may write',
    };
    expect(await refusalOf([{readOnly: true}, 'src/a.ts'])).toMatchObject(expected);
    expect(await refusalOf(['src/a.ts', {readOnly: true}])).toMatchObject(expected);
    expect(await refusalOf([{readOnly: true}, {rename: ['src/a.ts', 'b']}])).toMatchObject(expected);
    // The same said in another way.
    expect(await refusalOf(['src/a.ts'], {readOnly: true})).toMatchObject(expected);
    expect(await refusalOf(['src/a.ts'], {agentType: 'reader'})).toMatchObject({code: 'E_READ_ONLY'});
  });

  test('is nothing to be said twice: a list of it alone is read-only', async () => {
    const orchestrator = await startOrchestrator();
    const task = orchestrator.submit({agentType: 'dev', files: [{readOnly: true}, {readOnly: true}], run});
    await expect(task.result).resolves.toBe('ran');
  });

  test('is not the same as no files at all', async () => {
    expect(await refusalOf([])).toMatchObject({code: 'E_CLAIM_EMPTY'});
  });
});

describe('an object that could be two claims, or none', () => {
  test.each([
    [{path: 'a', glob: 'b'}],
    [{path: 'a', readOnly: true}],
    [{readOnly: true, rename: ['a', 'b']}],
    [{readOnly: false}],
    [{readOnly: 'true'}],
    [{}],
    [{file: 'a'}],
    [['a']],
    [null],
  ])('%j is refused, with the forms that there are', async (input) => {
    expect(await refusalOf([input])).toMatchObject({
      code: 'E_PATH_TYPE',
      message: `task T1: claim "${JSON.stringify(input)}" is not a claim`,
      hint: 'write a path, {path}, {glob}, {rename: [from, to]} or {readOnly: true}',
    });
  });

  test.each([
    '{path: a, glob: b}',
    '{path: a, readOnly: true}',
    '{readOnly: false}',
    '{file: a}',
    '[a]',
    '1',
  ])('%s is refused in a plan, with its place', async (claim) => {
    const cwd = folderWith({'plan.yaml': `tasks:\n  - agent: dev\n    files: [x, ${claim}]\n`});
    expect(await rejectionOf(loadPlan('plan.yaml', cwd))).toMatchObject({
      code: expect.stringMatching(/^E_PLAN_/u),
      message: expect.stringMatching(/plan\.yaml:3.*files/u),
    });
  });

  test('each form alone is taken from a plan', async () => {
    const files = '[a, {path: b}, {glob: "c/*"}, {rename: [d, e]}]';
    const cwd = folderWith({
      'plan.yaml': `tasks:\n  - {agent: dev, files: ${files}}\n  - {agent: dev, files: [{readOnly: true}]}\n`,
    });
    expect((await loadPlan('plan.yaml', cwd)).map((task) => task.files)).toEqual([
      ['a', {path: 'b'}, {glob: 'c/*'}, {rename: ['d', 'e']}],
      [{readOnly: true}],
    ]);
  });
});
