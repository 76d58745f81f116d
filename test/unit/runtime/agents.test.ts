import {afterEach, describe, expect, test, vi} from 'vitest';
import type {ActorRefFrom, AnyActorRef} from 'xstate';
import {type AgentEvent, agentActorId, type agentMachine} from '../../../machines/index.ts';
import {TaskFailedError} from '../../../src/index.ts';
import {Attempts} from '../../../src/runtime/attempts.ts';
import type {ScriptedAttempt} from '../../../src/testing/index.ts';
import {ofType, rejectionOf} from '../../support/orchestrators.ts';
import {LADDER, type ScriptedRun, scriptedRun, settled} from '../../support/scripted-run.ts';
import {taskSpec} from '../../support/task-spec.ts';

/** Every actor that was ever made under this systemId, in order. */
const actorsOf = (run: ScriptedRun, systemId: string): readonly AnyActorRef[] => [
  ...new Set(
    run.inspected
      .filter(({type, actorRef}) => type === '@xstate.actor' && systemIdOf(actorRef) === systemId)
      .map(({actorRef}) => actorRef as AnyActorRef),
  ),
];
const systemIdOf = (actor: unknown): string | undefined => (actor as {systemId?: string}).systemId;

const agentOf = (run: ScriptedRun, agentId: string): ActorRefFrom<typeof agentMachine> =>
  actorsOf(run, agentActorId(agentId)).at(-1) as ActorRefFrom<typeof agentMachine>;

/** The next actor of an attempt fails as it starts, when its process runs already. */
const failNextAttemptActor = (): void => {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its `this` below.
  const {attach} = Attempts.prototype;
  vi.spyOn(Attempts.prototype, 'attach').mockImplementationOnce(function (this: Attempts, ...args) {
    attach.apply(this, args);
    throw new Error('planted');
  });
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an agent actor', () => {
  test('is spawned once for each agent, under the systemId agent:<name>', async () => {
    const work = {command: ['never run'], stop: LADDER};
    const run = await scriptedRun({orchestrator: {agents: {dev: work, crew: {...work, instances: 2}}}});
    const tasks = run.orchestrator.submitMany([
      {agentType: 'dev', files: ['a']},
      {agentType: 'dev', files: ['b']},
      {agentType: 'crew', files: ['c']},
      {agentType: 'crew', files: ['d']},
    ]);
    await tasks[3]?.accepted;
    await settled();
    while (run.executor.live.length > 0) {
      for (const attempt of run.executor.live) attempt.succeed();
      await settled();
    }
    const systemIds = run.inspected
      .filter(({type}) => type === '@xstate.actor')
      .map(({actorRef}) => systemIdOf(actorRef))
      .filter((systemId) => systemId !== undefined);
    expect(run.executor.started).toHaveLength(4);
    expect(systemIds.toSorted()).toEqual(['agent:crew#1', 'agent:crew#2', 'agent:dev', 'coordinator']);
  });

  test('that is told to start while it is busy refuses on record, and starts no second process', async () => {
    const run = await scriptedRun();
    // The agent was given work behind the coordinator's back.
    const spec = taskSpec({id: 'unknown'});
    agentOf(run, 'dev').send({
      type: 'start',
      at: 1_000,
      assignment: {fence: 99, attempt: 1, spec, ladder: LADDER},
    });
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    const error = await rejectionOf(task.result);
    expect(run.executor.started.map(({taskId}) => taskId)).toEqual(['unknown']);
    expect(error).toBeInstanceOf(TaskFailedError);
    expect((error as TaskFailedError).failure.code).toBe('start-refused');
    expect(ofType(run.events, 'input.refused').at(-1)).toMatchObject({
      input: 'report-start-refused',
      refusal: {
        code: 'E_NOT_NOW',
        detail: 'dev was told to start attempt 1 while it was busy with attempt 99',
      },
    });
  });

  test('that fails while idle is replaced, and the new one does the next task', async () => {
    const run = await scriptedRun();
    const before = agentOf(run, 'dev');
    // Only a bug could send this: it makes the action that begins an attempt throw.
    before.send({type: 'start', at: 1_000} as unknown as AgentEvent);
    await settled();
    expect(ofType(run.events, 'agent.replaced')).toMatchObject([{agentId: 'dev', fence: null}]);
    expect(agentOf(run, 'dev')).not.toBe(before);
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    await task.accepted;
    await settled();
    run.executor.of(task.id)?.succeed('done');
    await expect(task.result).resolves.toBe('done');
    expect(run.log.messages).toContain('an agent actor failed');
  });
});

