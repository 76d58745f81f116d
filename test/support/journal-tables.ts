import path from 'node:path';
import Database from 'libsql';
import type {DisjointEvent} from '../../src/core/events.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import {isLive} from '../../src/core/task.ts';
import {SqliteStore} from '../../src/store/sqlite/sqlite-store.ts';
import {temporaryFolder} from './temporary-folder.ts';

const SELECT = {
  tasks: 'SELECT task_id, agent_type, state, fence FROM tasks',
  held: "SELECT fence, task_id, attempt, agent_id, state, is_shared FROM attempts WHERE state IN ('running', 'quarantined')",
  agents: 'SELECT agent_id, fence FROM running_agent',
  claims: 'SELECT fence, access, kind, claim, is_shared FROM claims',
} as const;

type Tables = Readonly<Record<keyof typeof SELECT, readonly string[]>>;

/** A journal, and what its tables say. */
export class JournalTables {
  readonly #file = path.join(temporaryFolder(), 'state.db');
  readonly #store = SqliteStore.open(this.#file);
  readonly #reader = new Database(this.#file);

  constructor() {
    this.begin();
  }

  /** A run begins. */
  begin(): void {
    const holder = {pid: 1, startedAt: 1, bootId: 'boot', since: 0};
    this.#store.take({holder, isAlive: () => false, runId: 'run', at: 0});
  }

  lastSeq(): Promise<number> {
    return this.#store.lastSeq();
  }

  /** @param seqBefore The number of the event before the first one of the journal. */
  async append(events: readonly DisjointEvent[], seqBefore = 0): Promise<void> {
    await this.#store.append(events.map((event) => ({...event, seq: event.seq - seqBefore})));
  }

  get tables(): Tables {
    const read = (select: string): readonly string[] =>
      this.#reader
        .prepare(select)
        .raw(true)
        .all()
        .map((row) => JSON.stringify(row))
        .toSorted();
    return {
      tasks: read(SELECT.tasks),
      held: read(SELECT.held),
      agents: read(SELECT.agents),
      claims: read(SELECT.claims),
    };
  }

  async close(): Promise<void> {
    this.#reader.close();
    await this.#store.close();
  }
}

/** What they should say, by the fold of the events. */
export const tablesFor = (state: CoordinatorState): Tables => {
  const tasks = [...state.tasks].map(
    ([
      id,
      {
        spec,
        state: {name},
        state: at,
      },
    ]) => [id, spec.agentType, name, isLive(at) ? at.fence : null],
  );
  const holds = state.lockTable.holds();
  const held = holds.map(({fence, taskId, attempt, agentId, quarantined, overlapped}) => [
    fence,
    taskId,
    attempt,
    agentId,
    quarantined ? 'quarantined' : 'running',
    overlapped ? 1 : 0,
  ]);
  const agents = holds.map(({agentId, fence}) => [agentId, fence]);
  const claims = holds.flatMap(({fence, writes, reads, overlapped}) => {
    const shared = overlapped ? 1 : 0;
    return [
      ...writes.map(({kind, text}) => [fence, 'write', kind, text, shared]),
      ...reads.map(({kind, text}) => [fence, 'read', kind, text, shared]),
    ];
  });
  // Two readings of one claim are one line.
  const lines = (rows: readonly unknown[]): readonly string[] =>
    [...new Set(rows.map((row) => JSON.stringify(row)))].toSorted();
  return {tasks: lines(tasks), held: lines(held), agents: lines(agents), claims: lines(claims)};
};
