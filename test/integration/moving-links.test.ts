import {linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {DisjointEvent} from '../../src/index.ts';
import {HeldStore} from '../support/held-store.ts';
import {nextEvent, ofType, recordEvents, rejectionOf, startOrchestrator} from '../support/orchestrators.ts';
import {Gate, Stopwatch} from '../support/task-functions.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

/** A repository with `src/a.ts` in it, and tools to change its links. */
const repository = () => {
  const repo = temporaryFolder();
  const at = (name: string): string => path.join(repo, name);
  mkdirSync(at('src'));
  writeFileSync(at('src/a.ts'), '');
  return {
    repo,
    link: (name: string, target: string) => symlinkSync(target, at(name)),
    hardLink: (name: string, target: string) => linkSync(at(target), at(name)),
    remove: (name: string) => rmSync(at(name), {recursive: true}),
  };
};

describe('two tasks whose claims lead to one file', () => {
  test.each([
    [
      'a symbolic link',
      'alias.ts',
      (tree: ReturnType<typeof repository>) => tree.link('alias.ts', 'src/a.ts'),
    ],
    ['a linked folder', 'lib/a.ts', (tree: ReturnType<typeof repository>) => tree.link('lib', 'src')],
    ['a hard link', 'hard.ts', (tree: ReturnType<typeof repository>) => tree.hardLink('hard.ts', 'src/a.ts')],
  ])('never run at the same time: %s', async (_, claim, make) => {
    const tree = repository();
    make(tree);
    const orchestrator = await startOrchestrator({repo: tree.repo});
    const watch = new Stopwatch();
    const tasks = orchestrator.submitMany([
      {id: 'one', agentType: 'dev', files: ['src/a.ts'], run: watch.work(60)},
      {id: 'two', agentType: 'ops', files: [claim], run: watch.work(60)},
    ]);
    await Promise.all(tasks.map((task) => task.result));
    expect(watch.overlapped('one', 'two')).toBe(false);
  });

  test('never run at the same time when the link is made while both wait', async () => {
    const tree = repository();
    const orchestrator = await startOrchestrator({repo: tree.repo});
    const events = recordEvents(orchestrator);
    const watch = new Stopwatch();
    await orchestrator.pause();
    const tasks = orchestrator.submitMany([
      {id: 'one', agentType: 'dev', files: ['src/a.ts'], run: watch.work(60)},
      {id: 'two', agentType: 'ops', files: ['alias.ts'], run: watch.work(60)},
    ]);
    await Promise.all(tasks.map((task) => task.accepted));
    tree.link('alias.ts', 'src/a.ts');
    const blocked = nextEvent(orchestrator, 'task.blocked', 'two');
    await orchestrator.resume();
    await blocked;
    expect(orchestrator.why('two')?.text).toBe(
      'two is queued, waiting for one (alias.ts overlaps src/a.ts, they lead to one place through links)',
    );
    await Promise.all(tasks.map((task) => task.result));
    expect(watch.overlapped('one', 'two')).toBe(false);
    expect(ofType(events, 'attempt.overlapped')).toMatchObject([{taskId: 'two', when: 'start'}]);
    // Called off before it ran: that is no attempt of its own.
    expect(ofType(events, 'attempt.dispatched').map(({taskId, attempt}) => [taskId, attempt])).toEqual([
      ['one', 1],
      ['two', 1],
      ['two', 1],
    ]);
    expect(ofType(events, 'attempt.started').map(({taskId}) => taskId)).toEqual(['one', 'two']);
  });

  test('are held where the link leads when the task starts', async () => {
    const tree = repository();
    tree.link('alias.ts', 'src/a.ts');
    const orchestrator = await startOrchestrator({repo: tree.repo});
    const events = recordEvents(orchestrator);
    const watch = new Stopwatch();
    await orchestrator.pause();
    const one = orchestrator.submit({id: 'one', agentType: 'dev', files: ['alias.ts'], run: watch.work(60)});
    await one.accepted;
    tree.remove('alias.ts');
    tree.link('alias.ts', 'src/b.ts');
    const dispatched = nextEvent(orchestrator, 'claims.changed', 'one');
    await orchestrator.resume();
    await dispatched;
    const two = orchestrator.submit({id: 'two', agentType: 'ops', files: ['src/b.ts'], run: watch.work(60)});
    await Promise.all([one.result, two.result]);
    expect(watch.overlapped('one', 'two')).toBe(false);
    expect(ofType(events, 'claims.changed')).toHaveLength(1);
  });
});

describe('a link that moves while it is stored what was decided about it', () => {
  test('is seen before the task starts', async () => {
    const tree = repository();
    const store = new HeldStore();
    const orchestrator = await startOrchestrator({repo: tree.repo, store});
    const events = recordEvents(orchestrator);
    const watch = new Stopwatch();
    const gate = new Gate();
    const holder = orchestrator.submit({
      id: 'holder',
      agentType: 'dev',
      files: ['src/a.ts'],
      run: () => gate.opened,
    });
    const started = nextEvent(orchestrator, 'attempt.started', 'holder');
    const mover = {id: 'mover', agentType: 'ops', files: ['alias.ts'], run: watch.work(1)};
    await started;
    await orchestrator.pause();
    const task = orchestrator.submit(mover);
    await task.accepted;
    // It is not what it was, so the coordinator is told, and decides to start it.
    tree.link('alias.ts', 'src/b.ts');
    store.hold();
    void orchestrator.resume();
    const isStoring = (type: DisjointEvent['type']): boolean =>
      store.waiting.flat().some((event) => event.type === type);
    while (!isStoring('claims.changed')) {
      if (store.waiting.length > 0) store.letOneThrough();
      await new Promise((resolve) => setImmediate(resolve));
    }
    tree.remove('alias.ts');
    tree.link('alias.ts', 'src/a.ts');
    store.release();
    const blocked = nextEvent(orchestrator, 'attempt.overlapped', 'mover');
    await blocked;
    expect(ofType(events, 'attempt.started').map(({taskId}) => taskId)).toEqual(['holder']);
    gate.open();
    await Promise.all([holder.result, task.result]);
    expect(ofType(events, 'claims.changed').map(({when}) => when)).toContain('start');
  });
});

describe('a claim that leaves the repository before its task starts', () => {
  test('fails the task, which never runs', async () => {
    const tree = repository();
    const orchestrator = await startOrchestrator({repo: tree.repo});
    await orchestrator.pause();
    let ran = false;
    const task = orchestrator.submit({
      id: 'out',
      agentType: 'dev',
      files: ['out/x'],
      run: () => {
        ran = true;
      },
    });
    await task.accepted;
    tree.link('out', '/tmp');
    await orchestrator.resume();
    expect(await rejectionOf(task.result)).toMatchObject({
      code: 'E_TASK_FAILED',
      message: expect.stringMatching(/^task out could not start: claim "out\/x" leaves the repository/u),
    });
    expect(ran).toBe(false);
  });
});

describe('an attempt that links its claim to a file that another task holds', () => {
  /** Each run of `linker` makes its claim lead to the next of these files, which others hold. */
  const crossing = async (targets: readonly string[]) => {
    const tree = repository();
    const orchestrator = await startOrchestrator({repo: tree.repo, agents: {dev: {instances: 2}, ops: {}}});
    const events = recordEvents(orchestrator);
    const exited = nextEvent(orchestrator, 'attempt.exited', 'linker');
    const gates = targets.map(() => new Gate());
    const holders = targets.map((target, i) =>
      orchestrator.submit({id: `holder${i}`, agentType: 'dev', files: [target], run: () => gates[i]?.opened}),
    );
    let runs = 0;
    const linker = orchestrator.submit({
      id: 'linker',
      agentType: 'ops',
      files: ['out.ts'],
      run: () => {
        const target = targets[runs++];
        if (runs > 1) tree.remove('out.ts');
        if (target !== undefined) tree.link('out.ts', target);
      },
    });
    await exited;
    return {orchestrator, events, gates, holders, linker, runs: () => runs};
  };

  test('is not believed, nor is that one: both run again, one after the other', async () => {
    const {orchestrator, events, gates, holders, linker, runs} = await crossing(['src/a.ts']);
    expect(orchestrator.why('linker')?.text).toMatch(/^linker is queued, waiting for holder0/u);
    expect(runs()).toBe(1);
    gates[0]?.open();
    await Promise.all([...holders, linker].map((task) => task.result));
    expect(runs()).toBe(2);
    expect(ofType(events, 'attempt.overlapped')).toMatchObject([
      {taskId: 'linker', when: 'end', blockers: [{holder: 'holder0'}]},
      {taskId: 'holder0', when: 'running', blockers: [{holder: 'linker'}]},
    ]);
    const attempts = ofType(events, 'attempt.dispatched').map(({taskId}) => taskId);
    expect(attempts.toSorted()).toEqual(['holder0', 'holder0', 'linker', 'linker']);
  });

  test('fails if it does so once more, and its words say what to do', async () => {
    const {gates, holders, linker, runs} = await crossing(['src/a.ts', 'src/b.ts']);
    gates[0]?.open();
    expect(await rejectionOf(linker.result)).toMatchObject({
      message: 'task linker wrote while another task held a file that it claims',
      hint: 'look at what both changed, and run it again',
      failure: {code: 'overlapped'},
    });
    expect(runs()).toBe(2);
    gates[1]?.open();
    await Promise.all(holders.map((task) => task.result));
  });
});

describe('a task that runs while the disk changes below it', () => {
  /** Tries to get two tasks to write one file: what the first claims gets a second name, which a later one claims. */
  const race = async (
    first: string,
    change: (tree: ReturnType<typeof repository>) => void,
    second: string,
  ) => {
    const tree = repository();
    tree.link('latest', 'src');
    const orchestrator = await startOrchestrator({
      repo: tree.repo,
      agents: {dev: {}, ops: {}, linker: {}},
    });
    const watch = new Stopwatch();
    const started = nextEvent(orchestrator, 'attempt.started', 'one');
    const one = orchestrator.submit({id: 'one', agentType: 'dev', files: [first], run: watch.work(250)});
    await started;
    change(tree);
    const two = orchestrator.submit({id: 'two', agentType: 'ops', files: [second], run: watch.work(20)});
    await Promise.all([one.result, two.result]);
    return watch.overlapped('one', 'two');
  };

  test('is held under a second name that its file gets', async () => {
    expect(await race('src/a.ts', (tree) => tree.hardLink('b.ts', 'src/a.ts'), 'b.ts')).toBe(false);
  });

  test('is held where its link leads now, and where it led when it started', async () => {
    const move = (tree: ReturnType<typeof repository>): void => {
      tree.remove('latest');
      tree.link('latest', 'lib');
    };
    expect(await race('latest/x', move, 'lib/x')).toBe(false);
    expect(await race('latest/x', move, 'src/x')).toBe(false);
  });
});

describe('a link that is made before the start', () => {
  const refusedAfter = async (make: (tree: ReturnType<typeof repository>) => void, claim: string) => {
    const tree = repository();
    const orchestrator = await startOrchestrator({
      repo: tree.repo,
      agents: {dev: {owns: ['src/', 'x.yml', 'y.md']}, ops: {owns: ['docs/']}},
    });
    await orchestrator.pause();
    let ran = false;
    const task = orchestrator.submit({
      id: 'late',
      agentType: 'dev',
      files: [claim],
      run: () => {
        ran = true;
      },
    });
    await task.accepted;
    make(tree);
    await orchestrator.resume();
    const {message} = (await rejectionOf(task.result)) as Error;
    expect(ran).toBe(false);
    return message;
  };

  test('leads to nothing sensitive, unless the task says so', async () => {
    expect(await refusedAfter((tree) => tree.link('x.yml', '.github/ci.yml'), 'x.yml')).toMatch(
      /^task late could not start: task late claims x\.yml \(\.github\/\), which makes programs run/u,
    );
  });

  test('leads to nothing that another owns', async () => {
    expect(await refusedAfter((tree) => tree.link('y.md', 'docs/a.md'), 'y.md')).toMatch(
      /^task late could not start: task late: agent type dev may not write all of y\.md, some of which ops owns/u,
    );
  });
});
