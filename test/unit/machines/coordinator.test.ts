import {afterEach, describe, expect, test} from 'vitest';
import {type ActorRefFrom, createActor, fromCallback} from 'xstate';
import {
  type AttemptCommand,
  type AttemptInput,
  agentMachine,
  type CoordinatorEvent,
  coordinatorMachine,
  type Decided,
} from '../../../machines/index.ts';
import type {AgentType} from '../../../src/core/agent-type.ts';
import {NO_RETRY} from '../../../src/core/retry.ts';
import {DEFAULT_SETTINGS} from '../../../src/core/settings.ts';
import {initialState} from '../../../src/core/state.ts';

const DEV: AgentType = {
  name: 'dev',
  instances: 1,
  owns: [],
  readOnly: false,
  tags: [],
  work: {kind: 'function'},
  timeoutMs: null,
  quietTimeoutMs: null,
  retry: NO_RETRY,
  stop: {askMs: 1, graceMs: 1, sweepMs: 1},
  environment: {only: null, set: {}},
};
const SHUTDOWN = {type: 'shutdown', at: 5, queued: 'cancel', running: 'finish', reason: 'enough'} as const;
const BUSY = {
  type: 'submit-tasks',
  at: 2,
  submission: 's',
  tasks: [{id: 't1', agentType: 'dev', description: '', files: ['a']}],
} as const;

describe('the coordinator', () => {
  const actors: ActorRefFrom<typeof coordinatorMachine>[] = [];
  afterEach(() => {
    for (const actor of actors.splice(0)) actor.stop();
  });
  /** A coordinator whose agents do nothing, and all that it decides. */
  const coordinator = () => {
    const attempt = fromCallback<AttemptCommand, AttemptInput>(() => {});
    const settings = {...DEFAULT_SETTINGS, agentTypes: new Map([['dev', DEV]])};
    const actor = createActor(
      coordinatorMachine.provide({actors: {agent: agentMachine.provide({actors: {attempt}})}}),
      {input: {core: initialState(settings, 4), agentIds: ['dev']}},
    );
    const decided: Decided[] = [];
    actor.on('decided', (step) => void decided.push(step));
    actors.push(actor.start());
    return {actor, events: () => decided.flatMap((step) => step.events), decided};
  };

  const BEGIN = {type: 'begin', at: 1} as const;
  const PAUSE = {type: 'pause', at: 9, reason: 'lunch'} as const;
  const RESUME = {type: 'resume', at: 9} as const;

  test.each<{
    readonly mode: string;
    readonly before: readonly CoordinatorEvent[];
    readonly event: CoordinatorEvent;
    readonly said: string;
  }>([
    {mode: 'starting', before: [], event: PAUSE, said: 'the coordinator is starting and cannot pause'},
    {mode: 'starting', before: [], event: RESUME, said: 'the coordinator is starting and cannot resume'},
    {mode: 'running', before: [BEGIN], event: BEGIN, said: 'the coordinator is running and cannot begin'},
    {
      mode: 'paused',
      before: [BEGIN, PAUSE],
      event: BEGIN,
      said: 'the coordinator is paused and cannot begin',
    },
    {
      mode: 'draining',
      before: [BEGIN, BUSY, SHUTDOWN],
      event: PAUSE,
      said: 'the coordinator is draining and cannot pause',
    },
    {
      mode: 'draining',
      before: [BEGIN, BUSY, SHUTDOWN],
      event: RESUME,
      said: 'the coordinator is draining and cannot resume',
    },
    {
      mode: 'draining',
      before: [BEGIN, BUSY, SHUTDOWN],
      event: BEGIN,
      said: 'the coordinator is draining and cannot begin',
    },
  ])('refuses on record to $event.type while it is $mode', ({mode, before, event, said}) => {
    const {actor, events, decided} = coordinator();
    for (const earlier of before) actor.send(earlier);
    expect(actor.getSnapshot().value).toBe(mode);
    const state = actor.getSnapshot().context.core;
    actor.send(event);
    expect(events().at(-1)).toMatchObject({
      type: 'input.refused',
      input: event.type,
      at: 'at' in event ? event.at : null,
      refusal: {code: 'E_NOT_NOW', detail: said},
    });
    expect(decided.at(-1)?.effects).toEqual([]);
    expect(actor.getSnapshot().value).toBe(mode);
    // Time has passed, and nothing else.
    const {seq, accounting} = state;
    expect({...actor.getSnapshot().context.core, seq, accounting}).toEqual(state);
  });

  test('refuses on record whatever it does not know', () => {
    const {actor, events} = coordinator();
    // Only a mistake in our own code sends this: the types do not allow it.
    actor.send({type: 'change-mode', at: 3, mode: 'stopped', queued: 'keep', running: 'kill', reason: ''});
    actor.send({type: 'no-such-event', at: 4} as unknown as CoordinatorEvent);
    expect(events()).toMatchObject([
      {type: 'input.refused', at: 3, refusal: {code: 'E_UNKNOWN_INPUT', input: 'change-mode'}},
      {type: 'input.refused', at: 4, refusal: {code: 'E_UNKNOWN_INPUT', input: 'no-such-event'}},
    ]);
    expect(actor.getSnapshot().value).toBe('starting');
  });

  test('does nothing when it is paused twice or resumed twice', () => {
    const {actor, events} = coordinator();
    for (const event of [BEGIN, RESUME, PAUSE, PAUSE, RESUME, RESUME]) actor.send(event);
    expect(events()).toMatchObject([{to: 'running'}, {to: 'paused', reason: 'lunch'}, {to: 'running'}]);
  });

  test('stops once nothing runs, and is done then', () => {
    const {actor, events} = coordinator();
    for (const event of [BEGIN, BUSY, SHUTDOWN]) actor.send(event);
    expect(actor.getSnapshot().value).toBe('draining');
    const exit = {
      how: {kind: 'returned', value: 1},
      durationMs: 1,
      logPath: null,
      tail: [],
      changed: null,
    } as const;
    actor.send({type: 'report-exited', at: 8, taskId: 't1', fence: 1, exit});
    expect(actor.getSnapshot()).toMatchObject({value: 'stopped', status: 'done'});
    expect(events().at(-1)).toMatchObject({type: 'mode.changed', to: 'stopped', at: 8});
  });

  test('spawns an actor for each agent, once, under its own systemId', () => {
    const {actor} = coordinator();
    const agent: unknown = actor.system.get('agent:dev');
    actor.send(BEGIN);
    actor.send(BUSY);
    expect(Object.keys(actor.getSnapshot().children)).toEqual(['agent:dev']);
    expect(actor.system.get('agent:dev')).toBe(agent);
  });

  test('puts a new actor in the place of an agent, under the same systemId', () => {
    const {actor} = coordinator();
    const before: unknown = actor.system.get('agent:dev');
    actor.send({type: 'replace-agent', at: 1, agentId: 'dev', orphan: null});
    const after: unknown = actor.system.get('agent:dev');
    expect(after).not.toBe(before);
    expect(actor.getSnapshot().children['agent:dev']).toBe(after);
  });
});
