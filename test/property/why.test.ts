import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Blocker} from '../../src/core/blocker.ts';
import {blockersIn} from '../../src/core/blockers.ts';
import {resolveCompanions} from '../../src/core/claim/companions.ts';
import {withCompanions} from '../../src/core/reclaim.ts';
import type {DroppedClaim} from '../../src/core/remedy.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import {isFinal, isLive, type TaskRecord} from '../../src/core/task.ts';
import {why} from '../../src/core/why.ts';
import {actArbitraries} from '../support/core-acts.ts';
import {CoreRun} from '../support/core-run.ts';
import {emptyStage} from '../support/core-stage.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';
import {afterEndOf, withoutBlockers, wouldStart} from '../support/what-if.ts';

/** Up to here every subset is tried. */
const SUBSETS_OF_MAX = 6;

const subsets = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({length: 2 ** all.length}, (_, bits) => all.filter((_one, i) => (bits & (1 << i)) !== 0));

/** The subsets that are to be too little: all of them, or of many those that lack one. */
const properSubsets = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  all.length <= SUBSETS_OF_MAX
    ? subsets(all).filter(({length}) => length < all.length)
    : all.map((_, i) => all.toSpliced(i, 1));

const explain = (state: CoordinatorState, {spec}: TaskRecord) => {
  const explanation = why(state, spec.id, 0);
  if (explanation === null) throw new Error(`${spec.id} is not known`);
  return explanation;
};

const show = (blockers: readonly unknown[]): string => JSON.stringify(blockers);

/** Sound and complete: with all that is named gone the scheduler starts the task, and with less it does not. */
const expectSoundAndComplete = (state: CoordinatorState, record: TaskRecord, tell: Tally['tell']): void => {
  const {blockers} = explain(state, record);
  for (const {kind} of blockers) tell(kind);
  if (blockers.some((one) => 'quarantined' in one && one.quarantined)) tell('quarantined');
  if (blockers.length > 1) tell('several');
  const {id} = record.spec;
  const starts = (gone: readonly Blocker[]) => wouldStart(withoutBlockers(state, record, gone), id);
  if (!starts(blockers)) throw new Error(`unsound: ${id} does not start without ${show(blockers)}`);
  for (const some of properSubsets(blockers)) {
    if (starts(some)) throw new Error(`${id} starts without ${show(some)} alone, of ${show(blockers)}`);
  }
};

/** The tasks to wait for are enough, and no smaller set of tasks is. */
const expectFewestTasks = (state: CoordinatorState, record: TaskRecord, tell: Tally['tell']): void => {
  const {blockers, remedy} = explain(state, record);
  const taskIds = remedy?.afterTasks ?? null;
  if (taskIds === null) {
    expect(blockers.map(({kind}) => kind)).toContainEqual(expect.stringMatching(/^(mode|back-off)$/u));
    return;
  }
  const starts = (ended: readonly string[]) => wouldStart(afterEndOf(state, record, ended), record.spec.id);
  if (!starts(taskIds)) throw new Error(`${record.spec.id} does not start after ${show(taskIds)}`);
  tell('tasks to wait for');
  const candidates = new Set([
    ...state.lockTable.holds().map(({taskId}) => taskId),
    ...record.spec.dependsOn.filter((taskId) => state.tasks.get(taskId)?.state.name !== 'succeeded'),
    ...[...state.queue].flatMap(({taskId, overtakes}) =>
      taskId !== record.spec.id && overtakes >= state.settings.overtakesMax ? [taskId] : [],
    ),
  ]);
  if (candidates.size > SUBSETS_OF_MAX) return;
  for (const some of subsets([...candidates])) {
    if (some.length < taskIds.length && starts(some)) {
      throw new Error(`${record.spec.id} starts after ${show(some)} already, not only ${show(taskIds)}`);
    }
  }
};

/** The task with only these of the claims that it declared; `null` if it would have nothing left to write. */
const keeping = (
  state: CoordinatorState,
  record: TaskRecord,
  keeps: (claim: DroppedClaim, place: number) => boolean,
): CoordinatorState | null => {
  const {spec} = record;
  const declared = spec.writes.filter(({companionOf}) => companionOf === null);
  const kept = declared.filter(({raw}, i) => keeps({claim: raw, access: 'write'}, i));
  if (declared.length > 0 && kept.length === 0) return null;
  const reads = spec.reads.filter(({raw}, i) => keeps({claim: raw, access: 'read'}, declared.length + i));
  const writes = withCompanions(kept, state.settings, undefined);
  return {...state, tasks: state.tasks.set(spec.id, {...record, spec: {...spec, writes, reads}})};
};

