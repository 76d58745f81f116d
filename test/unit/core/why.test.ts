import {describe, expect, test, vi} from 'vitest';
import {Queue} from '../../../src/core/queue/queue.ts';
import {viewStatus} from '../../../src/core/view.ts';
import type {Explanation} from '../../../src/core/why.ts';
import {why} from '../../../src/core/why.ts';
import {fileBlocker, holderOf} from '../../support/blockers.ts';
import {CoreRun} from '../../support/core-run.ts';
import {THREW} from '../../support/core-settings.ts';

const explain = (run: CoreRun, taskId: string): Explanation => {
  const explanation = why(run.state, taskId, run.at);
  if (explanation === null) throw new Error(`${taskId} is not known`);
  return explanation;
};

/** `victim` waits for the file of `holder`, and was overtaken by `quick` as often as is allowed: it reserves. */
const reserved = (): CoreRun => {
  const run = new CoreRun({dev: {}, ops: {}}, {overtakesMax: 1});
  run.submit('holder', 'dev', ['f']);
  run.submit('victim', 'ops', ['f']);
  run.submit('quick', 'ops', ['g']);
  run.submit('late', 'ops', ['h']);
  return run;
};

describe('why a task waits', () => {
  test('names the earlier task that reserves, if that alone is in its way', () => {
    const run = reserved();
    run.end('quick');
    expect(explain(run, 'late')).toMatchObject({
      taskId: 'late',
      state: 'queued',
      blockers: [{kind: 'reservation', taskId: 'victim', because: {kind: 'overtaken', overtakes: 1}}],
      text: 'late is queued, waiting for victim (it was overtaken once and goes first)',
    });
  });

  test('names it beside what else is in its way', () => {
    expect(explain(reserved(), 'late').blockers).toMatchObject([
      {kind: 'agent-type', agentType: 'ops', holders: [{taskId: 'quick'}]},
      {kind: 'reservation', taskId: 'victim', because: {kind: 'overtaken', overtakes: 1}},
    ]);
  });

  test('names no reservation of a task that waits for something that could not be stopped', () => {
    const run = reserved();
    run.quarantine('holder');
    expect(explain(run, 'late').blockers).toMatchObject([{kind: 'agent-type', holders: [{taskId: 'quick'}]}]);
    run.end('quick');
    expect(explain(run, 'late').state).toBe('running');
  });

  test('names the reservation that will begin when what could not be stopped has ended', () => {
    const run = reserved();
    run.submit('other', 'dev', ['f']);
    run.quarantine('holder');
    expect(explain(run, 'other').blockers).toMatchObject([
      {kind: 'file', holder: 'holder', quarantined: true},
      {kind: 'agent-type', holders: [{taskId: 'holder', quarantined: true}]},
      {kind: 'reservation', taskId: 'victim', because: {kind: 'overtaken', overtakes: 1}},
    ]);
  });

  test('calls an agent type quarantined only if all its agents are', () => {
    const run = new CoreRun({dev: {instances: 2}});
    run.submit('survivor', 'dev', ['a']);
    run.submit('other', 'dev', ['b']);
    run.submit('behind', 'dev', ['c']);
    run.at = 7;
    run.quarantine('survivor');
    const blockers = () => explain(run, 'behind').blockers;
    expect(blockers()).toMatchObject([
      {
        kind: 'agent-type',
        quarantined: false,
        // A quarantined one has held its agent, as such, since then.
        holders: [{...holderOf('survivor', 'dev#1', 7), quarantined: true}, holderOf('other', 'dev#2')],
      },
    ]);
    run.quarantine('other');
    expect(blockers()).toMatchObject([{kind: 'agent-type', quarantined: true}]);
  });

  test('names each pair of claims that meet, with a path that both cover, and who holds since when', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    run.at = 5;
    run.submit('holder', 'dev', ['src/*.ts', 'docs/', 'x.md']);
    run.submit('waiter', 'ops', ['src/a*', 'docs/a.md', 'y.md']);
    const [blocker, ...others] = explain(run, 'waiter').blockers;
    expect(others).toEqual([]);
    expect(blocker).toEqual(
      fileBlocker('holder', '', '', {
        heldSince: 5,
        pairs: [
          {claim: 'src/a*', holderClaim: 'src/*.ts', example: 'src/a.ts', why: null},
          {claim: 'docs/a.md', holderClaim: 'docs/', example: 'docs/a.md', why: null},
        ],
      }),
    );
  });

  test('lists at most a hundred pairs of one holder, and counts the others', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    run.submit(
      'holder',
      'dev',
      Array.from({length: 150}, (_, i) => `src/${i}.ts`),
    );
    run.submit('waiter', 'ops', ['src/']);
    const [blocker] = explain(run, 'waiter').blockers;
    if (blocker?.kind !== 'file') throw new Error('a file was in the way');
    expect([blocker.pairs.length, blocker.morePairs]).toEqual([100, 50]);
    expect(explain(run, 'waiter').text).toMatch(/ and 149 more\)$/u);
  });

  test('names what else is in the way behind dependencies, but nothing that goes with them', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    run.submit('first', 'dev', ['a']);
    run.submit('other', 'ops', ['b']);
    run.submit('waiter', 'dev', ['a', 'b'], {dependsOn: ['first']});
    expect(explain(run, 'waiter')).toMatchObject({
      state: 'waiting',
      blockers: [
        {kind: 'dependency', taskId: 'first', state: 'running'},
        {kind: 'file', holder: 'other'},
      ],
      text: 'waiter is waiting, waiting for first (dependency, running)',
    });
  });

  test('names a paused coordinator and a back-off', () => {
    const run = new CoreRun({dev: {retry: {maxAttempts: 2, backoffMs: 100, backoffMaxMs: 100}}});
    run.submit('a', 'dev', ['a']);
    run.end('a', THREW);
    run.mode('paused');
    expect(explain(run, 'a')).toMatchObject({
      state: 'retrying',
      blockers: [
        {kind: 'back-off', untilMs: expect.any(Number)},
        {kind: 'mode', mode: 'paused'},
      ],
      remedy: {withoutClaims: null, afterTasks: null},
    });
  });

  test('says nothing of a task that runs or has ended', () => {
    const run = new CoreRun({dev: {}});
    run.submit('a', 'dev', ['a']);
    const nothing = {blockers: [], position: null, expectedStart: null, remedy: null};
    expect(explain(run, 'a')).toMatchObject({state: 'running', ...nothing});
    run.end('a');
    expect(explain(run, 'a')).toMatchObject({state: 'succeeded', ...nothing});
    expect(why(run.state, 'b', 0)).toBeNull();
  });
});

