import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Orchestrator, TaskOptions} from '../../src/index.ts';
import {startOrchestrator} from '../support/orchestrators.ts';
import {SHELL_AGENT, Timesheet} from '../support/shell-tasks.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

const AGENTS = {
  code_developer: SHELL_AGENT,
  project_manager: SHELL_AGENT,
  architect: SHELL_AGENT,
  assistant: {...SHELL_AGENT, readOnly: true},
};

/** How long the work of a task takes, next to what starting a process costs. */
const WORK = 'sleep 0.3';
const DAEMON = 'coffee_maker/daemon.py';
const ROADMAP = 'docs/roadmap/ROADMAP.md';
const SPEC = 'docs/architecture/specs/SPEC-046.md';

/** A repository with the folders of the seed. */
const seedRepository = (): string => {
  const repo = temporaryFolder();
  for (const file of [DAEMON, ROADMAP, SPEC]) {
    mkdirSync(path.join(repo, path.dirname(file)), {recursive: true});
    writeFileSync(path.join(repo, file), '');
  }
  return repo;
};

const runAll = async (orchestrator: Orchestrator, tasks: readonly TaskOptions[]): Promise<void> => {
  await Promise.all(orchestrator.submitMany(tasks).map((task) => task.result));
};

/**
 * The five integration tests of the design this project comes from, by their names, with real processes.
 *
 * Its oracle "two tasks of 5 s take 5 s together, or 10 s one after the other" stands here as ratios of the times that
 * the tasks measured themselves.
 */
describe('the five integration tests of the seed', () => {
  test('code_developer_and_project_manager_parallel: real agents run together', async () => {
    const [repo, times] = [seedRepository(), new Timesheet()];
    const orchestrator = await startOrchestrator({repo, agents: AGENTS});
    const together = (file: string): string =>
      times.script(`${times.untilStarted(2)}; ${WORK}; echo done > ${file}`);
    await runAll(orchestrator, [
      {id: 'code', agentType: 'code_developer', files: [DAEMON], description: together(DAEMON)},
      {id: 'plan', agentType: 'project_manager', files: [ROADMAP], description: together(ROADMAP)},
    ]);
    expect(times.overlapped('code', 'plan')).toBe(true);
    const {wallMs, longestMs} = times.times();
    expect(wallMs / longestMs).toBeLessThan(1.5);
    for (const file of [DAEMON, ROADMAP]) expect(readFileSync(path.join(repo, file), 'utf8')).toBe('done\n');
  });

  test('three_agents_parallel: code_developer, project_manager and architect', async () => {
    const [repo, times] = [seedRepository(), new Timesheet()];
    const orchestrator = await startOrchestrator({repo, agents: AGENTS});
    const together = (file: string): string =>
      times.script(`${times.untilStarted(3)}; ${WORK}; echo done > ${file}`);
    await runAll(orchestrator, [
      {id: 'code', agentType: 'code_developer', files: [DAEMON], description: together(DAEMON)},
      {id: 'plan', agentType: 'project_manager', files: [ROADMAP], description: together(ROADMAP)},
      {id: 'spec', agentType: 'architect', files: [SPEC], description: together(SPEC)},
    ]);
    expect(times.order().slice(0, 3).toSorted()).toEqual(['start code', 'start plan', 'start spec']);
    const {wallMs, longestMs} = times.times();
    expect(wallMs / longestMs).toBeLessThan(1.5);
    for (const file of [DAEMON, ROADMAP, SPEC]) {
      expect(readFileSync(path.join(repo, file), 'utf8')).toBe('done\n');
    }
  });

  test('duplicate_agent_blocks: two code_developer tasks run one after the other', async () => {
    const [repo, times] = [seedRepository(), new Timesheet()];
    const orchestrator = await startOrchestrator({repo, agents: AGENTS});
    const files = ['coffee_maker/a.py', 'coffee_maker/b.py'];
    const [first, second] = files.map((file) => times.script(`${WORK}; echo done > ${file}`));
    await runAll(orchestrator, [
      {id: 'a', agentType: 'code_developer', files: ['coffee_maker/a.py'], description: first ?? ''},
      {id: 'b', agentType: 'code_developer', files: ['coffee_maker/b.py'], description: second ?? ''},
    ]);
    expect(times.order()).toEqual(['start a', 'end a', 'start b', 'end b']);
    const {wallMs, sumMs, longestMs} = times.times();
    expect(wallMs).toBeGreaterThanOrEqual(sumMs);
    expect(wallMs / longestMs).toBeGreaterThan(1.5);
    for (const file of files) expect(readFileSync(path.join(repo, file), 'utf8')).toBe('done\n');
  });

  test('overlapping_files_blocks: two agents on one file run one after the other', async () => {
    const [repo, times] = [seedRepository(), new Timesheet()];
    const orchestrator = await startOrchestrator({repo, agents: AGENTS});
    const shared = 'coffee_maker/shared.py';
    // Reads, works, and writes what it read with one line more: were they to overlap, a line would be lost.
    const addLine = times.script(
      `before=$(cat ${shared} 2>/dev/null); ${WORK}; echo "$before$DISJOINT_TASK," > ${shared}`,
    );
    await runAll(orchestrator, [
      {id: 'a', agentType: 'code_developer', files: [shared], description: addLine},
      {id: 'b', agentType: 'architect', files: [shared], description: addLine},
    ]);
    expect(readFileSync(path.join(repo, shared), 'utf8')).toBe('a,b,\n');
    expect(times.order()).toEqual(['start a', 'end a', 'start b', 'end b']);
    const {wallMs, sumMs} = times.times();
    expect(wallMs).toBeGreaterThanOrEqual(sumMs);
  });

  test('end_to_end_workflow: five tasks, of which four run in parallel', async () => {
    const [repo, times] = [seedRepository(), new Timesheet()];
    const orchestrator = await startOrchestrator({repo, agents: AGENTS});
    const together = (work: string): string => times.script(`${times.untilStarted(4)}; ${WORK}; ${work}`);
    await runAll(orchestrator, [
      {
        id: 'code',
        agentType: 'code_developer',
        files: [DAEMON],
        description: together(`echo code > ${DAEMON}`),
      },
      {
        id: 'test',
        agentType: 'code_developer',
        files: ['tests/'],
        description: times.script('mkdir -p tests && echo test > tests/test_daemon.py'),
      },
      {
        id: 'plan',
        agentType: 'project_manager',
        files: [ROADMAP],
        description: together(`echo plan > ${ROADMAP}`),
      },
      {id: 'spec', agentType: 'architect', files: [SPEC], description: together(`echo spec > ${SPEC}`)},
      {id: 'look', agentType: 'assistant', description: together('ls docs')},
    ]);
    expect(times.order().slice(0, 4).toSorted()).toEqual([
      'start code',
      'start look',
      'start plan',
      'start spec',
    ]);
    expect(times.overlapped('code', 'test')).toBe(false);
    const {wallMs, sumMs} = times.times();
    expect(sumMs / wallMs).toBeGreaterThan(1.5);
    const written = [DAEMON, 'tests/test_daemon.py', ROADMAP, SPEC].map((file) =>
      readFileSync(path.join(repo, file), 'utf8'),
    );
    expect(written).toEqual(['code\n', 'test\n', 'plan\n', 'spec\n']);
    expect(orchestrator.summary()).toMatchObject({
      tasks: {total: 5, succeeded: 5, failed: 0, cancelled: 0, skipped: 0},
      maxConcurrent: 4,
    });
  });
});
