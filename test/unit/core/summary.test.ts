import {describe, expect, test} from 'vitest';
import type {Look} from '../../../src/core/claim/look.ts';
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

  test('has a bound that a link which was found at the end does not lift above the time it took', () => {
    const run = new CoreRun({dev: {}, ops: {}});
    run.submit('a', 'dev', ['folder/x']);
    run.submit('b', 'ops', ['link/*']);
    run.at = 100;
    const [{fence} = {fence: 0}] = run.state.lockTable.holds().filter(({taskId}) => taskId === 'b');
    const look: Look = {
      kind: 'inside',
      segments: ['folder'],
      ids: [],
      links: [],
      exists: true,
      isDirectory: true,
    };
    const looks = new Map([['link', look]]);
    run.send({type: 'report-looked', at: 100, taskId: 'b', fence, when: 'end', looks, yetToStart: []});
    run.end('b');
    run.at = 110;
    run.end('a');
    run.at = 200;
    run.end('a');
    run.at = 310;
    run.end('b');
    // Neither is believed, so both run again: 110 and 90 of `a`, then 110 of `b`. The first 100 of `b` were beside `a`, so the
    // two do not add up.
    expect(summarize(run.state, 310)).toMatchObject({
      wallMs: 310,
      sequentialMs: 410,
      lowerBoundMs: 210,
      lowerBoundBy: 'agent type ops',
    });
  });
});
