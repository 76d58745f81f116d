import {describe, expect, test} from 'vitest';
import {expectedEnd} from '../../../src/core/expected-end.ts';
import {CoreRun} from '../../support/core-run.ts';

describe('the expected end', () => {
  test('is when the last task will have ended, with what runs taking what is left of its time', () => {
    const run = new CoreRun({dev: {}, ops: {}}, {maxParallel: 2});
    run.submit('a', 'dev', ['a'], {estimateMs: 100});
    run.submit('b', 'dev', ['b'], {estimateMs: 50});
    run.submit('c', 'ops', ['a'], {estimateMs: 70, dependsOn: ['b']});
    expect(expectedEnd(run.state, 0)).toEqual({atMs: 220, from: 'estimates'});
    expect(expectedEnd(run.state, 40)).toEqual({atMs: 220, from: 'estimates'});
    // It takes longer than it should: it may end at any time.
    expect(expectedEnd(run.state, 130)).toEqual({atMs: 250, from: 'estimates'});
  });

  test('takes what tasks of the agent type took, where there is no estimate', () => {
    const run = new CoreRun({dev: {}});
    run.submit('a', 'dev', ['a']);
    expect(expectedEnd(run.state, 0)).toBe(null);
    run.at = 30;
    run.end('a');
    run.submit('b', 'dev', ['b']);
    expect(expectedEnd(run.state, 30)).toEqual({atMs: 60, from: 'past-durations'});
  });

  test('is not known where somebody has to do something, where nothing is left, and of too many tasks', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    expect(expectedEnd(run.state, 0)).toBe(null);
    run.submit('a', 'dev', ['a'], {estimateMs: 1});
    run.mode('paused');
    expect(expectedEnd(run.state, 0)).toBe(null);
    run.mode('running');
    expect(expectedEnd(run.state, 0)).not.toBe(null);
    for (let i = 0; i < 100; i++) run.submit(`t${i}`, 'ops', ['b'], {estimateMs: 1});
    expect(expectedEnd(run.state, 0)).toBe(null);
    const stuck = new CoreRun({dev: {}});
    stuck.submit('a', 'dev', ['a'], {estimateMs: 1});
    stuck.quarantine('a');
    stuck.submit('b', 'dev', ['b'], {estimateMs: 1});
    expect(expectedEnd(stuck.state, 0)).toBe(null);
  });
});
