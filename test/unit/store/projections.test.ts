import {isDeepStrictEqual} from 'node:util';
import {afterEach, describe, expect, test} from 'vitest';
import type {DisjointEvent, EventBody} from '../../../src/core/events.ts';
import {replay} from '../../../src/core/replay.ts';
import {initialState} from '../../../src/core/state.ts';
import type {TaskSpec} from '../../../src/core/task.ts';
import {claimOf} from '../../support/claim-of.ts';
import {coreSettings, RETURNED} from '../../support/core-settings.ts';
import {JournalTables, tablesFor} from '../../support/journal-tables.ts';
import {taskSpec} from '../../support/task-spec.ts';

const SETTINGS = coreSettings({dev: {instances: 8}});
const [A, B, SRC] = [claimOf('src/a.ts'), claimOf('src/b.ts'), claimOf('src/')];

const stamped = (bodies: readonly EventBody[]): readonly DisjointEvent[] =>
  bodies.map((body, i) => ({...body, seq: i + 1, at: i}));

const submitted = (id: string, changes: Partial<TaskSpec> = {}): readonly EventBody[] => [
  {
    type: 'task.submitted',
    submission: '',
    taskId: id,
    spec: taskSpec({id, ...changes}),
    unmet: 0,
    expectedMs: 1,
    bottomLevelMs: 1,
  },
  {type: 'task.queued', taskId: id, attempt: 1},
];

const dispatched = (taskId: string, fence: number, agentId = `dev#${fence}`): EventBody => ({
  type: 'attempt.dispatched',
  taskId,
  fence,
  attempt: 1,
  agentId,
  overtaken: [],
});

const journals: JournalTables[] = [];
const newJournal = (): JournalTables => {
  const journal = new JournalTables();
  journals.push(journal);
  return journal;
};
afterEach(async () => {
  await Promise.all(journals.splice(0).map((journal) => journal.close()));
});

describe('the tables beside the journal', () => {
  /** The events after each of which, on its own, they say something else than the fold. */
  const differing = async (bodies: readonly EventBody[]): Promise<readonly string[]> => {
    const journal = newJournal();
    const events = stamped(bodies);
    const found: string[] = [];
    for (const [i, event] of events.entries()) {
      await journal.append([event]);
      const state = replay(initialState(SETTINGS, 8), events.slice(0, i + 1));
      if (!isDeepStrictEqual(journal.tables, tablesFor(state))) found.push(event.type);
    }
    return found;
  };

  const TWO = [
    ...submitted('one', {writes: [A], reads: [SRC]}),
    ...submitted('two', {writes: [B]}),
    dispatched('one', 1),
    dispatched('two', 2),
  ];

  test.each(['running', 'end'] as const)(
    'know of attempts that came to overlap (%s): they hold together what each held before',
    async (when) => {
      const found = await differing([
        ...TWO,
        {type: 'attempt.overlapped', taskId: 'two', fence: 2, when, writes: [B, A], reads: [], blockers: []},
        {type: 'attempt.exited', taskId: 'one', fence: 1, exit: RETURNED},
        {type: 'attempt.exited', taskId: 'two', fence: 2, exit: RETURNED},
      ]);
      expect(found).toEqual([]);
    },
  );

  test('know of one that goes back to the queue before it started', async () => {
    const found = await differing([
      ...TWO,
      {
        type: 'attempt.overlapped',
        taskId: 'two',
        fence: 2,
        when: 'start',
        writes: [A],
        reads: [],
        blockers: [],
      },
      {type: 'attempt.exited', taskId: 'one', fence: 1, exit: RETURNED},
      dispatched('two', 3),
    ]);
    expect(found).toEqual([]);
  });

  test('know of claims that change, of what runs and of what could not be stopped', async () => {
    const found = await differing([
      ...TWO,
      {
        type: 'claims.changed',
        taskId: 'one',
        fence: 1,
        when: 'running',
        writes: [A, claimOf('c')],
        reads: [],
      },
      {type: 'attempt.stopping', taskId: 'two', fence: 2, cause: {kind: 'timed-out', afterMs: 1}},
      {type: 'attempt.quarantined', taskId: 'two', fence: 2, agentId: 'dev#2', survivors: 'pid 1'},
      {type: 'task.cancelled', taskId: 'two', reason: ''},
      {type: 'claims.changed', taskId: 'two', fence: 2, when: 'running', writes: [A], reads: [A]},
      {type: 'claims.changed', taskId: 'one', fence: 7, when: 'end', writes: [SRC], reads: []},
    ]);
    expect(found).toEqual([]);
  });

  test('of a run tell nothing of the one before it', async () => {
    const journal = newJournal();
    await journal.append(stamped(TWO));
    journal.begin();
    await journal.append([
      {type: 'mode.changed', from: 'starting', to: 'running', reason: '', seq: 7, at: 7},
    ]);
    expect(journal.tables).toEqual({tasks: [], held: [], agents: [], claims: []});
  });

  test('hold nothing any more once a run goes on, whatever was in them', async () => {
    const journal = newJournal();
    await journal.append(stamped(TWO));
    journal.begin();
    await journal.append([{type: 'run.continued', since: 1, maxParallel: 4, seq: 7, at: 7}]);
    expect(journal.tables).toMatchObject({held: [], agents: [], claims: []});
    expect(journal.tables.tasks).toHaveLength(2);
  });
});

describe('a second wall', () => {
  /** Why the last of these cannot be appended; nothing of it is kept. */
  const refusal = async (bodies: readonly EventBody[]): Promise<unknown> => {
    const journal = newJournal();
    const events = stamped(bodies);
    await journal.append(events.slice(0, -1));
    const before = journal.tables;
    const error: unknown = await journal.append(events.slice(-1)).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(journal.tables).toEqual(before);
    expect(await journal.lastSeq()).toBe(events.length - 1);
    return error;
  };

  const EXCLUDED = {
    reason: 'excluded',
    message: expect.stringMatching(
      /^two attempts would have one agent or write one file: .*UNIQUE/u,
    ) as string,
  };

  test('keeps an agent from having two attempts', async () => {
    const error = await refusal([
      ...submitted('one', {writes: [A]}),
      ...submitted('two', {writes: [B]}),
      dispatched('one', 1, 'dev'),
      dispatched('two', 2, 'dev'),
    ]);
    expect(error).toMatchObject(EXCLUDED);
  });

  test('keeps a path from having two that write it, in any spelling', async () => {
    const error = await refusal([
      ...submitted('one', {writes: [A, claimOf('SRC/A.ts')]}),
      ...submitted('two', {writes: [claimOf('src/./A.TS')]}),
      dispatched('one', 1),
      dispatched('two', 2),
    ]);
    expect(error).toMatchObject(EXCLUDED);
  });

  test('lets names pass that only a secret kept apart', async () => {
    const journal = newJournal();
    const hidden = claimOf('[secret TOKEN].txt');
    await journal.append(
      stamped([
        ...submitted('one', {writes: [hidden]}),
        ...submitted('two', {writes: [hidden]}),
        dispatched('one', 1),
        dispatched('two', 2),
      ]),
    );
    expect(journal.tables.agents).toHaveLength(2);
  });
});
