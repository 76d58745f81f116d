import fc from 'fast-check';
import {expect, test} from 'vitest';
import {composeOrchestrator} from '../../src/api/create-orchestrator.ts';
import type {Orchestrator, TaskOptions} from '../../src/index.ts';
import {ScriptedExecutor, SimulatedClock} from '../../src/testing/index.ts';
import {CrashingStore, type CrashPoint, Disk} from '../support/crashing-store.ts';
import {drawFrom} from '../support/random-play.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

const AGENTS = {dev: {command: ['true']}, ops: {command: ['true']}, docs: {command: ['true'], instances: 2}};
const FILES = ['a.txt', 'b.txt', 'c.txt', 'src/'];

type Draw = (below: number) => number;

const tasksFrom = (draw: Draw): readonly TaskOptions[] =>
  Array.from({length: 3 + draw(4)}, (_, i) => ({
    id: `t${i}`,
    agentType: Object.keys(AGENTS)[draw(3)] ?? 'dev',
    files: [FILES[draw(FILES.length)] ?? 'a.txt'],
    retry: {maxAttempts: 1 + draw(2), backoffMs: 10},
    ...(i > 0 && draw(3) === 0 && {dependsOn: [`t${draw(i)}`]}),
  }));

/** What was seen from outside, over all lives. */
interface Seen {
  readonly accepted: Set<string>;
  readonly wrong: string[];
}

/** Everything that waits in promises has its turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One life of the program, until it dies at its crash point or all is done. Returns how often it appended. */
const live = async (disk: Disk, point: CrashPoint, tasks: readonly TaskOptions[], draw: Draw, seen: Seen) => {
  const clock = new SimulatedClock(disk.events.at(-1)?.at ?? 0);
  // Half of all worlds keep snapshots.
  const store = new CrashingStore(disk, point, tasks.length % 2 === 0);
  const executor = new ScriptedExecutor({
    clock,
    onStart: (attempt) => {
      const {fence, spec} = attempt.request;
      const isKept = disk.events.some(
        (event) => event.type === 'attempt.dispatched' && event.fence === fence,
      );
      if (!isKept) seen.wrong.push(`${spec.id} started and nothing on the disk says so`);
      const hasEnded = disk.events.some(
        (event) => event.type === 'task.succeeded' && event.taskId === spec.id,
      );
      if (hasEnded) seen.wrong.push(`${spec.id} started after it had succeeded`);
      for (const other of executor.live) {
        const isShared = other !== attempt && other.writes.some(({text}) => spec.writes[0]?.text === text);
        if (isShared) seen.wrong.push(`${spec.id} started beside ${other.taskId}`);
      }
      attempt.start();
    },
  });
  const made = composeOrchestrator(
    {agents: AGENTS, store, clock, executor, resources: false, repo: '/repo'},
    disk.left,
  );
  let orchestrator: Orchestrator | null = null;
  const begin = async (): Promise<void> => {
    orchestrator = await made;
    void orchestrator.begin();
    const known = new Set(
      disk.events.flatMap((event) => (event.type === 'task.submitted' ? [event.taskId] : [])),
    );
    for (const handle of orchestrator.submitMany(tasks.filter(({id}) => !known.has(id ?? '')))) {
      handle.result.catch(() => {});
      void handle.accepted.then(() => seen.accepted.add(handle.id));
    }
  };
  void begin();
  for (let i = 0; !store.isDead; i++) {
    if (i > 2_000) throw new Error('it does not come to an end');
    await turn();
    const attempts = executor.live;
    const attempt = attempts[draw(Math.max(1, attempts.length))];
    clock.advance(1);
    if (attempt !== undefined) {
      if (draw(4) === 0) attempt.exit(1);
      else attempt.succeed();
    } else if (!clock.runNext() && orchestrator !== null) {
      await turn();
      const {tasks: all} = (orchestrator as Orchestrator).status();
      if (all.length === tasks.length && all.every(({state}) => ENDED.has(state))) break;
    }
  }
  // It may die in its last append as well, and then never answers.
  const closed = store.isDead ? null : (await made).shutdown();
  if (closed !== null) await Promise.race([closed, store.died]);
  return store.appends;
};

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'skipped']);

const LIVES_ON: CrashPoint = {append: Number.POSITIVE_INFINITY, side: 'before'};

test('wherever the program dies, once or twice, each accepted task ends exactly once and none runs without a record', {
  timeout: 4 * patienceMs,
}, async () => {
  const tries = runs(10);
  const tally = new Tally();
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const tasks = tasksFrom(drawFrom(seed));
      const lifeTo = async (points: readonly CrashPoint[]): Promise<number> => {
        const disk = new Disk();
        const seen: Seen = {accepted: new Set(), wrong: []};
        let appends = 0;
        for (const point of [...points, LIVES_ON]) {
          appends = await live(disk, point, tasks, drawFrom(seed + 1), seen);
        }
        for (const {type} of disk.events) tally.tell(type);
        for (let i = 0; i < disk.snapshotsUsed; i++) tally.tell('snapshot used');
        const ends = disk.events.flatMap((event) =>
          'taskId' in event && ENDED.has(event.type.replace('task.', '')) ? [event.taskId] : [],
        );
        expect({points, wrong: seen.wrong}).toEqual({points, wrong: []});
        expect(ends.toSorted()).toEqual(tasks.map(({id}) => id ?? '').toSorted());
        expect(ends).toEqual(expect.arrayContaining([...seen.accepted]));
        expect(disk.events.map(({seq}) => seq)).toEqual(disk.events.map((_, i) => i + 1));
        return appends;
      };
      const appends = await lifeTo([]);
      for (let append = 1; append <= appends; append++) {
        for (const side of ['before', 'after'] as const) {
          await lifeTo([{append, side}]);
          // And once more while it goes on.
          await lifeTo([
            {append, side},
            {append: 1 + (append % 4), side},
          ]);
        }
      }
    }),
    {numRuns: tries},
  );
  const often = {'run.continued': 10, 'attempt.interrupted': 10, 'task.retrying': 5, 'snapshot used': 1};
  expect(tally.tooRare(tries, often)).toEqual([]);
});
