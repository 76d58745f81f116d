import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {procTable} from '../../src/executors/process/process-table.ts';
import {DependencyCycleError, TaskCancelledError, TaskFailedError} from '../../src/index.ts';
import {MemoryStore} from '../../src/testing/index.ts';
import {eventually} from '../support/eventually.ts';
import {
  anything,
  circular,
  expectAlive,
  expectNothingUnhandled,
  expectTyped,
  noText,
  task,
} from '../support/hostile.ts';
import {rejectionOf, SHELL, startOrchestrator} from '../support/orchestrators.ts';
import {SHELL_AGENT, untilFile} from '../support/shell-tasks.ts';
import {Gate} from '../support/task-functions.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

// oxlint-disable-next-line typescript/prefer-promise-reject-errors -- functions of users reject with anything.
const rejected = (reason: unknown): Promise<never> => Promise.reject(reason);

describe('a caller that does what nobody expects', () => {
  expectNothingUnhandled();

  test('learns at once that a task is no object, or that reading one throws', async () => {
    const orchestrator = await startOrchestrator();
    for (const wrong of [null, undefined, 'do it', []]) {
      expect(() => orchestrator.submit(anything(wrong))).toThrow(TypeError);
    }
    const throwing = {
      get path(): string {
        throw new RangeError('mine');
      },
    };
    expect(() => orchestrator.submit(task({files: [throwing]}))).toThrow(RangeError);
    await expectAlive(orchestrator);
  });

  test('may leave things undefined, submit nothing, and use names that every object has', async () => {
    const orchestrator = await startOrchestrator();
    expect(orchestrator.submitMany([])).toEqual([]);
    const undescribed = orchestrator.submit(task({description: undefined, id: undefined}));
    await expect(undescribed.result).resolves.toBe('ran');
    const odd = ['constructor', 'hasOwnProperty', 'toString'].map((id) => task({id}));
    await Promise.all(orchestrator.submitMany(odd).map(({result}) => result));
    expect(orchestrator.why('constructor')).toMatchObject({state: 'succeeded'});
    for (const unknown of ['valueOf', '__proto__', undefined, circular]) {
      expect(orchestrator.why(anything(unknown))).toBeNull();
    }
    await expectAlive(orchestrator);
  });

  test('may leave single options undefined, as well as leave them out', async () => {
    const agents = anything({
      dev: {
        retry: {maxAttempts: undefined, backoffMs: undefined, backoffMaxMs: undefined},
        stop: {askMs: undefined, graceMs: undefined, sweepMs: undefined},
        env: {only: undefined, set: undefined},
      },
      ops: {},
    });
    const orchestrator = await startOrchestrator({agents});
    const retry = anything({maxAttempts: undefined, backoffMs: 1});
    await expect(orchestrator.submit(task({retry})).result).resolves.toBe('ran');
    await expectAlive(orchestrator);
  });

  test('reads of an option that is out of range by the name that was given to it', async () => {
    const wrong: readonly (readonly [string, object])[] = [
      ['stop.askMs', {stop: {askMs: -1}}],
      ['stop.sweepMs', {stop: {sweepMs: 0.5}}],
      ['retry.backoffMaxMs', {retry: {backoffMaxMs: Number.NaN}}],
      ['timeoutMs', {timeoutMs: 0}],
      ['quietTimeoutMs', {quietTimeoutMs: -1}],
    ];
    for (const [field, dev] of wrong) {
      const error = await rejectionOf(startOrchestrator({agents: anything({dev})}));
      expect(error).toMatchObject({code: 'E_AGENT_OPTION', field});
      expect(String(error)).toContain(`agent type dev: ${field} is not valid`);
    }
  });

  test('can follow events with a buffer that holds one or more, and with no other', async () => {
    const orchestrator = await startOrchestrator();
    for (const bufferMax of [0, -1, Number.NaN, 1.5, Number.POSITIVE_INFINITY, '5', null]) {
      expect(() => orchestrator.events(anything(bufferMax))).toThrow(
        expect.objectContaining({code: 'E_OPTION', message: 'bufferMax must be an integer of 1 or more'}),
      );
    }
    await expectAlive(orchestrator);
  });

  test('can have no agents, and is then told to configure one', async () => {
    const orchestrator = await startOrchestrator({agents: {}});
    const error = await rejectionOf(orchestrator.submit(task({})).accepted);
    expect(error).toMatchObject({code: 'E_AGENT_UNKNOWN', hint: 'configure one first'});
  });

  test('cannot make a task depend on a handle of another orchestrator, whatever its id', async () => {
    const [here, there] = [await startOrchestrator(), await startOrchestrator()];
    const mine = here.submit(task({id: 'same'}));
    const theirs = there.submit(task({id: 'same'}));
    const wrong = here.submit(task({id: 'wrong', dependsOn: [theirs]}));
    expect(await rejectionOf(wrong.accepted)).toMatchObject({
      code: 'E_DEP_UNKNOWN',
      message: 'task wrong depends on same of another orchestrator, which does not exist',
    });
    await expect(here.submit(task({dependsOn: [mine]})).result).resolves.toBe('ran');
    await expectAlive(here);
  });

  test('changes nothing by changing what it has handed in', async () => {
    const repo = temporaryFolder();
    const go = path.join(temporaryFolder(), 'go');
    const orchestrator = await startOrchestrator({repo, agents: {dev: SHELL_AGENT}});
    const command = ['sh', '-c', 'echo as agreed > a.txt'];
    const claim = {path: 'a.txt'};
    const first = orchestrator.submit({agentType: 'dev', files: ['a.txt'], description: untilFile(go)});
    const second = orchestrator.submit({agentType: 'dev', files: [claim], command});
    command[2] = 'echo otherwise > a.txt';
    claim.path = 'b.txt';
    await second.accepted;
    expect(orchestrator.status().tasks[1]?.files).toEqual(['a.txt']);
    writeFileSync(go, '');
    await Promise.all([first.result, second.result]);
    expect(readFileSync(path.join(repo, 'a.txt'), 'utf8')).toBe('as agreed\n');
  });

  test('may cancel twice, late, and a task that was refused, each with an answer', async () => {
    const orchestrator = await startOrchestrator();
    const gate = new Gate();
    const running = orchestrator.submit(task({id: 'once', run: () => gate.opened}));
    const refused = orchestrator.submit(task({id: 'once'}));
    expectTyped(await rejectionOf(refused.accepted), 'E_TASK_DUPLICATE');
    await expect(refused.cancel()).resolves.toBe(false);
    for (const reason of [Symbol('why'), noText, circular, null, 5]) {
      expectTyped(await rejectionOf(running.cancel(anything(reason))), 'E_OPTION');
      expectTyped(await rejectionOf(orchestrator.pause(anything(reason))), 'E_OPTION');
    }
    expect(orchestrator.status()).toMatchObject({mode: 'running', runningAgents: ['dev']});
    await expect(Promise.all([running.cancel('first'), running.cancel('second')])).resolves.toEqual([
      true,
      true,
    ]);
    gate.open();
    expect(await rejectionOf(running.result)).toMatchObject({code: 'E_TASK_CANCELLED', reason: 'first'});
    await expect(running.cancel()).resolves.toBe(false);
    await expectAlive(orchestrator);
  });

  test('may shut down twice at once, and only with a mode and a time that mean something', async () => {
    const orchestrator = await startOrchestrator();
    const wrong: readonly unknown[] = [
      null,
      'now',
      {mode: 'soon'},
      {graceMs: -1},
      {graceMs: Number.NaN},
      {mode: 'now', graceMs: Number.POSITIVE_INFINITY},
      {mode: 'now', graceMs: '5'},
      {reason: Symbol('why')},
      {reason: noText},
      {mode: 'cancel-queued', grace: 100},
    ];
    for (const options of wrong) {
      expectTyped(await rejectionOf(orchestrator.shutdown(anything(options))), 'E_OPTION');
    }
    await expectAlive(orchestrator);
    const both = [orchestrator.shutdown(), orchestrator.shutdown({mode: 'now'})];
    await Promise.all(both);
    await orchestrator.shutdown();
    expect(orchestrator.status().mode).toBe('stopped');
    const late = orchestrator.submit(task({}));
    expectTyped(await rejectionOf(late.accepted), 'E_NOT_ACCEPTING');
    await expect(late.cancel()).resolves.toBe(false);
    await orchestrator.idle();
  });

  test('may submit from within a function, and wait there for another agent', async () => {
    const orchestrator = await startOrchestrator();
    const outer = orchestrator.submit(
      task({
        run: async () => {
          const behind = orchestrator.submit(task({id: 'behind', run: () => 'later'}));
          await behind.accepted;
          return orchestrator.submit(task({agentType: 'ops', files: ['b.txt'], run: () => 'inner'})).result;
        },
      }),
    );
    await expect(outer.result).resolves.toBe('inner');
    await expectAlive(orchestrator);
    expect(orchestrator.why('behind')).toMatchObject({state: 'succeeded'});
  });

  test('is told that a function which never settles holds its files, and can end everything else', async () => {
    const stop = {askMs: 10, graceMs: 10, sweepMs: 10};
    const orchestrator = await startOrchestrator({agents: {dev: {stop}, ops: {}}});
    const stuck = orchestrator.submit(task({id: 'stuck', timeoutMs: 20, run: () => new Promise(() => {})}));
    const waiting = orchestrator.submit(task({id: 'waiting', agentType: 'ops'}));
    expect(await rejectionOf(stuck.result)).toMatchObject({
      failure: {code: 'survived'},
      message: 'task stuck could not be stopped: a function that does not return',
    });
    await orchestrator.idle();
    expect(orchestrator.why('waiting')?.text).toBe(
      'waiting is queued, waiting for stuck (a.txt, quarantined)',
    );
    await expect(orchestrator.submit(task({agentType: 'ops', files: ['b.txt']})).result).resolves.toBe('ran');
    await orchestrator.shutdown({mode: 'now', graceMs: 0});
    expect(await rejectionOf(waiting.result)).toBeInstanceOf(TaskCancelledError);
  });

  const thrown: readonly (readonly [string, () => unknown, string])[] = [
    ['nothing', () => rejected(undefined), 'undefined'],
    ['what has no text', () => rejected(noText), 'a value that cannot be shown'],
    [
      'from a getter of its result',
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- that is the point: a result that throws when it is awaited.
        get then(): never {
          throw new RangeError('not mine');
        },
      }),
      'not mine',
    ],
  ];
  test.each(thrown)('gets a failure of a function that throws %s', async (_, run, message) => {
    const orchestrator = await startOrchestrator();
    const error = await rejectionOf(orchestrator.submit(task({run})).result);
    expect(error).toBeInstanceOf(TaskFailedError);
    expect(error).toMatchObject({message: `task t1 threw: ${message}`});
    await expectAlive(orchestrator);
  });

  test('may log and report anything, and long after the end', async () => {
    const orchestrator = await startOrchestrator();
    const lines: unknown[] = [];
    orchestrator.output$.subscribe(({text}) => lines.push(text));
    let say: (line: unknown) => void = () => {};
    const talking = orchestrator.submit(
      task({
        run: ({log, progress}: {readonly log: typeof say; readonly progress: typeof say}) => {
          say = (line) => {
            log(line);
            progress(line);
          };
          for (const line of ['a line', undefined, circular, Symbol('a'), noText]) say(line);
        },
      }),
    );
    await talking.result;
    const saidInTime = lines.length;
    expect(lines[0]).toBe('a line');
    say('too late');
    await expectAlive(orchestrator);
    expect(lines).toHaveLength(saidInTime);
  });

  test('is told of a cycle through its own id', async () => {
    const orchestrator = await startOrchestrator();
    const own = orchestrator.submit(task({id: 'own', dependsOn: ['own', 'own']}));
    const error = await rejectionOf(own.accepted);
    expect(error).toBeInstanceOf(DependencyCycleError);
    expect(error).toMatchObject({cycle: ['own', 'own']});
  });

  test('with a logger that throws loses its log and nothing else', async () => {
    const complain = (): void => {
      throw new Error('the disk of the log is full');
    };
    const orchestrator = await startOrchestrator({
      logger: {debug: complain, info: complain, warn: complain, error: complain},
    });
    // What a subscriber throws is logged.
    orchestrator.events$.subscribe(() => {
      throw new Error('no reader');
    });
    await expect(orchestrator.submit(task({run: () => 'fine'})).result).resolves.toBe('fine');
  });

  test('with a logger and a store that both fail has every process ended and every promise answered', async () => {
    let isBroken = false;
    const complain = (): void => {
      if (isBroken) throw new Error('the disk of the log is full');
    };
    const store = new MemoryStore();
    const repo = temporaryFolder();
    const orchestrator = await startOrchestrator({
      repo,
      agents: {dev: SHELL, ops: {}},
      logger: {debug: complain, info: complain, warn: complain, error: complain},
      store: {
        gathers: false,
        snapshots: null,
        append: (events) =>
          isBroken ? Promise.reject(new Error('the disk of the store is full')) : store.append(events),
        read: (afterSeq) => store.read(afterSeq),
        lastSeq: () => store.lastSeq(),
        close: () => store.close(),
      },
    });
    const long = orchestrator.submit({
      agentType: 'dev',
      files: ['pid'],
      description: 'echo $$ > pid; exec sleep 600',
    });
    await eventually(
      'it runs',
      () => existsSync(path.join(repo, 'pid')) && readFileSync(path.join(repo, 'pid'), 'utf8') !== '',
    );
    isBroken = true;
    orchestrator.submit(task({agentType: 'ops'}));
    expect(await rejectionOf(long.result)).toMatchObject({code: 'E_STORE'});
    await orchestrator.shutdown();
    expect(procTable.find(Number(readFileSync(path.join(repo, 'pid'), 'utf8')))).toBeNull();
  });
});
