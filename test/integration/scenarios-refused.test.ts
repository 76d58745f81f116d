import {existsSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {DependencyCycleError, OwnershipViolationError} from '../../src/index.ts';
import {rejectionOf, startOrchestrator} from '../support/orchestrators.ts';
import {SHELL_AGENT, Timesheet} from '../support/shell-tasks.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

describe('what is refused when it is submitted, and what is not', () => {
  test('7. an agent that declares a file of another is refused with agent, path and owner, and a file that nobody owns goes by a stated rule', async () => {
    const repo = temporaryFolder();
    const orchestrator = await startOrchestrator({
      repo,
      agents: {
        code_developer: {...SHELL_AGENT, owns: ['coffee_maker/**', 'tests/**']},
        project_manager: {...SHELL_AGENT, owns: ['docs/roadmap/**']},
        helper: SHELL_AGENT,
      },
    });
    const submit = (agentType: string, file: string) =>
      orchestrator.submit({agentType, files: [file], description: `echo ${agentType} > ${file}`});

    const foreign = submit('project_manager', 'coffee_maker/x.py');
    const error = await rejectionOf(foreign.accepted);
    expect(error).toBeInstanceOf(OwnershipViolationError);
    expect(error).toMatchObject({
      code: 'E_OWNERSHIP',
      agentType: 'project_manager',
      path: 'coffee_maker/x.py',
      owner: 'code_developer',
      message:
        'task t1: agent type project_manager may not write coffee_maker/x.py, which code_developer owns',
      hint: 'give the task to code_developer, or change "owns"',
    });
    // Another spelling, and a claim that only reaches into the foreign folder, are refused as well.
    for (const file of ['docs/../coffee_maker/x.py', 'coffee_maker/', '**/x.py']) {
      const reaching = submit('project_manager', file);
      expect(await rejectionOf(reaching.accepted)).toMatchObject({code: 'E_OWNERSHIP'});
    }

    // Who owns something writes nothing else; who owns nothing writes what nobody owns.
    expect(await rejectionOf(submit('project_manager', 'README.md').accepted)).toMatchObject({
      code: 'E_OWNERSHIP',
      owner: null,
      hint: 'add it to the "owns" of project_manager',
    });
    expect(await rejectionOf(submit('helper', 'coffee_maker/x.py').accepted)).toMatchObject({
      code: 'E_OWNERSHIP',
      owner: 'code_developer',
    });
    await expect(submit('helper', 'README.md').result).resolves.toMatchObject({changed: ['README.md']});
    expect(existsSync(path.join(repo, 'coffee_maker/x.py'))).toBe(false);
  });

  test('8. a read-only agent that declares a write is refused, and one that declares none runs beside everything', async () => {
    const times = new Timesheet();
    const orchestrator = await startOrchestrator({
      agents: {code_developer: SHELL_AGENT, assistant: {...SHELL_AGENT, readOnly: true}},
    });
    const writing = orchestrator.submit({
      id: 'writing',
      agentType: 'assistant',
      files: ['notes.md'],
      description: times.script('echo no > notes.md'),
    });
    expect(await rejectionOf(writing.accepted)).toMatchObject({
      code: 'E_READ_ONLY',
      message: 'task writing claims notes.md, but it is read-only (agent type assistant)',
    });
    const description = times.script(times.untilStarted(2));
    const tasks = orchestrator.submitMany([
      {id: 'all', agentType: 'code_developer', files: ['./'], description},
      {id: 'look', agentType: 'assistant', description},
    ]);
    await Promise.all(tasks.map((task) => task.result));
    expect(times.overlapped('all', 'look')).toBe(true);
    expect(times.starts()).not.toContain('writing');
  });

  test('14. tasks that wait for each other are refused with the whole cycle named, and a graph without one runs in order and as parallel as it can', async () => {
    const times = new Timesheet();
    const agents = {one: SHELL_AGENT, two: SHELL_AGENT, three: SHELL_AGENT};
    const orchestrator = await startOrchestrator({agents});
    const task = (id: string, agentType: keyof typeof agents, dependsOn: string[], work = 'true') => ({
      id,
      agentType,
      files: [`${id}.txt`],
      dependsOn,
      description: times.script(work),
    });
    const refused = orchestrator.submitMany([
      task('a', 'one', ['c']),
      task('b', 'two', ['a']),
      task('c', 'three', ['b']),
      task('beside', 'one', []),
    ]);
    for (const {accepted} of refused) {
      const error = await rejectionOf(accepted);
      expect(error).toBeInstanceOf(DependencyCycleError);
      expect(error).toMatchObject({
        code: 'E_DEP_CYCLE',
        cycle: ['a', 'c', 'b', 'a'],
        message: 'the tasks wait for each other: a -> c -> b -> a',
      });
    }
    expect(times.starts()).toEqual([]);

    const graph = orchestrator.submitMany([
      task('last', 'one', ['left', 'right', 'free']),
      task('left', 'one', ['first'], `${times.untilStartOf('right')}; ${times.untilStartOf('free')}`),
      task('right', 'two', ['first'], `${times.untilStartOf('left')}; ${times.untilStartOf('free')}`),
      task('free', 'three', [], times.untilStartOf('left')),
      task('first', 'one', []),
    ]);
    await Promise.all(graph.map(({result}) => result));
    const order = times.order();
    const before = (earlier: string, later: string): boolean =>
      order.indexOf(`end ${earlier}`) < order.indexOf(`start ${later}`);
    const edges = [
      ['first', 'left'],
      ['first', 'right'],
      ['left', 'last'],
      ['right', 'last'],
      ['free', 'last'],
    ] as const;
    for (const [earlier, later] of edges) expect(before(earlier, later), `${earlier} -> ${later}`).toBe(true);
  });
});
