import path from 'node:path';
import type {DisjointEvent, EventBody} from '../../../dist/src/core/events.js';
import {evolve} from '../../../dist/src/core/evolve.js';
import {DEFAULT_SETTINGS} from '../../../dist/src/core/settings.js';
import {snapshotParts} from '../../../dist/src/core/snapshot-parts.js';
import {type CoordinatorState, initialState} from '../../../dist/src/core/state.js';
import {SqliteStore} from '../../../dist/src/store/sqlite/sqlite-store.js';
import {claimOf} from '../../support/claim-of.ts';
import {RETURNED} from '../../support/core-settings.ts';
import {taskSpec} from '../../support/task-spec.ts';
import {temporaryFolder} from './folder.ts';

/** What is written of one task: ten records. */
const taskEvents = (taskId: string, fence: number, isLast: boolean): readonly EventBody[] => {
  const spec = taskSpec({id: taskId, writes: [claimOf(`src/m${fence % 97}/${taskId}.ts`)]});
  const notes = Array.from(
    {length: 4},
    (_, i): EventBody => ({
      type: 'attempt.progressed',
      taskId,
      fence,
      note: `step ${i} of what an agent says that it does`,
    }),
  );
  return [
    {
      type: 'task.submitted',
      submission: '',
      taskId,
      spec,
      unmet: 0,
      expectedMs: 60_000,
      bottomLevelMs: 60_000,
    },
    {type: 'task.queued', taskId, attempt: 1},
    {
      type: 'attempt.dispatched',
      taskId,
      fence,
      attempt: 1,
      agentId: isLast ? `dev#${fence}` : 'dev',
      overtaken: [],
    },
    {type: 'attempt.started', taskId, fence, program: null},
    ...notes,
    // The last ones were running, or waited.
    ...(isLast
      ? []
      : ([
          {type: 'attempt.exited', taskId, fence, exit: RETURNED},
          {type: 'task.succeeded', taskId, exit: RETURNED},
        ] as const)),
  ];
};

async function* oneByOne<T>(things: Iterable<T>): AsyncGenerator<T> {
  for (const thing of things) yield await Promise.resolve(thing);
}

/** As an orchestrator has them written, with a snapshot each time that one is due. */
class Writer {
  readonly store: SqliteStore;
  state: CoordinatorState;
  #batch: DisjointEvent[] = [];
  #snapshotAt = 0;

  constructor(store: SqliteStore, seq: number) {
    this.store = store;
    this.state = {...initialState(DEFAULT_SETTINGS, 8), seq, fence: seq};
    this.#snapshotAt = seq;
  }

  async write(body: EventBody): Promise<void> {
    const seq = this.state.seq + 1;
    const event: DisjointEvent = {...body, seq, at: seq};
    this.state = evolve(this.state, event);
    if (this.#batch.push(event) === 500) await this.flush();
  }

  async flush(): Promise<void> {
    await this.store.append(this.#batch);
    this.#batch = [];
    const {every} = this.store.snapshots;
    if (this.state.seq < this.#snapshotAt + Math.max(every, 2 * this.state.tasks.size)) return;
    this.#snapshotAt = this.state.seq;
    await this.store.snapshots.keep(this.state.seq, oneByOne(snapshotParts(this.state)));
  }
}

/**
 * A journal of so many records, the last of which belong to tasks that were cut short.
 *
 * @param tasksPerRun How many tasks each run has.
 */
export const journalFile = async (records: number, tasksPerRun: number): Promise<string> => {
  const file = path.join(temporaryFolder(), 'state.db');
  const store = SqliteStore.open(file);
  const holder = {pid: 1, startedAt: 1, bootId: 'boot', since: 0};
  let seq = 0;
  let run = 0;
  while (seq < records) {
    store.take({holder, isAlive: () => false, runId: `run-${++run}`, at: 0});
    const writer = new Writer(store, seq);
    for (let task = 0; task < tasksPerRun && writer.state.seq < records; task++) {
      const isLast = records - writer.state.seq <= 80;
      const fence = writer.state.seq + 1;
      for (const body of taskEvents(`t${task}`, fence, isLast)) await writer.write(body);
    }
    await writer.flush();
    seq = writer.state.seq;
    if (seq < records) store.endRun(run, 1, null);
  }
  await store.close();
  return file;
};