describe('where a queued task stands', () => {
  test('is its place in scheduling order, and among those that it conflicts with', () => {
    const run = new CoreRun({dev: {}, ops: {}, qa: {}}, {maxParallel: 1});
    run.submit('running', 'dev', ['x']);
    run.submit('by-type', 'dev', ['a']);
    run.submit('neither', 'ops', ['b']);
    run.submit('by-file', 'ops', ['c/']);
    run.submit('me', 'dev', ['c/d']);
    run.submit('urgent', 'qa', ['e'], {priority: 1});
    run.submit('behind', 'dev', ['c']);
    expect(explain(run, 'me').position).toEqual({place: 5, of: 6, placeAmongConflicting: 3});
    expect(explain(run, 'urgent').position).toEqual({place: 1, of: 6, placeAmongConflicting: 1});
  });
});

describe('when a task will start', () => {
  const estimated = (estimateMs: number) => ({estimateMs});

  test('is when all that is in its way has ended, by the estimates', () => {
    const run = new CoreRun({dev: {}, ops: {}, qa: {}});
    run.submit('long', 'dev', ['a'], estimated(100));
    run.submit('short', 'ops', ['b'], estimated(30));
    run.at = 10;
    run.submit('me', 'qa', ['a', 'b']);
    expect(explain(run, 'me').expectedStart).toEqual({atMs: 100, from: 'estimates'});
    // One that takes longer than it was to is about to end.
    run.at = 150;
    expect(explain(run, 'me').expectedStart).toEqual({atMs: 150, from: 'estimates'});
  });

  test('counts the tasks before it that conflict with it, side by side where there are several agents', () => {
    const run = new CoreRun({dev: {instances: 2}});
    for (const id of ['a', 'b', 'c', 'd', 'me']) run.submit(id, 'dev', [id], estimated(100));
    expect(explain(run, 'me').expectedStart).toEqual({atMs: 200, from: 'estimates'});
  });

  test('counts those before it that wait for a slot alone, where the limit is in its way', () => {
    const run = new CoreRun({dev: {}, ops: {}, qa: {}}, {maxParallel: 1});
    run.submit('a', 'dev', ['a'], estimated(100));
    run.submit('b', 'ops', ['b'], estimated(50));
    run.submit('b2', 'ops', ['b2'], estimated(50));
    run.submit('me', 'qa', ['c']);
    expect(explain(run, 'me').expectedStart).toEqual({atMs: 150, from: 'estimates'});
  });

  test('follows dependencies that have not started', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    run.submit('a', 'dev', ['a'], estimated(100));
    run.submit('b', 'dev', ['b'], {dependsOn: ['a'], estimateMs: 20});
    run.submit('me', 'ops', ['c'], {dependsOn: ['b']});
    expect(explain(run, 'me').expectedStart).toEqual({atMs: 120, from: 'estimates'});
  });

  test('takes the median of what tasks of the agent type took, where there is no estimate', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    for (const [i, took] of [10, 70, 30, 20].entries()) {
      run.submit(`past${i}`, 'dev', ['a']);
      run.at += took;
      run.end(`past${i}`);
    }
    const began = run.at;
    run.submit('now', 'dev', ['a']);
    run.submit('me', 'ops', ['a']);
    expect(explain(run, 'me').expectedStart).toEqual({atMs: began + 25, from: 'past-durations'});
  });

  test('is not known where nothing is, or where it is up to somebody', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    run.submit('unknown', 'dev', ['a']);
    run.submit('me', 'ops', ['a']);
    expect(explain(run, 'me').expectedStart).toBeNull();
    run.submit('known', 'ops', ['b'], estimated(10));
    run.mode('paused');
    run.submit('later', 'ops', ['c']);
    expect(explain(run, 'later').expectedStart).toBeNull();
  });

  test('of a chain of ten thousand tasks is asked without an end of the stack', () => {
    const run = new CoreRun({dev: {}});
    const link = (i: number) => ({
      id: `t${i}`,
      agentType: 'dev',
      description: '',
      files: ['a'],
      estimateMs: 1,
      work: {kind: 'function'} as const,
      ...(i > 0 && {dependsOn: [`t${i - 1}`]}),
    });
    const tasks = Array.from({length: 10_000}, (_, i) => link(i));
    run.send({type: 'submit-tasks', at: 0, submission: 's', tasks});
    expect(explain(run, 't50').expectedStart).toEqual({atMs: 50, from: 'estimates'});
    expect(explain(run, 't9999').expectedStart).toBeNull();
  });
});

