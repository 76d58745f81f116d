import {finalize, from, map, mergeMap, type Observable, share, take, tap, toArray} from 'rxjs';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent, Status} from '../../../src/index.ts';
import {boundedIterable} from '../../../src/runtime/bounded-iterable.ts';
import {type ScriptedRun, scriptedRun, settled} from '../../support/scripted-run.ts';

/** Two tasks from submission to success. */
const play = async ({orchestrator, executor}: ScriptedRun): Promise<void> => {
  orchestrator.submitMany([
    {id: 'a', agentType: 'dev', files: ['x']},
    {id: 'b', agentType: 'ops', files: ['x']},
  ]);
  for (const id of ['a', 'b']) {
    await settled();
    executor.of(id)?.print(`hello from ${id}`);
    executor.of(id)?.succeed();
  }
  await orchestrator.idle();
};

const countFrom = (first: number, events: readonly DisjointEvent[]): readonly number[] =>
  events.map((_, i) => first + i);

describe('events$', () => {
  test('tells each event once, in the order of seq, without gaps', async () => {
    const run = await scriptedRun();
    await play(run);
    // Event 1 was the start, before anybody could subscribe.
    expect(run.events.map(({seq}) => seq)).toEqual(countFrom(2, run.events));
    expect(run.events).toEqual(run.store.batches.flat().slice(1));
    expect(run.events.length).toBeGreaterThan(8);
  });

  test('does not replay: a late subscriber hears what comes', async () => {
    const run = await scriptedRun();
    await play(run);
    const late: DisjointEvent[] = [];
    run.orchestrator.events$.subscribe((event) => void late.push(event));
    expect(late).toEqual([]);
    await run.orchestrator.pause();
    expect(late).toMatchObject([{type: 'mode.changed', to: 'paused'}]);
  });

  test('of a task has the events of that task alone', async () => {
    const run = await scriptedRun();
    const task = run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['x']});
    const heard: string[] = [];
    task.events$.subscribe(({type}) => void heard.push(type));
    run.orchestrator.submit({id: 'b', agentType: 'ops', files: ['x']});
    await settled();
    run.executor.of('a')?.succeed();
    await settled();
    expect(heard).toEqual([
      'task.submitted',
      'task.queued',
      'attempt.dispatched',
      'attempt.started',
      'attempt.exited',
      'task.succeeded',
    ]);
  });
});

describe('status$', () => {
  test('says the current status at once, and then after each change', async () => {
    const run = await scriptedRun();
    const seen: Status[] = [];
    run.orchestrator.status$.subscribe((status) => void seen.push(status));
    expect(seen).toEqual([run.orchestrator.status()]);
    await play(run);
    expect(seen.at(-1)).toEqual(run.orchestrator.status());
    expect(seen.map(({runningAgents}) => runningAgents.join())).toEqual(
      expect.arrayContaining(['', 'dev', 'ops']),
    );
    const late: Status[] = [];
    run.orchestrator.status$.subscribe((status) => void late.push(status));
    expect(late).toEqual([run.orchestrator.status()]);
  });
});

describe('output$', () => {
  test('has what all tasks print; that of a task has its own', async () => {
    const run = await scriptedRun();
    const all: string[] = [];
    run.orchestrator.output$.subscribe(({taskId, text}) => void all.push(`${taskId}: ${text}`));
    const task = run.orchestrator.submit({id: 'c', agentType: 'reader'});
    const own: object[] = [];
    task.output$.subscribe((line) => void own.push(line));
    await settled();
    run.executor.of('c')?.print('mine');
    run.executor.of('c')?.succeed();
    await play(run);
    expect(all).toEqual(['c: mine', 'a: hello from a', 'b: hello from b']);
    expect(own).toEqual([{taskId: 'c', attempt: 1, channel: 'stdout', text: 'mine'}]);
  });
});

const fault = (): never => {
  throw new Error('no reader today');
};

interface Fault {
  readonly how: string;
  /** How often it throws into our hands at most. RxJS itself drops what is thrown after the end of a pipeline. */
  readonly reported: number;
  readonly subscribe: (source: Observable<unknown>) => void;
}

/** Each way in which a subscriber can throw at the first value. */
const FAULTS: readonly Fault[] = [
  {how: 'in next', reported: 1, subscribe: (source) => source.subscribe(fault)},
  {how: 'in next of an observer', reported: 1, subscribe: (source) => source.subscribe({next: fault})},
  {how: 'in an operator', reported: 1, subscribe: (source) => source.pipe(map(fault)).subscribe()},
  {
    how: 'in an operator and in its handler of errors',
    reported: 1,
    subscribe: (source) => source.pipe(map(fault)).subscribe({error: fault}),
  },
  {
    how: 'behind several operators',
    reported: 1,
    subscribe: (source) => source.pipe(tap(), map(String), share()).subscribe(fault),
  },
  {
    how: 'in a stream that it makes of a value',
    reported: 1,
    subscribe: (source) => source.pipe(mergeMap(() => from([1]).pipe(map(fault)))).subscribe(),
  },
  {
    how: 'as it ends by itself',
    reported: 1,
    subscribe: (source) => source.pipe(take(1)).subscribe({complete: fault}),
  },
  {
    how: 'as it is torn down by itself',
    reported: 0,
    subscribe: (source) => source.pipe(take(1), finalize(fault)).subscribe(),
  },
  {
    how: 'in next and as it is torn down for that',
    reported: 2,
    subscribe: (source) => source.pipe(finalize(fault)).subscribe(fault),
  },
];

