import {expect, test} from 'vitest';
import type {DisjointEvent} from '../../../src/core/events.ts';
import type {RetryTask} from '../../../src/core/inputs.ts';
import {step} from '../../../src/core/step.ts';
import {CoreRun} from '../../support/core-run.ts';
import {THREW} from '../../support/core-settings.ts';

/** What the core makes of it; the run goes on from there. */
const retry = (run: CoreRun, taskId: string, as = `${taskId}.2`): readonly DisjointEvent[] => {
  const input: RetryTask = {type: 'retry-task', at: run.at, taskId, as, submission: 'again'};
  const {state, events} = step(run.state, input);
  run.state = state;
  return events;
};
const refusalOf = (events: readonly DisjointEvent[]): unknown =>
  events.map((event) => (event.type === 'submission.refused' ? event.refusal : event.type))[0];
const stateOf = (run: CoreRun, taskId: string): string | undefined => run.state.tasks.get(taskId)?.state.name;

test('a task in back-off is tried now', () => {
  const run = new CoreRun({dev: {retry: {maxAttempts: 2, backoffMs: 1_000}}});
  run.submit('a', 'dev', ['a.ts']);
  run.end('a', THREW);
  expect(stateOf(run, 'a')).toBe('retrying');
  expect(retry(run, 'a').map(({type}) => type)).toEqual(['task.queued', 'attempt.dispatched']);
  expect(run.state.tasks.get('a')?.state).toMatchObject({name: 'running', attempt: 2});
  expect(run.state.backoffs.size).toBe(0);
});

test('one that failed is handed in again as another task, with the same request and without its key', () => {
  const run = new CoreRun({dev: {}});
  run.submit('a', 'dev', ['a.ts'], {priority: 7, key: 'k'});
  run.end('a', THREW);
  retry(run, 'a');
  const {key, ...before} = run.state.tasks.get('a')!.spec;
  expect(key).toBe('k');
  expect(run.state.tasks.get('a.2')?.spec).toEqual({...before, id: 'a.2', retryOf: 'a'});
  expect([stateOf(run, 'a'), stateOf(run, 'a.2')]).toEqual(['failed', 'running']);
  expect(run.state.keys.get('k')).toBe('a');
});

test('one that was skipped depends on the retry of its dependency, which has to come first', () => {
  const run = new CoreRun({dev: {}, ops: {}});
  run.submit('a', 'dev', ['a.ts']);
  run.submit('b', 'ops', ['b.ts'], {dependsOn: ['a']});
  run.end('a', THREW);
  expect(stateOf(run, 'b')).toBe('skipped');
  expect(refusalOf(retry(run, 'b'))).toEqual({
    code: 'E_RETRY_DEPENDENCY',
    taskId: 'b',
    dependency: 'a',
    state: 'failed',
  });
  retry(run, 'a');
  run.end('a.2', THREW);
  expect(refusalOf(retry(run, 'b'))).toMatchObject({dependency: 'a.2'});
  retry(run, 'a', 'a.3');
  retry(run, 'b');
  expect(run.state.tasks.get('b.2')?.spec.dependsOn).toEqual(['a.3']);
  run.end('a.3');
  expect(stateOf(run, 'b.2')).toBe('running');
});

test('nothing else can be retried', () => {
  const run = new CoreRun({dev: {}});
  run.submit('done', 'dev', ['a.ts']);
  run.end('done');
  run.submit('runs', 'dev', ['a.ts']);
  run.submit('waits', 'dev', ['a.ts']);
  for (const id of ['done', 'runs', 'waits'])
    expect(refusalOf(retry(run, id))).toMatchObject({code: 'E_TASK_NOT_RETRIABLE', taskId: id});
  expect(refusalOf(retry(run, 'nobody'))).toMatchObject({code: 'E_TASK_UNKNOWN'});
  run.end('runs', THREW);
  expect(refusalOf(retry(run, 'runs', 'waits'))).toMatchObject({code: 'E_TASK_DUPLICATE'});
  expect(refusalOf(retry(run, 'runs', 'a b'))).toMatchObject({code: 'E_TASK_ID'});
  run.mode('draining');
  expect(refusalOf(retry(run, 'runs'))).toMatchObject({code: 'E_NOT_ACCEPTING'});
});

test('of two tasks with one key the second is refused, also within one submission', () => {
  const run = new CoreRun({dev: {}});
  const request = {
    agentType: 'dev',
    description: '',
    files: ['a.ts'],
    work: {kind: 'function'},
    key: 'k',
  } as const;
  const submit = (...ids: readonly string[]): unknown => {
    const tasks = ids.map((id) => ({...request, id}));
    const {state, events} = step(run.state, {type: 'submit-tasks', at: 0, submission: 's', tasks});
    run.state = state;
    return refusalOf(events);
  };
  expect(submit('a', 'b')).toEqual({code: 'E_TASK_KEY', taskId: 'b', key: 'k', holder: 'a'});
  expect(submit('a')).toBe('task.submitted');
  expect(submit('c')).toEqual({code: 'E_TASK_KEY', taskId: 'c', key: 'k', holder: 'a'});
});
