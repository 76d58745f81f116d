import {describe, expect, test} from 'vitest';
import {nextEvent, ofType, recordEvents, rejectionOf, startOrchestrator} from '../support/orchestrators.ts';
import {SHELL_AGENT, Timesheet} from '../support/shell-tasks.ts';
import {Gate} from '../support/task-functions.ts';

describe('the stream of events', () => {
  test('20. every transition of every task comes once and in order: queued, waiting, running, progress, done, failed, retrying, cancelled, skipped', async () => {
    const [times, gate] = [new Timesheet(), new Gate()];
    const orchestrator = await startOrchestrator({agents: {dev: SHELL_AGENT, ops: SHELL_AGENT, inside: {}}});
    const events = recordEvents(orchestrator);
    const begun = nextEvent(orchestrator, 'attempt.started', 'running');
    const [done, waiting, failing, dependent, running, queued] = orchestrator.submitMany([
      {
        id: 'done',
        agentType: 'inside',
        files: ['a.txt'],
        run: async ({progress}) => {
          progress('half way');
          await gate.opened;
        },
      },
      {id: 'waiting', agentType: 'dev', files: ['a.txt'], description: times.script('true')},
      {
        id: 'failing',
        agentType: 'dev',
        files: ['b.txt'],
        retry: {maxAttempts: 2, backoffMs: 1, backoffMaxMs: 1},
        description: times.script('exit 1'),
      },
      {id: 'dependent', agentType: 'dev', files: ['c.txt'], dependsOn: ['failing'], description: 'true'},
      {id: 'running', agentType: 'ops', files: ['d.txt'], description: times.script('sleep 60')},
      {id: 'queued', agentType: 'ops', files: ['e.txt'], description: times.script('true')},
    ]);
    await rejectionOf(dependent!.result);
    await queued?.cancel();
    await begun;
    await running?.cancel();
    gate.open();
    await Promise.allSettled([done!, waiting!, failing!, running!].map((task) => task.result));

    const attempt = ['attempt.dispatched', 'attempt.started', 'attempt.exited'];
    const transitions = (taskId: string): readonly string[] =>
      events.filter((event) => 'taskId' in event && event.taskId === taskId).map(({type}) => type);
    const started = ['task.submitted', 'task.queued'];
    expect(transitions('done')).toEqual([
      ...started,
      'attempt.dispatched',
      'attempt.started',
      'attempt.progressed',
      'attempt.exited',
      'task.succeeded',
    ]);
    expect(transitions('waiting')).toEqual([...started, 'task.blocked', ...attempt, 'task.succeeded']);
    expect(transitions('failing')).toEqual([
      ...started,
      ...attempt,
      'task.retrying',
      'task.queued',
      ...attempt,
      'task.failed',
    ]);
    expect(transitions('dependent')).toEqual(['task.submitted', 'task.skipped']);
    expect(transitions('queued')).toEqual([...started, 'task.blocked', 'task.cancelled']);
    expect(transitions('running')).toEqual([
      ...started,
      'attempt.dispatched',
      'attempt.started',
      'attempt.stopping',
      'attempt.exited',
      'task.cancelled',
    ]);

    const first = events[0]!.seq;
    expect(events.map(({seq}) => seq)).toEqual(Array.from(events, (_, i) => first + i));
    expect(ofType(events, 'task.blocked').map(({taskId, blockers}) => [taskId, blockers[0]?.kind])).toEqual([
      ['waiting', 'file'],
      ['queued', 'agent-type'],
    ]);
    expect(ofType(events, 'attempt.progressed').map(({note}) => note)).toEqual(['half way']);
    // The stream tells the starts of one agent in the order in which its processes really started.
    const ofDev = ['waiting', 'failing'];
    const told = ofType(events, 'attempt.started').map(({taskId}) => taskId);
    const real = times.starts().filter((taskId) => ofDev.includes(taskId));
    expect(told.filter((taskId) => ofDev.includes(taskId))).toEqual(real);
  });
});
