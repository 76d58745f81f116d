import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../../src/core/events.ts';
import type {AttemptExit, ExitReason} from '../../../src/core/failures.ts';
import type {Input} from '../../../src/core/inputs.ts';
import {pauseMs, rateLimitIn} from '../../../src/core/rate-limit.ts';
import {type CoordinatorState, initialState} from '../../../src/core/state.ts';
import {nextWakeMs, step} from '../../../src/core/step.ts';
import {summarize} from '../../../src/core/summary.ts';
import type {TagLimits} from '../../../src/core/tag.ts';
import {refuseLimits} from '../../../src/core/tags.ts';
import {why} from '../../../src/core/why.ts';
import {coreSettings, RETURNED} from '../../support/core-settings.ts';

const AGENTS = {
  a: {tags: ['api']},
  b: {tags: ['api'], retry: {maxAttempts: 1, backoffMs: 5}},
  c: {tags: ['api', 'disk']},
  free: {},
};

const exitBy = (how: ExitReason, tail: readonly string[] = []): AttemptExit => ({...RETURNED, how, tail});
const code = (number: number): AttemptExit =>
  exitBy({kind: 'exited', code: number, result: {kind: 'not-expected'}});
const threw = (error: unknown): AttemptExit => exitBy({kind: 'threw', message: 'no', error});

/** A run of the core alone. */
class Run {
  state: CoordinatorState;
  events: DisjointEvent[] = [];

  constructor(limits: TagLimits = new Map([['api', 1]])) {
    this.state = initialState(coreSettings(AGENTS, {limits}), 8);
    this.send({type: 'change-mode', at: 0, mode: 'running', queued: 'keep', running: 'finish', reason: ''});
  }

  send(input: Input): void {
    const next = step(this.state, input);
    this.state = next.state;
    this.events.push(...next.events);
  }

  submit(at: number, ...agentTypes: readonly string[]): void {
    const tasks = agentTypes.map((agentType, i) => ({
      id: `${agentType}${this.state.tasks.size + i + 1}`,
      agentType,
      description: '',
      files: [`f${this.state.tasks.size + i}`],
      estimateMs: 100,
      work: {kind: 'function' as const},
    }));
    this.send({type: 'submit-tasks', at, submission: '', tasks});
  }

  end(at: number, taskId: string, exit: AttemptExit = RETURNED): void {
    const hold = this.state.lockTable.holds().find((one) => one.taskId === taskId);
    if (hold === undefined) throw new Error(`${taskId} does not run`);
    this.send({type: 'report-exited', at, taskId, fence: hold.fence, exit});
  }

  get running(): readonly string[] {
    return this.state.lockTable.holds().map(({taskId}) => taskId);
  }

  of(type: DisjointEvent['type']): readonly DisjointEvent[] {
    return this.events.filter((event) => event.type === type);
  }
}

