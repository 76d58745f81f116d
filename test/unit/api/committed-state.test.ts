import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../../src/index.ts';
import {startOrchestrator} from '../../support/orchestrators.ts';
import {LogRecord, type ScriptedRun, scriptedRun, settled} from '../../support/scripted-run.ts';

/** A task from its submission through a failed attempt to success. */
const play = async ({orchestrator, executor, clock}: ScriptedRun): Promise<void> => {
  orchestrator.submit({id: 'a', agentType: 'dev', files: ['x'], retry: {maxAttempts: 2}});
  await settled();
  executor.of('a')?.exit(1);
  await settled();
  clock.runNext();
  await settled();
  executor.of('a')?.succeed();
  await orchestrator.idle();
};

/** What each event leads to; a decision that starts the task as well is one with its submission. */
const LEADS_TO: Partial<Record<DisjointEvent['type'], string>> = {
  'task.submitted': 'running',
  'task.queued': 'running',
  'attempt.dispatched': 'running',
  'attempt.started': 'running',
  'task.retrying': 'retrying',
  'task.succeeded': 'succeeded',
};

describe('whoever is told of an event', () => {
  const answersTo = async (follow: (run: ScriptedRun, look: (event: DisjointEvent) => void) => void) => {
    const run = await scriptedRun();
    const answers: [DisjointEvent['type'], string | undefined, string | undefined][] = [];
    follow(run, (event) => {
      if (LEADS_TO[event.type] === undefined) return;
      const status = run.orchestrator.status().tasks.find(({id}) => id === 'a');
      answers.push([event.type, status?.state, run.orchestrator.why('a')?.state]);
    });
    await play(run);
    expect(answers.length).toBeGreaterThanOrEqual(8);
    return answers;
  };

  test('by events$ is told by status() and why() what it led to', async () => {
    const answers = await answersTo(({orchestrator}, look) => void orchestrator.events$.subscribe(look));
    expect(answers).toEqual(answers.map(([type]) => [type, LEADS_TO[type], LEADS_TO[type]]));
  });

  test('and by a new reader of status$ as well', async () => {
    const run = await scriptedRun();
    const seen: [DisjointEvent['type'], string | undefined][] = [];
    run.orchestrator.events$.subscribe(({type}) => {
      if (LEADS_TO[type] === undefined) return;
      run.orchestrator.status$
        .subscribe(({tasks}) => void seen.push([type, tasks.find(({id}) => id === 'a')?.state]))
        .unsubscribe();
    });
    await play(run);
    expect(seen).toEqual(seen.map(([type]) => [type, LEADS_TO[type]]));
    expect(seen.length).toBeGreaterThanOrEqual(8);
  });

  test('by the logger is told so too', async () => {
    const states: (string | undefined)[] = [];
    let ask = (): string | undefined => undefined;
    const logger = Object.assign(new LogRecord(), {debug: () => void states.push(ask())});
    const {orchestrator} = await scriptedRun({orchestrator: {logger}});
    ask = () => orchestrator.why('a')?.state;
    const before = states.length;
    orchestrator.submit({id: 'a', agentType: 'dev', files: ['x']});
    await settled();
    expect(states[before]).toBe('running');
  });
});

test('status$ tells the state of a commit once, after all its events', async () => {
  const run = await scriptedRun();
  const told: string[] = [];
  run.orchestrator.events$.subscribe(({type}) => void told.push(type));
  run.orchestrator.status$.subscribe(
    ({tasks}) => void told.push(`status: ${tasks.map(({state}) => state).join()}`),
  );
  run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['x']});
  await settled();
  expect(told.slice(0, 5)).toEqual([
    'status: ',
    'task.submitted',
    'task.queued',
    'attempt.dispatched',
    'status: running',
  ]);
  expect(told.slice(5)).toEqual(['attempt.started', 'status: running']);
});

test('when a result has come, the status knows of it', async () => {
  const run = await scriptedRun();
  const task = run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['x']});
  await settled();
  const seen = task.result.then(() => run.orchestrator.why('a')?.state);
  run.executor.of('a')?.succeed();
  await expect(seen).resolves.toBe('succeeded');
});

test('a task that is submitted without an id while an event is told gets an id that nobody has', async () => {
  const orchestrator = await startOrchestrator();
  const run = (): string => 'done';
  const results: Promise<unknown>[] = [];
  orchestrator.events$.subscribe((event) => {
    if (event.type !== 'task.submitted' || event.taskId !== 't1') return;
    results.push(orchestrator.submit({agentType: 'dev', files: ['x'], run}).result);
  });
  await orchestrator.submit({id: 't1', agentType: 'dev', files: ['x'], run}).result;
  await expect(Promise.all(results)).resolves.toEqual(['done']);
});