describe('what would let a task start now', () => {
  test('is the claims that meet, if nothing else is in its way, and the tasks that hold their files', () => {
    const run = new CoreRun({dev: {}, ops: {}, qa: {}});
    run.submit('one', 'dev', ['a']);
    run.submit('two', 'ops', ['b']);
    run.submit('me', 'qa', ['a', 'c'], {reads: ['b', 'd']});
    expect(explain(run, 'me').remedy).toEqual({
      withoutClaims: [
        {claim: 'a', access: 'write'},
        {claim: 'b', access: 'read'},
      ],
      afterTasks: ['one', 'two'],
    });
  });

  test('is no claim where it would have nothing left to write, or where its agent is busy', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    run.submit('one', 'dev', ['a']);
    run.submit('all', 'ops', ['a']);
    run.submit('busy', 'dev', ['a', 'b']);
    expect(explain(run, 'all').remedy).toEqual({withoutClaims: null, afterTasks: ['one']});
    expect(explain(run, 'busy').remedy).toEqual({withoutClaims: null, afterTasks: ['one']});
  });

  test('is one end for the limit and for the files, and one of several agents', () => {
    const run = new CoreRun({dev: {instances: 2}, ops: {}}, {maxParallel: 2});
    run.submit('one', 'dev', ['a']);
    run.submit('two', 'dev', ['b']);
    run.submit('file', 'ops', ['b']);
    run.submit('type', 'dev', ['c']);
    expect(explain(run, 'file').remedy?.afterTasks).toEqual(['two']);
    expect(explain(run, 'type').remedy?.afterTasks).toEqual(['one']);
  });
});

describe('the status', () => {
  test('looks at the queue once, however many tasks wait', () => {
    const run = reserved();
    for (let i = 0; i < 20; i++) run.submit(`more${i}`, 'ops', ['f']);
    const spy = vi.spyOn(Queue.prototype, 'reserving');
    try {
      const {tasks} = viewStatus(run.state);
      expect(tasks.at(-1)?.waitsFor.map(({kind}) => kind)).toEqual(['file', 'agent-type', 'reservation']);
      expect(spy).toHaveBeenCalledTimes(1);
    } finally {
      spy.mockRestore();
    }
  });
});
