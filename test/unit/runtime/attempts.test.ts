import {describe, expect, test} from 'vitest';
import type {AttemptSignal} from '../../../machines/index.ts';
import {resolveAgentTypes} from '../../../src/core/agent-options.ts';
import {beginAttempt} from '../../../src/core/attempt.ts';
import type {Claim} from '../../../src/core/claim/claim.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import {Attempts} from '../../../src/runtime/attempts.ts';
import {ScriptedExecutor, SimulatedClock} from '../../../src/testing/index.ts';
import {ofType} from '../../support/orchestrators.ts';
import {LADDER, LogRecord, scriptedRun, settled} from '../../support/scripted-run.ts';
import {Gate} from '../../support/task-functions.ts';
import {taskSpec} from '../../support/task-spec.ts';

const resolved = resolveAgentTypes(new Map([['dev', {}]]), {root: null, presets: []});

const parsed = parseClaim('src/a.ts');
const WRITES: readonly Claim[] = parsed.ok ? parsed.value : [];

/** One attempt whose claimed files are looked at for as long as the test wants. */
const slowPicture = () => {
  const clock = new SimulatedClock(0);
  const executor = new ScriptedExecutor({clock});
  const looked = new Gate();
  const signals: AttemptSignal['type'][] = [];
  const attempts = new Attempts({
    executor,
    workspace: {
      takePicture: () => Promise.resolve({changes: () => looked.opened.then(() => ['src/a.ts'])}),
    },
    clock,
    log: new LogRecord(),
    agentTypeOf: (name) => (resolved.ok ? resolved.value.get(name) : undefined),
    onOutput: () => {},
    onEnding: () => {},
    wakeAt: () => {},
  });
  const active = beginAttempt({fence: 1, attempt: 1, spec: taskSpec({writes: WRITES}), ladder: LADDER}, 0);
  const listen = (): void => void attempts.attach(active, (signal) => void signals.push(signal.type));
  const begin = async (): Promise<void> => {
    await attempts.prepare(1, active.spec);
    listen();
  };
  return {attempts, executor, looked, signals, listen, begin};
};

describe('an attempt that has ended', () => {
  test('says so before it is looked at what it changed, so that nothing of it can be late', async () => {
    const {executor, looked, signals, begin} = slowPicture();
    await begin();
    await settled();
    executor.live[0]?.succeed();
    await settled();
    expect(signals).toEqual(['attempt.started', 'attempt.ended']);
    looked.open();
    await settled();
    expect(signals).toEqual(['attempt.started', 'attempt.ended', 'attempt.dead']);
  });

  test('says so to whoever takes it over meanwhile', async () => {
    const {attempts, executor, looked, signals, listen, begin} = slowPicture();
    await begin();
    await settled();
    attempts.detach(1);
    executor.live[0]?.succeed();
    await settled();
    expect(signals).toEqual(['attempt.started']);
    listen();
    expect(signals).toEqual(['attempt.started', 'attempt.ended']);
    looked.open();
    await settled();
    expect(signals.at(-1)).toBe('attempt.dead');
  });
});

describe('progress', () => {
  test('that comes too fast is told when its time has come, and only the newest of it', async () => {
    const run = await scriptedRun();
    run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['a']});
    await settled();
    for (const note of ['one', 'two', 'three']) run.executor.of('a')?.progress(note);
    await settled();
    const told = () => ofType(run.events, 'attempt.progressed').map(({note, at}) => [note, at]);
    expect(told()).toEqual([['one', 1_000]]);
    run.clock.advance(99);
    await settled();
    expect(told()).toHaveLength(1);
    run.clock.advance(1);
    await settled();
    expect(told()).toEqual([
      ['one', 1_000],
      ['three', 1_100],
    ]);
  });

  test('that is still held when the attempt ends is told before its end', async () => {
    const run = await scriptedRun();
    run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['a']});
    await settled();
    run.executor.of('a')?.progress('one');
    run.executor.of('a')?.progress('two');
    run.executor.of('a')?.succeed();
    await settled();
    const types = run.events.map((event) => (event.type === 'attempt.progressed' ? event.note : event.type));
    expect(types.slice(-4)).toEqual(['one', 'two', 'attempt.exited', 'task.succeeded']);
    expect(run.clock.timers).toBe(0);
  });
});

test('an agent type called "coordinator" keeps its deadlines', async () => {
  const work = {command: ['never run'], stop: LADDER};
  const run = await scriptedRun({orchestrator: {agents: {coordinator: work, dev: work}}});
  run.orchestrator.submit({id: 'a', agentType: 'coordinator', files: ['a'], timeoutMs: 50});
  await settled();
  // Another commit, after which the coordinator itself has no deadline.
  run.orchestrator.submit({id: 'b', agentType: 'dev', files: ['b']});
  await settled();
  run.clock.advance(50);
  await settled();
  expect(ofType(run.events, 'attempt.stopping')).toMatchObject([{taskId: 'a', at: 1_050}]);
});
