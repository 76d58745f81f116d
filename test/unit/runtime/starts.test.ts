import {describe, expect, test} from 'vitest';
import type {Look} from '../../../src/core/claim/look.ts';
import type {Effect, StartAttempt} from '../../../src/core/effects.ts';
import type {Input, ReportLooked} from '../../../src/core/inputs.ts';
import {type CoordinatorState, initialState} from '../../../src/core/state.ts';
import {step} from '../../../src/core/step.ts';
import {Attempts} from '../../../src/runtime/attempts.ts';
import {ClaimWatch} from '../../../src/runtime/claim-watch.ts';
import {Starts} from '../../../src/runtime/starts.ts';
import {ScriptedExecutor, SimulatedClock} from '../../../src/testing/index.ts';
import {coreSettings} from '../../support/core-settings.ts';
import {LogRecord, settled} from '../../support/scripted-run.ts';
import {Gate} from '../../support/task-functions.ts';

/** Two tasks that are to be started, on a disk whose link leads where a test says; pictures are taken when it says so. */
const twoToStart = () => {
  const clock = new SimulatedClock(0);
  const link = {to: 'link'};
  const pictures = new Gate();
  const look = (path: string): Look => ({
    kind: 'inside',
    segments: [path === 'link' ? link.to : path],
    ids: [],
    links: [],
    exists: true,
    isDirectory: false,
  });
  let core: CoordinatorState = initialState(coreSettings({dev: {}, ops: {}}), 4);
  const effects: Effect[] = [];
  const reports: ReportLooked[] = [];
  const begun: string[] = [];
  const tell = (input: Input): void => {
    const next = step(core, input);
    core = next.state;
    effects.push(...next.effects);
    for (const event of next.events) starts.committed(event);
  };
  const starts: Starts = new Starts({
    attempts: new Attempts({
      executor: new ScriptedExecutor({clock}),
      workspace: {takePicture: () => pictures.opened.then(() => ({changes: () => Promise.resolve([])}))},
      clock,
      log: new LogRecord(),
      agentTypeOf: () => undefined,
      onOutput: () => {},
      onEnding: () => {},
      wakeAt: () => {},
    }),
    claims: new ClaimWatch({look: () => look}, core.settings),
    clock,
    core: () => core,
    report: (report) => {
      reports.push(report);
      tell(report);
    },
    begin: ({spec}) => begun.push(spec.id),
    hasFailed: () => false,
    failed: (error) => {
      throw error;
    },
  });
  tell({type: 'change-mode', at: 0, mode: 'running', queued: 'keep', running: 'finish', reason: ''});
  const tasks = ['one', 'two'].map((id, i) => ({
    id,
    agentType: i === 0 ? 'dev' : 'ops',
    description: '',
    files: [i === 0 ? 'link' : 'a'],
    work: {kind: 'function'} as const,
  }));
  tell({type: 'submit-tasks', at: 0, submission: 's', tasks});
  const startAll = (): void => {
    for (const effect of effects.splice(0)) if (effect.kind === 'start-attempt') starts.start(effect);
  };
  const nameOf = (id: string): string | undefined => core.tasks.get(id)?.state.name;
  return {link, pictures, reports, begun, tell, effects, startAll, nameOf, starts};
};

describe('an attempt that is about to start', () => {
  test('starts once the picture of its files is taken, if they are what was claimed', async () => {
    const {pictures, begun, reports, startAll} = twoToStart();
    startAll();
    await settled();
    expect(begun).toEqual([]);
    pictures.open();
    await settled();
    expect(begun).toEqual(['one', 'two']);
    expect(reports).toEqual([]);
  });

  test('is looked at after that picture, and the one that began is known to have', async () => {
    const {link, pictures, begun, reports, startAll, nameOf, effects} = twoToStart();
    startAll();
    await settled();
    link.to = 'a';
    pictures.open();
    await settled();
    // "one" leads to "a" now, which the other is to start with: it is the first that is looked at, so it waits.
    expect(reports.map(({taskId, when}) => [taskId, when])).toContainEqual(['one', 'start']);
    expect(reports[0]?.yetToStart).toEqual([1, 2]);
    expect(begun).toEqual(['two']);
    expect(nameOf('one')).toBe('queued');
    expect(effects).toEqual([]);
  });

  test('that was told to stop meanwhile never starts, and its task ends', async () => {
    const {pictures, begun, tell, startAll, nameOf} = twoToStart();
    startAll();
    tell({type: 'cancel-task', at: 1, taskId: 'one', reason: 'changed my mind'});
    expect(nameOf('one')).toBe('stopping');
    pictures.open();
    await settled();
    expect(begun).toEqual(['two']);
    expect(nameOf('one')).toBe('cancelled');
  });

  test('is started only when the disk is still as the coordinator was told', async () => {
    const {link, pictures, begun, reports, startAll, effects} = twoToStart();
    pictures.open();
    startAll();
    link.to = 'b';
    await settled();
    expect(reports.map(({taskId}) => taskId)).toEqual(['one']);
    const again = effects.filter((effect): effect is StartAttempt => effect.kind === 'start-attempt');
    expect(again.map(({spec}) => spec.id)).toEqual(['one']);
    // While that is stored the link moves on.
    link.to = 'c';
    startAll();
    await settled();
    expect(reports.map(({taskId}) => taskId)).toEqual(['one', 'one']);
    startAll();
    await settled();
    expect(begun.toSorted()).toEqual(['one', 'two']);
  });

  test('is known to have begun until it ends, also when it came to overlap another', async () => {
    const {link, pictures, begun, reports, startAll, starts, nameOf} = twoToStart();
    pictures.open();
    startAll();
    await settled();
    expect(begun).toEqual(['one', 'two']);
    link.to = 'a';
    starts.lookAgain('two', 2, 'end');
    // Both run on, and neither is believed.
    expect([nameOf('one'), nameOf('two')]).toEqual(['running', 'running']);
    link.to = 'b';
    starts.lookAgain('two', 2, 'end');
    expect(reports.map(({yetToStart}) => yetToStart)).toEqual([[], []]);
  });
});
