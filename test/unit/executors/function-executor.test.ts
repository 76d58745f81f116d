import {describe, expect, test} from 'vitest';
import {FunctionExecutor, type TaskFunction} from '../../../src/executors/function-executor.ts';
import {systemClock} from '../../../src/runtime/system-clock.ts';
import {AttemptRecord, attemptRequest} from '../../support/attempts.ts';
import {Gate} from '../../support/task-functions.ts';

const start = (work: TaskFunction | undefined) => {
  const executor = new FunctionExecutor(() => work, systemClock);
  const record = new AttemptRecord();
  const running = executor.start(attemptRequest({id: 'T1'}, {attempt: 2}), record);
  return {record, running};
};

const howOf = async (work: TaskFunction) => (await start(work).record.death).how;

describe('a function', () => {
  test('gets its task, its attempt and a signal, and its value is the result', async () => {
    const seen: unknown[] = [];
    const how = await howOf(({taskId, attempt, signal}) => {
      seen.push(taskId, attempt, signal.aborted);
      return {answer: 42};
    });
    expect(seen).toEqual(['T1', 2, false]);
    expect(how).toEqual({kind: 'returned', value: {answer: 42}});
  });

  test('has failed if it throws or rejects, whatever it throws', async () => {
    const boom = new RangeError('boom');
    const nameless: unknown = Object.create(null);
    const treacherous = {
      toString: () => {
        throw new Error('not even this');
      },
    };
    const broken = new Error('hidden');
    Object.defineProperty(broken, 'message', {
      get: () => {
        throw new Error('nor this');
      },
    });
    for (const [thrown, message] of [
      [boom, 'boom'],
      ['just text', 'just text'],
      [undefined, 'undefined'],
      [null, 'null'],
      [Symbol('s'), 'Symbol(s)'],
      [nameless, 'a value that cannot be shown'],
      [treacherous, 'a value that cannot be shown'],
      [broken, 'a value that cannot be shown'],
    ] as const) {
      const rejects = await howOf(async () => {
        await Promise.resolve();
        throw thrown as Error;
      });
      expect(rejects).toMatchObject({kind: 'threw', message});
      const throws = await howOf(() => {
        throw thrown as Error;
      });
      expect(throws).toMatchObject({kind: 'threw', message});
      expect(throws.kind === 'threw' && throws.error === thrown).toBe(true);
    }
  });

  test('is asked to stop by its signal, and holds on until it really ends', async () => {
    const gate = new Gate();
    let asked = 0;
    const {record, running} = start(async ({signal}) => {
      signal.addEventListener('abort', () => asked++);
      await gate.opened;
      return 'late';
    });
    running.ask();
    running.terminate();
    running.kill();
    running.kill();
    expect(asked).toBe(1);
    await Promise.resolve();
    expect(record.exit).toBeNull();
    gate.open();
    expect((await record.death).how).toEqual({kind: 'returned', value: 'late'});
  });

  test('prints and tells its progress while it runs, and not after it has ended', async () => {
    let late: () => void = () => {};
    const {record} = start(({log, progress}) => {
      for (let i = 1; i <= 25; i++) log(`line ${i}`);
      progress('half');
      late = () => {
        log('too late');
        progress('too late');
      };
    });
    const {tail} = await record.death;
    late();
    expect(record.lines('log')).toHaveLength(25);
    expect(tail).toEqual(Array.from({length: 20}, (_, i) => `line ${i + 6}`));
    expect(record.told.filter((what) => what === 'progressed')).toHaveLength(1);
    expect(record.told.at(-1)).toBe('dead');
  });

  test('that is not known is a failure to start', async () => {
    const {record} = start(undefined);
    expect((await record.death).how).toMatchObject({kind: 'not-started'});
    expect(record.told).toEqual(['dead']);
  });
});
