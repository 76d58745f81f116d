import {describe, expect, test} from 'vitest';
import {initialState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import type {TaskRequest} from '../../src/core/task.ts';
import {coreSettings, RETURNED} from '../support/core-settings.ts';
import {
  endProcess,
  knownTask,
  performPending,
  quarantineProcess,
  submitTo,
  tellCore,
  type World,
  worldAround,
} from '../support/core-world.ts';

const fileClaim = (file: string) => ({claim: file, files: [file]});

const begin = (agents: readonly string[], overtakesMax: number): World => {
  const settings = coreSettings(Object.fromEntries(agents.map((name) => [name, {}])), {overtakesMax});
  return tellCore(worldAround(initialState(settings, 4)), {
    type: 'change-mode',
    at: 0,
    mode: 'running',
    queued: 'keep',
    running: 'finish',
    reason: 'started',
  });
};

const submit = (
  world: World,
  id: string,
  agentType: string,
  files: readonly string[],
  dependsOn: readonly string[] = [],
): World => performPending(submitTo(world, 0, [knownTask({id, agentType, dependsOn}, files.map(fileClaim))]));

const end = (world: World, taskId: string): World => {
  const process = world.processes.find(({task}) => task.request.id === taskId);
  if (process === undefined) throw new Error(`${taskId} does not run`);
  return performPending(endProcess(world, 0, process, RETURNED));
};

const runningTasks = (world: World): readonly string[] =>
  world.processes.map(({task}) => task.request.id).toSorted();

const itself = (): object => {
  const claim = {path: {}};
  claim.path = claim;
  return claim;
};

/** What the properties found once, in the fewest steps, so that each run looks at it first. */
describe('counterexamples that were found', () => {
  test('a task that depends on one called "constructor" starts when that has succeeded', () => {
    let world = submit(begin(['dev', 'ops'], 2), 'constructor', 'dev', ['a']);
    world = submit(world, 't', 'ops', ['b'], ['constructor']);
    expect(runningTasks(world)).toEqual(['constructor']);
    world = end(world, 'constructor');
    expect(runningTasks(world)).toEqual(['t']);
  });

  test('a task that waits for a quarantined attempt keeps nobody from what that does not hold', () => {
    let world = submit(begin(['dev', 'ops', 'doc'], 1), 'stuck', 'dev', ['a']);
    const [stuck] = world.processes;
    world = quarantineProcess(world, 0, stuck!);
    world = submit(world, 'behind-it', 'ops', ['a', 'b']);
    for (const id of ['first', 'second', 'third']) {
      world = submit(world, id, 'doc', ['b']);
      expect(runningTasks(world)).toEqual([id, 'stuck'].toSorted());
      world = end(world, id);
    }
    world = end(world, 'stuck');
    expect(runningTasks(world)).toEqual(['behind-it']);
  });

  test.each([
    ['no object at all', null],
    ['a claim that JSON cannot write', {id: 'a', agentType: 'dev', description: '', files: [{path: 5n}]}],
    ['a claim that holds itself', {id: 'a', agentType: 'dev', description: '', files: [itself()]}],
  ])('a task that is %s is refused', (_, request) => {
    const {events} = step(begin(['dev'], 1).core, {
      type: 'submit-tasks',
      at: 0,
      submission: 's',
      tasks: [request as TaskRequest],
    });
    expect(events.map(({type}) => type)).toEqual(['submission.refused']);
  });
});