describe('the limit of a tag', () => {
  test('is for all agent types that have it together, and for nobody else', () => {
    const run = new Run(new Map([['api', 2]]));
    run.submit(1, 'a', 'b', 'c', 'free', 'a');
    expect(run.running).toEqual(['a1', 'b2', 'free4']);
    run.end(2, 'b2');
    expect(run.running).toEqual(['a1', 'free4', 'c3']);
    run.end(3, 'c3');
    expect(run.running).toEqual(['a1', 'free4']);
    run.end(4, 'a1');
    expect(run.running).toEqual(['free4', 'a5']);
  });

  test('is in the way of a task, which says so, and of the slot that waits for it', () => {
    const run = new Run();
    run.submit(1, 'a', 'b');
    expect(why(run.state, 'b2', 11)).toMatchObject({
      blockers: [{kind: 'tag', tag: 'api', limit: 1, holders: [{taskId: 'a1', agentId: 'a', heldSince: 1}]}],
      text: 'b2 is queued, waiting for api (1 of 1 running)',
      expectedStart: {atMs: 101, from: 'estimates'},
      remedy: {withoutClaims: null, afterTasks: ['a1']},
    });
    expect(summarize(run.state, 11).idleByCauseMs.tag).toBe(10);
  });

  test('binds the lower bound where it outweighs all else', () => {
    const run = new Run();
    run.submit(0, 'a', 'b', 'c');
    for (const [at, taskId] of [
      [10, 'a1'],
      [20, 'b2'],
      [30, 'c3'],
    ] as const)
      run.end(at, taskId);
    expect(summarize(run.state, 30)).toMatchObject({
      lowerBoundMs: 30,
      lowerBoundBy: 'the limit of 1 for api',
      efficiency: 1,
    });
  });

  test('is not held by what could not be stopped', () => {
    const run = new Run();
    run.submit(1, 'a', 'b');
    const {taskId, fence} = run.state.lockTable.holds()[0]!;
    run.send({type: 'report-quarantined', at: 2, taskId, fence, survivors: 'pid 1'});
    expect(run.running).toEqual(['a1', 'b2']);
  });

  test.each<[string, TagLimits, unknown]>([
    [
      'of a tag that nobody has',
      new Map([['apis', 1]]),
      {code: 'E_TAG_UNKNOWN', tag: 'apis', known: ['api', 'disk']},
    ],
    [
      'beside another one of the same agent type',
      new Map([
        ['api', 1],
        ['disk', 1],
      ]),
      {code: 'E_TAGS_LIMITED', agentType: 'c', tags: ['api', 'disk']},
    ],
    ['alone', new Map([['disk', 1]]), null],
  ])('%s: refused or not', (_, limits, refusal) => {
    expect(refuseLimits(coreSettings(AGENTS).agentTypes, limits)).toEqual(refusal);
  });

  test('never lets more run, and never keeps a task waiting for ever', () => {
    const agentTypes = fc.array(fc.constantFrom('a', 'b', 'c', 'free'), {minLength: 1, maxLength: 12});
    fc.assert(
      fc.property(
        agentTypes,
        fc.integer({min: 1, max: 3}),
        fc.infiniteStream(fc.nat()),
        (types, limit, draws) => {
          const run = new Run(new Map([['api', limit]]));
          run.submit(1, ...types);
          for (let at = 2; run.running.length > 0; at++) {
            const tagged = run.running.filter((id) => !id.startsWith('free'));
            expect(tagged.length).toBeLessThanOrEqual(limit);
            run.end(at, run.running[draws.next().value % run.running.length]!);
          }
          expect(run.state.counts.succeeded).toBe(types.length);
        },
      ),
    );
  });
});

describe('a tag that is used up', () => {
  test('rests: nothing with it starts until it was told to, and then the task is tried again', () => {
    const run = new Run(new Map());
    run.submit(1, 'a', 'b');
    run.end(10, 'b2', threw({retryAfterMs: 500}));
    expect(run.of('tag.paused')).toMatchObject([{tag: 'api', taskId: 'b2', untilMs: 510}]);
    expect(run.of('task.retrying')).toMatchObject([
      {taskId: 'b2', failure: {code: 'rate-limited', message: 'was rate-limited: no'}},
    ]);
    run.end(20, 'a1');
    run.submit(30, 'a', 'free');
    expect(run.running).toEqual(['free4']);
    expect(why(run.state, 'a3', 30)).toMatchObject({
      blockers: [{kind: 'tag-paused', tag: 'api', untilMs: 510}],
      text: 'a3 is queued, waiting for api (rate limit)',
      expectedStart: {atMs: 510},
      remedy: {withoutClaims: null, afterTasks: null},
    });
    expect(nextWakeMs(run.state)).toBeLessThanOrEqual(510);
    run.send({type: 'wake', at: 509});
    expect(run.running).toEqual(['free4']);
    expect(nextWakeMs(run.state)).toBe(510);
    run.send({type: 'wake', at: 510});
    expect(run.of('tag.resumed')).toHaveLength(1);
    expect(run.running).toEqual(['free4', 'b2', 'a3']);
  });

  test('rests longer each time, until something with it has succeeded', () => {
    const run = new Run(new Map());
    run.submit(0, 'a', 'b');
    let at = 0;
    const pauseOf = (exit: AttemptExit): number => {
      const before = run.of('tag.paused').length;
      const [taskId] = run.running;
      run.end(++at, taskId!, exit);
      const paused = run.of('tag.paused')[before] as {untilMs: number} | undefined;
      if (paused === undefined) return 0;
      const pause = paused.untilMs - at;
      at = paused.untilMs;
      run.send({type: 'wake', at});
      return pause;
    };
    expect(pauseOf(code(75))).toBe(15_000);
    expect(pauseOf(code(75))).toBe(30_000);
    expect(pauseOf(code(75))).toBe(60_000);
    expect(pauseOf(RETURNED)).toBe(0);
    expect(pauseOf(code(75))).toBe(15_000);
  });

  test('is told of once, though several that ran found out', () => {
    const run = new Run(new Map());
    run.submit(0, 'a', 'b', 'c');
    run.end(1, 'a1', code(75));
    run.end(2, 'b2', code(75));
    run.end(3, 'c3', threw({retryAfterMs: 60_000}));
    expect(run.of('tag.paused')).toMatchObject([
      {tag: 'api', untilMs: 15_001},
      {tag: 'api', untilMs: 60_003},
      {tag: 'disk', untilMs: 60_003},
    ]);
  });

  test('does not use up the retries of a task, five times; without a tag it does', () => {
    const run = new Run(new Map());
    run.submit(0, 'b', 'free');
    run.end(1, 'free2', code(75));
    expect(run.of('task.failed')).toMatchObject([{taskId: 'free2', failure: {code: 'rate-limited'}}]);
    let at = 1;
    let attempts = 0;
    while (run.running.length > 0) {
      attempts++;
      run.end(++at, 'b1', code(75));
      at += 1_000_000;
      run.send({type: 'wake', at});
    }
    expect(attempts).toBe(6);
    expect(run.of('task.failed')).toHaveLength(2);
  });
});