describe('an agent actor that fails with a live process', () => {
  const crash = async (onRung: (attempt: ScriptedAttempt) => void = () => {}) => {
    const run = await scriptedRun({onRung});
    failNextAttemptActor();
    const [victim, sameAgent, sameFile] = run.orchestrator.submitMany([
      {id: 'victim', agentType: 'dev', files: ['a']},
      {id: 'same-agent', agentType: 'dev', files: ['b']},
      {id: 'same-file', agentType: 'ops', files: ['a']},
    ]);
    await settled();
    return {run, victim: victim!, sameAgent: sameAgent!, sameFile: sameFile!};
  };

  test('is replaced, and what it watched over is killed', async () => {
    const {run} = await crash();
    expect(ofType(run.events, 'agent.replaced')).toMatchObject([
      {agentId: 'dev', fence: 1, message: 'planted'},
    ]);
    expect(run.executor.live.map(({taskId, rungs}) => [taskId, rungs])).toEqual([['victim', ['kill']]]);
    expect(actorsOf(run, 'agent:dev')).toHaveLength(2);
    expect(run.orchestrator.status().mode).toBe('running');
  });

  test('keeps its files and its agent held until its process is dead', async () => {
    const {run, sameAgent, sameFile} = await crash();
    run.clock.advance(LADDER.sweepMs - 1);
    await settled();
    expect(run.orchestrator.status()).toMatchObject({runningAgents: ['dev'], runningFiles: ['a']});
    expect(run.executor.started).toHaveLength(1);
    run.executor.of('victim')?.end({kind: 'signalled', signal: 'SIGKILL'});
    await settled();
    expect(run.executor.live.map(({taskId}) => taskId)).toEqual(['same-agent', 'same-file']);
    for (const attempt of run.executor.live) attempt.succeed();
    await expect(sameAgent.result).resolves.toBeUndefined();
    await expect(sameFile.result).resolves.toBeUndefined();
  });

  test('fails its task with the code agent-crashed, whatever the process came to', async () => {
    const {run, victim} = await crash();
    run.executor.of('victim')?.succeed();
    const error = await rejectionOf(victim.result);
    expect(error).toBeInstanceOf(TaskFailedError);
    expect((error as TaskFailedError).failure).toMatchObject({
      code: 'agent-crashed',
      message: 'its agent crashed: planted',
    });
    expect(ofType(run.events, 'attempt.stopping')).toMatchObject([
      {taskId: 'victim', cause: {kind: 'agent-crashed', message: 'planted'}},
    ]);
  });

  test('is quarantined if its process cannot be killed', async () => {
    const {run, victim, sameAgent} = await crash();
    run.clock.advance(LADDER.sweepMs);
    await settled();
    expect(ofType(run.events, 'attempt.quarantined')).toMatchObject([{taskId: 'victim', fence: 1}]);
    await expect(rejectionOf(victim.result)).resolves.toMatchObject({code: 'E_TASK_FAILED'});
    expect(run.executor.of('same-agent')).toBeUndefined();
    run.executor.of('victim')?.end({kind: 'signalled', signal: 'SIGKILL'});
    await settled();
    run.executor.of('same-agent')?.succeed();
    await expect(sameAgent.result).resolves.toBeUndefined();
  });

  test('tells the new one how its process ended if that was before the new one stood there', async () => {
    const run = await scriptedRun({onRung: () => {}});
    failNextAttemptActor();
    run.store.hold();
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    await settled();
    run.store.letOneThrough();
    await settled();
    run.executor.of(task.id)?.exit(3);
    await settled();
    expect(ofType(run.events, 'agent.replaced')).toEqual([]);
    run.store.release();
    await settled();
    expect(ofType(run.events, 'attempt.exited')).toMatchObject([{exit: {how: {kind: 'exited', code: 3}}}]);
    await expect(rejectionOf(task.result)).resolves.toMatchObject({failure: {code: 'agent-crashed'}});
  });

  test('does not take a cancel back', async () => {
    const run = await scriptedRun({onRung: () => {}});
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    await task.accepted;
    await settled();
    await task.cancel('not wanted');
    // Only a bug could do this: a guard throws.
    const trap = {
      type: 'stop',
      force: true,
      get fence(): number {
        throw new Error('planted');
      },
    };
    agentOf(run, 'dev').send(trap as AgentEvent);
    await settled();
    expect(ofType(run.events, 'agent.replaced')).toHaveLength(1);
    run.executor.of(task.id)?.succeed();
    await expect(rejectionOf(task.result)).resolves.toMatchObject({
      code: 'E_TASK_CANCELLED',
      reason: 'not wanted',
    });
  });
});