/** The claims to drop are enough, and no smaller set of them is; if none are named, no set is. */
const expectFewestClaims = (state: CoordinatorState, record: TaskRecord, tell: Tally['tell']): void => {
  const {spec} = record;
  const declared = spec.writes.filter(({companionOf}) => companionOf === null).length;
  const all = declared + spec.reads.length;
  if (all > SUBSETS_OF_MAX) return;
  const dropped = explain(state, record).remedy?.withoutClaims ?? null;
  const starts = (then: CoordinatorState | null) => then !== null && wouldStart(then, spec.id);
  const places = Array.from({length: all}, (_, i) => i);
  const enough = subsets(places).filter((gone) =>
    starts(keeping(state, record, (_, place) => !gone.includes(place))),
  );
  const fewest = enough.length === 0 ? null : Math.min(...enough.map(({length}) => length));
  if ((dropped?.length ?? null) !== fewest) {
    throw new Error(`${spec.id} is told to drop ${show(dropped ?? [])}, and the fewest are ${fewest}`);
  }
  if (dropped === null) return;
  tell('claims to drop');
  if (dropped.length > 1) tell('several claims to drop');
  const isKept = ({claim, access}: DroppedClaim) =>
    !dropped.some((one) => one.claim === claim && one.access === access);
  if (!starts(keeping(state, record, isKept))) {
    throw new Error(`${spec.id} does not start without ${show(dropped)}`);
  }
};

const expectExplained = (state: CoordinatorState, tell: Tally['tell']): void => {
  const told = blockersIn(state);
  for (const record of state.tasks.values()) {
    if (isFinal(record.state) || isLive(record.state)) continue;
    // The status names the same, with fewer pairs.
    const inStatus = told(record).map(({kind}) => kind);
    expect(inStatus).toEqual(explain(state, record).blockers.map(({kind}) => kind));
    expectSoundAndComplete(state, record, tell);
    expectFewestTasks(state, record, tell);
    if (record.state.name === 'queued') expectFewestClaims(state, record, tell);
  }
};

/** What has to happen at least in a run, on average: well below what was measured. */
const OFTEN_ENOUGH = {
  file: 0.1,
  'agent-type': 0.1,
  limit: 0.1,
  dependency: 0.1,
  'back-off': 0.05,
  reservation: 0.02,
  mode: 0.1,
  quarantined: 0.1,
  several: 0.2,
  'tasks to wait for': 0.2,
  'claims to drop': 0.02,
  'several claims to drop': 0.01,
};

describe('why', () => {
  /**
   * In whatever state the core gets into: if what is named in a task's way were gone, the scheduler would start the task,
   * and if any less were gone it would not. The same for the tasks to wait for and the claims to drop, of which there
   * is no smaller set.
   */
  test('names exactly what keeps a task from starting, and the least that would let it', {
    timeout: patienceMs,
  }, () => {
    const tally = new Tally();
    const tries = runs(1_000);
    fc.assert(
      fc.property(
        fc.constantFrom(1, 1, 2, 3),
        fc.integer({min: 1, max: 4}),
        fc.commands(actArbitraries, {maxCommands: 40, size: 'max'}),
        (overtakesMax, maxParallel, acts) => {
          const stage = emptyStage(overtakesMax, maxParallel, () => {});
          fc.modelRun(() => stage, acts);
          expectExplained(stage.real.world.core, tally.tell);
        },
      ),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, OFTEN_ENOUGH)).toEqual([]);
  });

  test('names the claims that bring along what collides, among those to drop', {
    timeout: patienceMs,
  }, () => {
    const companions = resolveCompanions({
      'p.json': ['lock', 'other'],
      'q.json': ['lock'],
      'r.json': ['/x/lock'],
    });
    if (!companions.ok) throw new Error('the table is refused');
    const tally = new Tally();
    const tries = runs(1_000);
    const claim = fc.constantFrom(
      'p.json',
      'lock',
      'other',
      'a/p.json',
      'a/lock',
      'b/q.json',
      'q.json',
      'b/',
      'r.json',
      'x/**',
      'y',
    );
    const claims = (minLength: number, maxLength: number) => fc.array(claim, {minLength, maxLength});
    fc.assert(
      fc.property(claims(1, 2), claims(1, 2), claims(1, 4), claims(0, 2), (one, two, writes, reads) => {
        const run = new CoreRun({dev: {}, ops: {}, qa: {}}, {companions: companions.value});
        run.submit('one', 'dev', one);
        run.submit('two', 'ops', two);
        run.submit('me', 'qa', writes, {reads});
        const record = run.state.tasks.get('me');
        if (record?.state.name === 'queued') expectFewestClaims(run.state, record, tally.tell);
      }),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, {'claims to drop': 0.2, 'several claims to drop': 0.1})).toEqual([]);
  });
});