describe('how an attempt says that it was rate-limited', () => {
  const preset = (text: string): AttemptExit =>
    exitBy({kind: 'exited', code: 1, result: {kind: 'failure', text}});
  const cutShort = (...tail: readonly string[]): AttemptExit =>
    exitBy({kind: 'exited', code: 1, result: {kind: 'missing', expected: 'a result'}}, tail);

  test.each<[string, AttemptExit, number | null]>([
    ['an error with retryAfterMs', threw({retryAfterMs: 12.6}), 13],
    ['for at most a day', threw({retryAfterMs: 1e12}), 86_400_000],
    ['an error of an HTTP client', threw(Object.assign(new Error('no'), {status: 429})), null],
    ['and of another', threw({statusCode: 429}), null],
    ['exit code 75', code(75), null],
    ['what an agent CLI says of its failure', preset('API Error: 429 {"type":"rate_limit_error"}'), null],
    ['and that a limit was reached', preset('Claude AI usage limit reached|1760000000'), null],
    ['or that there is no room', preset('[500] overloaded_error'), null],
    ['its last words, if it was cut short', cutShort('a', 'Error: Too Many Requests', 'b'), null],
    ['as Google says it', cutShort('status: RESOURCE_EXHAUSTED'), null],
  ])('%s', (_, exit, retryAfterMs) => {
    expect(rateLimitIn(exit)).toEqual({retryAfterMs});
  });

  test.each<[string, AttemptExit]>([
    ['success', RETURNED],
    ['another error', threw(new Error('rate limited, I think'))],
    ['nothing at all', threw(null)],
    [
      'an error that cannot be looked at',
      threw(
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('no');
            },
          },
        ),
      ),
    ],
    ['a time that is none', threw({retryAfterMs: '5'})],
    ['another exit code', code(1)],
    [
      'a command that writes about it',
      exitBy({kind: 'exited', code: 1, result: {kind: 'not-expected'}}, ['429']),
    ],
    [
      'an agent CLI that succeeded',
      exitBy({kind: 'exited', code: 0, result: {kind: 'success', text: '429'}}, ['429']),
    ],
    ['an agent that works on one', preset('the test of the rate limiter fails')],
    ['words long before the end', cutShort('429', 'a', 'b', 'c')],
    ['a signal', exitBy({kind: 'signalled', signal: 'SIGKILL'}, ['429'])],
  ])('is none of these: %s', (_, exit) => {
    expect(rateLimitIn(exit)).toBeNull();
  });

  test('pauses double up to ten minutes', () => {
    const pauses = [0, 1, 2, 5, 6, 50].map((times) => pauseMs({retryAfterMs: null}, times));
    expect(pauses).toEqual([15_000, 30_000, 60_000, 480_000, 600_000, 600_000]);
    expect(pauseMs({retryAfterMs: 7}, 3)).toBe(7);
  });
});
