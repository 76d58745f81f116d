import {describe, expect, test} from 'vitest';
import type {InspectionEvent} from 'xstate';
import {scriptedRun, settled} from '../../support/scripted-run.ts';

/** The systemIds of the actors that inspection events of this kind were about. */
const seen = (inspected: readonly InspectionEvent[], type: InspectionEvent['type']): readonly string[] => [
  ...new Set(
    inspected
      .filter((event) => event.type === type)
      .map(({actorRef}) => (actorRef as {systemId?: string}).systemId)
      .filter((systemId) => systemId !== undefined),
  ),
];

describe('the inspect observer', () => {
  test('sees the coordinator and every agent: the actors, their events and their snapshots', async () => {
    const {orchestrator, executor, inspected} = await scriptedRun();
    orchestrator.submitMany([
      {agentType: 'dev', files: ['a']},
      {agentType: 'ops', files: ['b']},
      {agentType: 'reader'},
    ]);
    await settled();
    for (const attempt of executor.live) attempt.succeed();
    await orchestrator.idle();
    const all = ['coordinator', 'agent:dev', 'agent:ops', 'agent:reader'];
    expect(seen(inspected, '@xstate.actor').toSorted()).toEqual(all.toSorted());
    expect(seen(inspected, '@xstate.event').toSorted()).toEqual(all.toSorted());
    expect(seen(inspected, '@xstate.snapshot').toSorted()).toEqual(all.toSorted());
    const sent = inspected.filter((event) => event.type === '@xstate.event').map(({event}) => event.type);
    expect(sent).toEqual(expect.arrayContaining(['submit-tasks', 'start', 'attempt.dead', 'report-exited']));
  });

  test('may be an observer with next, as XState has it', async () => {
    const types: string[] = [];
    const inspect = {next: ({type}: InspectionEvent) => void types.push(type)};
    await scriptedRun({orchestrator: {inspect}});
    expect(types).toContain('@xstate.actor');
  });

  test.each([
    ['@xstate.actor'],
    ['@xstate.event'],
    ['@xstate.microstep'],
    ['@xstate.snapshot'],
    ['@xstate.action'],
  ])('that throws at %s is cut off and logged once, and harms nobody', async (type) => {
    let thrown = 0;
    const {orchestrator, executor, log} = await scriptedRun({
      orchestrator: {
        inspect: (event) => {
          if (event.type !== type) return;
          thrown++;
          throw new Error('no inspector today');
        },
      },
    });
    const task = orchestrator.submit({agentType: 'dev', files: ['a']});
    await settled();
    executor.of(task.id)?.succeed('done');
    await expect(task.result).resolves.toBe('done');
    await orchestrator.shutdown();
    expect(thrown).toBe(1);
    expect(log.lines).toMatchObject([
      {
        level: 'warn',
        fields: {err: new Error('no inspector today')},
        message: 'the inspector threw and was cut off',
      },
    ]);
  });
});
