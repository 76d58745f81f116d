import {describe, expect, test} from 'vitest';
import {why} from '../../../src/core/why.ts';
import {CoreRun} from '../../support/core-run.ts';

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
    expect(why(run.state, 'late')).toEqual({
      taskId: 'late',
      state: 'queued',
      blockers: [{kind: 'reservation', taskId: 'victim'}],
      text: 'late is queued, waiting for victim (it was overtaken too often and goes first)',
    });
  });

  test('names it beside what else is in its way', () => {
    expect(why(reserved().state, 'late')?.blockers).toMatchObject([
      {kind: 'agent-type', agentType: 'ops', holders: ['quick']},
      {kind: 'reservation', taskId: 'victim'},
    ]);
  });

  test('names no reservation of a task that waits for something that could not be stopped', () => {
    const run = reserved();
    run.quarantine('holder');
    expect(why(run.state, 'late')?.blockers).toMatchObject([{kind: 'agent-type', holders: ['quick']}]);
    run.end('quick');
    expect(why(run.state, 'late')?.state).toBe('running');
  });

  test('calls an agent type quarantined only if all its agents are', () => {
    const run = new CoreRun({dev: {instances: 2}});
    run.submit('survivor', 'dev', ['a']);
    run.submit('other', 'dev', ['b']);
    run.submit('behind', 'dev', ['c']);
    run.quarantine('survivor');
    const blockers = () => why(run.state, 'behind')?.blockers;
    expect(blockers()).toMatchObject([{kind: 'agent-type', quarantined: false}]);
    run.quarantine('other');
    expect(blockers()).toMatchObject([{kind: 'agent-type', quarantined: true}]);
  });
});