describe.each(FAULTS)('a subscriber that throws $how', ({reported, subscribe}) => {
  test.each(['events$', 'status$', 'output$'] as const)(
    'is cut off and logged, and harms neither other readers of %s nor the run',
    async (name) => {
      const run = await scriptedRun();
      const source: Observable<unknown> = run.orchestrator[name];
      const before: unknown[] = [];
      const after: unknown[] = [];
      source.subscribe((value) => void before.push(value));
      // A subscriber of status$ throws inside its own call of subscribe.
      subscribe(source);
      source.subscribe((value) => void after.push(value));
      await play(run);
      expect(run.orchestrator.status().counts.succeeded).toBe(2);
      expect(before.length).toBeGreaterThan(1);
      expect(after).toEqual(before);
      await run.orchestrator.shutdown();
      expect(run.store.closed).toBe(1);
      const lines = run.log.messages;
      expect(lines).toEqual(lines.map(() => 'a subscriber threw and was unsubscribed'));
      expect(lines.length).toBeGreaterThanOrEqual(Math.min(1, reported));
      expect(lines.length).toBeLessThanOrEqual(reported);
    },
  );
});

test('a subscriber that throws as the streams end does not keep the orchestrator from closing', async () => {
  const run = await scriptedRun();
  run.orchestrator.events$.subscribe({complete: fault});
  run.orchestrator.status$.pipe(finalize(fault)).subscribe();
  const completed: string[] = [];
  run.orchestrator.output$.subscribe({complete: () => void completed.push('output$')});
  await run.orchestrator.shutdown();
  expect(completed).toEqual(['output$']);
  expect(run.store.closed).toBe(1);
  expect(run.log.messages).toHaveLength(2);
});

describe('all streams', () => {
  test('end with the orchestrator, also those of a task', async () => {
    const run = await scriptedRun();
    const task = run.orchestrator.submit({id: 'a', agentType: 'dev', files: ['x']});
    const ended: string[] = [];
    const complete = (name: string) => ({complete: () => void ended.push(name)});
    run.orchestrator.events$.subscribe(complete('events$'));
    run.orchestrator.status$.subscribe(complete('status$'));
    run.orchestrator.output$.subscribe(complete('output$'));
    task.events$.subscribe(complete('events$ of a task'));
    task.output$.subscribe(complete('output$ of a task'));
    const all = run.orchestrator.events();
    await run.orchestrator.shutdown({mode: 'now', graceMs: 0});
    expect(ended.toSorted()).toEqual([
      'events$',
      'events$ of a task',
      'output$',
      'output$ of a task',
      'status$',
    ]);
    const read: DisjointEvent[] = [];
    for await (const event of all) read.push(event);
    expect(read.at(-1)).toMatchObject({type: 'mode.changed', to: 'stopped'});
    run.orchestrator.status$.subscribe(complete('late'));
    expect(ended).toContain('late');
  });

  test('have ended for a late subscriber as well, who is still told the last status', async () => {
    const run = await scriptedRun();
    await play(run);
    await run.orchestrator.shutdown();
    const heard: unknown[] = [];
    run.orchestrator.status$.subscribe({
      next: (status) => void heard.push(status),
      complete: () => void heard.push('the end'),
    });
    expect(heard).toEqual([run.orchestrator.status(), 'the end']);
    expect(run.orchestrator.status()).toMatchObject({mode: 'stopped', counts: {succeeded: 2}});
  });
});

describe('events() for a reader at its own pace', () => {
  test('keeps the latest for a reader that does not read, and counts what it drops', async () => {
    const run = await scriptedRun();
    const reader = run.orchestrator.events(3);
    await play(run);
    const told = run.events.length;
    expect(reader.dropped).toBe(told - 3);
    await run.orchestrator.shutdown();
    const read: DisjointEvent[] = [];
    for await (const event of reader) read.push(event);
    expect(read).toEqual(run.events.slice(-3));
  });

  test('gives a waiting reader each event as it comes', async () => {
    const run = await scriptedRun();
    const reader = run.orchestrator.events(1);
    const read = (async () => {
      const types: string[] = [];
      for await (const {type} of reader) types.push(type);
      return types;
    })();
    await run.orchestrator.pause();
    await run.orchestrator.resume();
    await settled();
    await run.orchestrator.shutdown();
    expect((await read).length).toBeGreaterThanOrEqual(3);
  });

  test('answers readers that ask several times at once, in the order of asking', async () => {
    const reader = boundedIterable(
      from([Promise.resolve(1), Promise.resolve(2)]).pipe(mergeMap((x) => x)),
      10,
    );
    const answers = await Promise.all([reader.next(), reader.next(), reader.next(), reader.next()]);
    expect(answers.map(({value}) => value)).toEqual([1, 2, undefined, undefined]);
    expect(answers.map(({done}) => done)).toEqual([false, false, true, true]);
  });

  test('ends the subscription with the loop', async () => {
    const run = await scriptedRun();
    const reader = run.orchestrator.events(3);
    void run.orchestrator.pause();
    for await (const event of reader) {
      expect(event.type).toBe('mode.changed');
      break;
    }
    await run.orchestrator.resume();
    expect(reader.dropped).toBe(0);
    await expect(reader.next()).resolves.toEqual({value: undefined, done: true});
  });
});

test('toArray and other operators work on the streams as on any other', async () => {
  const run = await scriptedRun();
  const types: string[][] = [];
  run.orchestrator.events$
    .pipe(
      map(({type}) => type),
      toArray(),
    )
    .subscribe((all) => void types.push(all));
  await run.orchestrator.shutdown();
  expect(types).toEqual([['mode.changed', 'mode.changed']]);
});
