import {describe, expect, test} from 'vitest';
import {summarize} from '../../../src/core/summary.ts';
import {CoreRun} from '../../support/core-run.ts';

describe('the summary', () => {
  test('spans from the first submission to the last end, with the pause between', () => {
    const run = new CoreRun({dev: {}});
    run.submit('a', 'dev', ['a']);
    run.at = 300;
    run.end('a');
    run.at = 400;
    run.submit('b', 'dev', ['b']);
    run.at = 410;
    run.end('b');
    expect(summarize(run.state, 999)).toMatchObject({wallMs: 410, sequentialMs: 310});
  });

  test('counts up to now while a task has not ended', () => {
    const run = new CoreRun({dev: {}});
    run.submit('a', 'dev', ['a']);
    expect(summarize(run.state, 70).wallMs).toBe(70);
  });

  test('has a bound that a limit which was lowered meanwhile does not lift above the time it took', () => {
    const run = new CoreRun({dev: {instances: 4}});
    for (const id of ['a', 'b', 'c', 'd']) run.submit(id, 'dev', [id]);
    run.at = 50;
    run.limit(1);
    run.at = 300;
    for (const id of ['a', 'b', 'c', 'd']) run.end(id);
    expect(summarize(run.state, 300)).toMatchObject({
      wallMs: 300,
      lowerBoundMs: 300,
      lowerBoundBy: 'the limit of 4 at once',
    });
  });

  test('has a bound by the largest limit that was in force while there were tasks', () => {
    const run = new CoreRun({dev: {instances: 4}, ops: {}});
    run.limit(1);
    run.submit('a', 'dev', ['a']);
    run.submit('b', 'ops', ['b']);
    run.at = 100;
    run.end('a');
    run.at = 200;
    run.end('b');
    expect(summarize(run.state, 200)).toMatchObject({
      lowerBoundMs: 200,
      lowerBoundBy: 'the limit of 1 at once',
    });
    run.limit(2);
    expect(summarize(run.state, 200)).toMatchObject({lowerBoundMs: 100});
  });
});
