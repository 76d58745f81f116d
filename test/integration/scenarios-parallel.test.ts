import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {promisify} from 'node:util';
import {filter, firstValueFrom} from 'rxjs';
import {describe, expect, test} from 'vitest';
import {startOrchestrator} from '../support/orchestrators.ts';
import {SHELL_AGENT, Timesheet, untilFile} from '../support/shell-tasks.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

const run = promisify(execFile);

const AGENTS = {code_developer: SHELL_AGENT, project_manager: SHELL_AGENT, architect: SHELL_AGENT};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The median time (ms) from the end of one task to the start of the next. */
const medianGap = (times: Timesheet, ids: readonly string[]): number => {
  const spans = ids.flatMap((id) => times.spans(id));
  return median(spans.slice(1).map(({startedAt}, i) => startedAt - spans[i]!.endedAt));
};

describe('what runs together, and what does not', () => {
  test('1. three tasks of three agents on disjoint files take as long as one, and one status shows all three', async () => {
    const times = new Timesheet();
    const orchestrator = await startOrchestrator({agents: AGENTS});
    const allThree = firstValueFrom(
      orchestrator.status$.pipe(filter(({runningAgents}) => runningAgents.length === 3)),
    );
    const description = times.script(`${times.untilStarted(3)}; sleep 0.3`);
    const tasks = orchestrator.submitMany([
      {id: 'code', agentType: 'code_developer', files: ['coffee_maker/a.py'], description},
      {id: 'plan', agentType: 'project_manager', files: ['docs/roadmap/ROADMAP.md'], description},
      {id: 'spec', agentType: 'architect', files: ['docs/architecture/specs/1.md'], description},
    ]);
    expect(await allThree).toMatchObject({
      runningAgents: ['code_developer', 'project_manager', 'architect'],
      runningFiles: ['coffee_maker/a.py', 'docs/roadmap/ROADMAP.md', 'docs/architecture/specs/1.md'],
      queuedTasks: 0,
    });
    await Promise.all(tasks.map((task) => task.result));
    const {wallMs, longestMs} = times.times();
    expect(wallMs / longestMs).toBeLessThan(1.5);
  });

  test('2. tasks of one agent on different files run strictly one after the other, and the gap between two is less than a twentieth of the polling second of the seed', async () => {
    const orchestrator = await startOrchestrator({agents: AGENTS});
    const seedPollMs = 1_000;
    // Longer than it takes to have the next process ready, as all that agents do is.
    const WORK = 'sleep 0.2';
    const measured: string[] = [];
    let added = Number.POSITIVE_INFINITY;
    // A busy machine makes every start of a process slow, so the same scripts are run by a bare loop as well. Noise
    // only ever adds to a gap, so the best of a few rounds tells what the hand-over costs.
    for (let round = 1; round <= 5 && added >= seedPollMs / 20; round++) {
      const [times, bare] = [new Timesheet(), new Timesheet()];
      const ids = Array.from({length: 11}, (_, i) => `round${round}-${i}`);
      const tasks = orchestrator.submitMany(
        ids.map((id) => ({
          id,
          agentType: 'code_developer',
          files: [`coffee_maker/${id}.py`],
          description: times.script(WORK),
        })),
      );
      await Promise.all(tasks.map((task) => task.result));
      expect(times.order()).toEqual(ids.flatMap((id) => [`start ${id}`, `end ${id}`]));
      for (const id of ids) {
        await run('sh', ['-c', bare.script(WORK)], {env: {...process.env, DISJOINT_TASK: id}});
      }
      const [gap, bareGap] = [medianGap(times, ids), medianGap(bare, ids)];
      added = Math.min(added, gap - bareGap);
      measured.push(`${gap.toFixed(1)} ms, of which a bare loop takes ${bareGap.toFixed(1)}`);
    }
    expect(added, `median gaps: ${measured.join('; ')}`).toBeLessThan(seedPollMs / 20);
  });

  test('3. two agents on one file take turns, and the status says which task waits, for which holder and file', async () => {
    const times = new Timesheet();
    const go = path.join(temporaryFolder(), 'go');
    const orchestrator = await startOrchestrator({agents: AGENTS});
    const [holder, waiter] = orchestrator.submitMany([
      {
        id: 'holder',
        agentType: 'code_developer',
        files: ['coffee_maker/'],
        description: times.script(untilFile(go)),
      },
      {
        id: 'waiter',
        agentType: 'architect',
        files: ['coffee_maker/shared.py'],
        description: times.script('true'),
      },
    ]);
    await waiter?.accepted;
    const task = orchestrator.status().tasks.find(({id}) => id === 'waiter');
    expect(task).toMatchObject({
      state: 'queued',
      waitsFor: [
        {
          kind: 'file',
          holder: 'holder',
          pairs: [{claim: 'coffee_maker/shared.py', holderClaim: 'coffee_maker/'}],
        },
      ],
    });
    expect(orchestrator.why('waiter')?.text).toBe(
      'waiter is queued, waiting for holder (coffee_maker/shared.py overlaps coffee_maker/)',
    );
    writeFileSync(go, '');
    await Promise.all([holder?.result, waiter?.result]);
    expect(times.order()).toEqual(['start holder', 'end holder', 'start waiter', 'end waiter']);
  });

  test('5. with a limit of 4 and four tasks of one agent, a fifth task of a free agent starts at once', async () => {
    const times = new Timesheet();
    const orchestrator = await startOrchestrator({agents: AGENTS, maxParallel: 4});
    // The first ends only after the fifth has started: if that one had to wait, the first would fail.
    const tasks = orchestrator.submitMany([
      {
        id: 'dev1',
        agentType: 'code_developer',
        files: ['1.py'],
        description: times.script(times.untilStartOf('free')),
      },
      ...['dev2', 'dev3', 'dev4'].map((id) => ({
        id,
        agentType: 'code_developer',
        files: [`${id}.py`],
        description: times.script('true'),
      })),
      {id: 'free', agentType: 'architect', files: ['spec.md'], description: times.script('true')},
    ]);
    await Promise.all(tasks.map((task) => task.result));
    const order = times.order();
    expect(order.indexOf('start free')).toBeLessThan(order.indexOf('end dev1'));
    expect(times.starts().filter((id) => id !== 'free')).toEqual(['dev1', 'dev2', 'dev3', 'dev4']);
  });
});