describe('an executor that breaks its contract', () => {
  test('by throwing at the rungs harms nobody: the ladder goes on, and its files stay held', async () => {
    const run = await scriptedRun({
      onRung: (_, rung) => {
        throw new Error(`no ${rung} today`);
      },
    });
    const stubborn = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    const waiting = run.orchestrator.submit({agentType: 'ops', files: ['a']});
    const other = run.orchestrator.submit({agentType: 'reader'});
    await other.accepted;
    await settled();
    const attempt = run.executor.of(stubborn.id);
    await stubborn.cancel();
    run.clock.advance(LADDER.askMs + LADDER.graceMs + LADDER.sweepMs);
    await settled();
    expect(attempt?.rungs).toEqual(['ask', 'terminate', 'kill']);
    expect(ofType(run.events, 'agent.replaced')).toEqual([]);
    expect(ofType(run.events, 'attempt.quarantined')).toMatchObject([{taskId: stubborn.id}]);
    expect(run.executor.of(waiting.id)).toBeUndefined();
    run.executor.of(other.id)?.succeed('fine');
    await expect(other.result).resolves.toBe('fine');
  });

  test('by throwing as it starts fails the task and nothing else', async () => {
    let first = true;
    const run = await scriptedRun({
      orchestrator: {
        executor: {
          start: (_, observer) => {
            if (first) {
              first = false;
              throw new Error('no executor today');
            }
            observer.dead({
              how: {kind: 'returned', value: 2},
              durationMs: 0,
              logPath: null,
              tail: [],
              changed: null,
            });
            return {ask: () => {}, terminate: () => {}, kill: () => {}, abandon: () => {}};
          },
          close: () => {},
        },
      },
    });
    const bad = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    const good = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    await expect(rejectionOf(bad.result)).resolves.toMatchObject({
      message: `task ${bad.id} could not start: its executor threw: no executor today`,
    });
    await expect(good.result).resolves.toBe(2);
  });

  test('by telling of what it left behind before it has returned is told to terminate that', async () => {
    const run = await scriptedRun({
      onStart: (attempt) => {
        attempt.start();
        attempt.leaveBehind(2);
      },
      onRung: () => {},
    });
    const task = run.orchestrator.submit({agentType: 'dev', files: ['a']});
    await task.accepted;
    await settled();
    expect(run.executor.of(task.id)?.rungs).toEqual(['terminate']);
  });
});
