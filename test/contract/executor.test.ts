import {describe, expect, test} from 'vitest';
import type {TaskSpec} from '../../src/core/task.ts';
import {FunctionExecutor, type TaskFunction} from '../../src/executors/function-executor.ts';
import {procTable} from '../../src/executors/process/process-table.ts';
import type {AttemptRequest, Executor, RunningAttempt} from '../../src/ports/executor.ts';
import {systemClock} from '../../src/runtime/system-clock.ts';
import {ScriptedExecutor} from '../../src/testing/index.ts';
import {AttemptRecord, attemptRequest, command, processExecutor, script} from '../support/attempts.ts';
import {eventually} from '../support/eventually.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

/** An executor and the work it can be given to show what it promises. */
interface ExecutorUnderTest {
  readonly executor: Executor;
  /** Prints the line `hello` and then ends well by itself. */
  readonly short: () => AttemptRequest;
  /** Prints the line `up` and then goes on until it is stopped. */
  readonly long: () => AttemptRequest;
  /** Work that cannot even begin. */
  readonly impossible: readonly AttemptRequest[];
  /** Ends what lives on after its attempt was abandoned. */
  readonly endAbandoned: (record: AttemptRecord) => Promise<void>;
}

const start = (executor: Executor, request: AttemptRequest) => {
  const record = new AttemptRecord();
  return {record, running: executor.start(request, record)};
};

const RUNGS = ['ask', 'terminate', 'kill'] as const;

const climb = (running: RunningAttempt): void => {
  for (const rung of RUNGS) running[rung]();
};

/** What holds of every attempt once it is over, whatever became of it. */
const expectDeadOnceAndLast = (record: AttemptRecord): void => {
  expect(record.told.filter((what) => what === 'dead')).toHaveLength(1);
  expect(record.told.at(-1)).toBe('dead');
  expect(record.told.filter((what) => what === 'started').length).toBeLessThanOrEqual(1);
  expect(record.exit?.durationMs).toBeGreaterThanOrEqual(0);
};

/** The contract of the port in src/ports/executor.ts: every executor keeps it. */
export const describeExecutorContract = (name: string, make: () => ExecutorUnderTest): void => {
  describe(`the ${name} keeps the contract of executors:`, () => {
    test('work that ends by itself is started once, then heard, then dead once and last', async () => {
      const {executor, short} = make();
      const {record} = start(executor, short());
      await record.death;
      expect(record.told).toEqual(['started', 'output', 'dead']);
      expect(record.lines()).toEqual(['hello']);
      expectDeadOnceAndLast(record);
    });

    test('work that goes on is ended by the ladder', async () => {
      const {executor, long} = make();
      const {record, running} = start(executor, long());
      await record.printed('up');
      expect(record.exit).toBeNull();
      climb(running);
      await record.death;
      expectDeadOnceAndLast(record);
    });

    test('each rung may come again, in any order, and after the end', async () => {
      const {executor, long} = make();
      const {record, running} = start(executor, long());
      await record.printed('up');
      for (const rung of [...RUNGS, ...RUNGS.toReversed()]) running[rung]();
      climb(running);
      const exit = await record.death;
      climb(running);
      expect(record.exit).toBe(exit);
      expectDeadOnceAndLast(record);
    });

    test.each(RUNGS)('"%s" in the moment of the start leaves nobody waiting for the end', async (rung) => {
      const {executor, long} = make();
      const {record, running} = start(executor, long());
      running[rung]();
      climb(running);
      await record.death;
      expectDeadOnceAndLast(record);
    });

    test('work that cannot begin is dead without ever having been started, and nothing is thrown', async () => {
      const {executor, impossible} = make();
      expect(impossible.length).toBeGreaterThan(0);
      for (const request of impossible) {
        const {record, running} = start(executor, request);
        climb(running);
        const {how} = await record.death;
        expect(how).toMatchObject({kind: expect.stringMatching(/^(not-started|threw)$/u)});
        expect(record.told).toEqual(['dead']);
      }
    });

    test('an abandoned attempt tells nothing more', async () => {
      const {executor, long, short, endAbandoned} = make();
      const {record, running} = start(executor, long());
      await record.printed('up');
      const told = record.told.length;
      running.abandon();
      climb(running);
      // Another attempt has gone its whole way meanwhile.
      await start(executor, short()).record.death;
      await endAbandoned(record);
      expect(record.told).toHaveLength(told);
    });

    test('attempts that run at the same time are told apart', async () => {
      const {executor, long, short} = make();
      const long1 = start(executor, long());
      const others = [1, 2, 3].map(() => start(executor, short()));
      const long2 = start(executor, long());
      await Promise.all(others.map(({record}) => record.death));
      await Promise.all([long1, long2].map(({record}) => record.printed('up')));
      climb(long2.running);
      await long2.record.death;
      expect(long1.record.exit).toBeNull();
      climb(long1.running);
      await long1.record.death;
      for (const {record} of [long1, long2, ...others]) expectDeadOnceAndLast(record);
    });
  });
};

describeExecutorContract('process executor', () => {
  const root = temporaryFolder();
  const executor = processExecutor(root);
  const request = (spec: Partial<TaskSpec>) => () => attemptRequest(spec);
  return {
    executor,
    short: request(script('echo hello')),
    long: request(script('echo up; exec sleep 600')),
    impossible: [
      attemptRequest(command('no-such-program')),
      attemptRequest({work: {kind: 'command', argv: [], prompt: 'argument'}}),
      attemptRequest({...command('true', '{prompt}'), description: '\0'}),
      attemptRequest({work: {kind: 'function'}}),
      attemptRequest({work: {kind: 'preset', preset: 'nobody', args: []}}),
    ],
    endAbandoned: async ({program}) => {
      const pid = program?.pid ?? 0;
      await eventually('it is dead', () => procTable.find(pid) === null);
    },
  };
});

describeExecutorContract('function executor', () => {
  const short: TaskFunction = ({log}) => log('hello');
  const long: TaskFunction = async ({log, signal}) => {
    log('up');
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
  };
  const executor = new FunctionExecutor((taskId) => {
    switch (taskId) {
      case 'short':
        return short;
      case 'long':
        return long;
      case 'source-throws':
        throw new Error('it cannot be looked up');
      default:
        return undefined;
    }
  }, systemClock);
  return {
    executor,
    short: () => attemptRequest({id: 'short'}),
    long: () => attemptRequest({id: 'long'}),
    impossible: [attemptRequest({id: 'unknown'}), attemptRequest({id: 'source-throws'})],
    endAbandoned: () => Promise.resolve(),
  };
});

describeExecutorContract('scripted executor of the test kit', () => {
  const executor = new ScriptedExecutor({
    clock: systemClock,
    onStart: (attempt) => {
      if (attempt.taskId === 'impossible') {
        attempt.end({kind: 'not-started', message: 'as the script says', hint: 'change the script'});
        return;
      }
      attempt.start();
      attempt.print(attempt.taskId === 'short' ? 'hello' : 'up');
      if (attempt.taskId === 'short') attempt.succeed();
    },
  });
  return {
    executor,
    short: () => attemptRequest({id: 'short'}),
    long: () => attemptRequest({id: 'long'}),
    impossible: [attemptRequest({id: 'impossible'})],
    endAbandoned: () => Promise.resolve(),
  };
});
