import {describe, expect, test} from 'vitest';
import {createActor} from 'xstate';
import {coordinatorMachine, makeCoordinatorInput} from '../../../machines/index.ts';

describe('the input that is made for a coordinator', () => {
  test('has an idle agent for each instance, and starts', () => {
    const input = makeCoordinatorInput({agents: {dev: {instances: 2}, ops: {owns: ['ops/']}}});
    expect(input.agentIds).toEqual(['dev#1', 'dev#2', 'ops']);
    const coordinator = createActor(coordinatorMachine, {input}).start();
    coordinator.send({type: 'begin', at: 1});
    expect(coordinator.getSnapshot().value).toBe('running');
    expect(coordinator.getSnapshot().context.core).toMatchObject({mode: 'running', maxParallel: 4});
    coordinator.stop();
  });

  test('is refused with the words for what is wrong', () => {
    expect(() => makeCoordinatorInput({agents: {Dev: {}}})).toThrow(
      'E_AGENT_NAME: "Dev" is no agent type name; use ^[a-z][a-z0-9_-]{0,63}$, such as code_developer',
    );
    expect(() => makeCoordinatorInput({agents: {}, maxParallel: 0})).toThrow(
      'maxParallel must be an integer, 1..256',
    );
  });
});
