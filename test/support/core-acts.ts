import fc from 'fast-check';
import type {AttemptExit, StopCause} from '../../src/core/failures.ts';
import type {Input} from '../../src/core/inputs.ts';
import {EXITED_BADLY, KILLED, RETURNED, THREW} from './core-settings.ts';
import {
  endProcess,
  type FakeProcess,
  type KnownTask,
  knownTask,
  performPending,
  quarantineProcess,
  refuseStart,
  submitTo,
  tellCore,
  type Witness,
  type World,
} from './core-world.ts';
import {KNOWN_CLAIMS} from './known-claims.ts';

/** The world while commands change it. */
export interface Stage {
  world: World;
  at: number;
  /** Every process that ever was, for reports that come late. */
  readonly past: FakeProcess[];
  readonly tell: Witness;
  /** How the mode is changed. */
  readonly modes: Modes;
  /** Looks at the stage after each act. */
  readonly look?: (stage: Stage) => void;
}

export interface Modes {
  readonly pause: (stage: Stage) => World;
  readonly resume: (stage: Stage) => World;
  readonly drain: (stage: Stage, queued: 'keep' | 'cancel', running: 'finish' | 'stop' | 'kill') => World;
}

export const AGENTS = {
  dev: {},
  ops: {retry: {maxAttempts: 2, backoffMs: 40, backoffMaxMs: 100}},
  // A name that every JavaScript object has, with several agents.
  constructor: {instances: 2, retry: {maxAttempts: 3, backoffMs: 10}},
  reader: {readOnly: true, instances: 3},
} as const;

/** Keys of every JavaScript object are good task ids. The last is no task id, and is refused. */
const NAMES = [
  't',
  't',
  't',
  't',
  't',
  'constructor',
  'constructor',
  'toString',
  'valueOf',
  '__proto__',
] as const;

const EXITS: readonly AttemptExit[] = [RETURNED, RETURNED, THREW, EXITED_BADLY, KILLED];
const CAUSES: readonly StopCause[] = [
  {kind: 'timed-out', afterMs: 10},
  {kind: 'quiet', afterMs: 10},
  {kind: 'left-behind', processes: 2},
];

/** The first ones all mean one file: what everybody wants to write. */
const claim = fc.oneof(fc.constantFrom(...KNOWN_CLAIMS.slice(0, 8)), fc.constantFrom(...KNOWN_CLAIMS));

/** A task that is not named yet, and does not know yet what it can depend on. */
const draft = fc.record({
  name: fc.constantFrom(...NAMES),
  isDuplicate: fc.oneof({weight: 19, arbitrary: fc.constant(false)}, fc.constant(true)),
  agentType: fc.constantFrom('dev', 'ops', 'constructor', 'constructor', 'reader'),
  // Urgency is rare, or the order would be one of urgency alone.
  priority: fc.oneof({weight: 4, arbitrary: fc.constant(0)}, fc.integer({min: -2, max: 2})),
  dependsOn: fc.oneof(
    {weight: 3, arbitrary: fc.constant<number[]>([])},
    fc.array(fc.nat({max: 40}), {minLength: 1, maxLength: 2}),
  ),
  writes: fc.array(claim, {minLength: 1, maxLength: 3}),
  reads: fc.oneof({weight: 3, arbitrary: fc.constant([])}, fc.array(claim, {maxLength: 2})),
});

type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

/** Names tasks so that most are new, and lets them depend on tasks before them. */
const nameTasks = (taken: ReadonlySet<string>, drafts: readonly Draft[]): readonly KnownTask[] => {
  const before = [...taken];
  return drafts.map(({name, isDuplicate, agentType, priority, dependsOn, writes, reads}) => {
    const id = isDuplicate || !before.includes(name) ? name : `${name}${before.length}`;
    const needs = before.length === 0 ? [] : dependsOn.map((n) => pick(before, n));
    before.push(id);
    return knownTask(
      {id, agentType, priority, dependsOn: needs},
      agentType === 'reader' ? [] : writes,
      reads,
    );
  });
};

type Act = fc.Command<Stage, Stage>;

interface Doing {
  /** Time passes before it (ms). */
  readonly afterMs: number;
  /** The store is slow: what was decided is not yet done when the next input comes. */
  readonly behind: boolean;
}

const doing: fc.Arbitrary<Doing> = fc.record({
  afterMs: fc.oneof({weight: 2, arbitrary: fc.constant(0)}, fc.integer({min: 1, max: 60})),
  behind: fc.oneof({weight: 5, arbitrary: fc.constant(false)}, fc.constant(true)),
});

export const act = <T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  run: (stage: Stage, value: T) => World,
  may: (stage: Stage) => boolean = () => true,
): fc.Arbitrary<Act> =>
  fc.tuple(arbitrary, doing).map(([value, {afterMs, behind}]) => ({
    check: (stage) => may(stage),
    run: (stage: Stage) => {
      stage.at += afterMs;
      stage.world = run(stage, value);
      if (!behind) stage.world = performPending(stage.world, stage.tell);
      for (const process of stage.world.processes) {
        if (!stage.past.some(({fence}) => fence === process.fence)) stage.past.push(process);
      }
      stage.look?.(stage);
    },
    toString: () => `${name} ${fc.stringify(value)} after ${afterMs} ms${behind ? ', store behind' : ''}`,
  }));

const tell = (stage: Stage, input: Input): World => tellCore(stage.world, input, stage.tell);

const nth = fc.nat({max: 7});
const pick = <T>(among: readonly T[], n: number): T => among[n % among.length] as T;

const someProcess = (stage: Stage): boolean => stage.world.processes.length > 0;
const someFresh = (stage: Stage): boolean => fresh(stage).length > 0;
const someLot = (stage: Stage): boolean => stage.world.lots.size > 0;

/** Those not quarantined. */
const fresh = (stage: Stage): readonly FakeProcess[] =>
  stage.world.processes.filter(({quarantined}) => !quarantined);

const lotNumber = (stage: Stage, n: number): string => pick([...stage.world.lots.keys()], n);

const reportOf = (
  type: 'report-started' | 'report-progress' | 'report-stopping' | 'report-exited' | 'report-quarantined',
  at: number,
  taskId: string,
  fence: number,
): Input => {
  const about = {at, taskId, fence};
  switch (type) {
    case 'report-started':
      return {type, ...about, program: null};
    case 'report-progress':
      return {type, ...about, note: 'half way'};
    case 'report-stopping':
      return {type, ...about, cause: {kind: 'quiet', afterMs: 1}};
    case 'report-exited':
      return {type, ...about, exit: RETURNED};
    case 'report-quarantined':
      return {type, ...about, survivors: 'pid 2'};
  }
};

const REPORTS = [
  'report-started',
  'report-progress',
  'report-stopping',
  'report-exited',
  'report-quarantined',
] as const;

const submit = act('submit', fc.array(draft, {minLength: 1, maxLength: 4}), (stage, drafts) =>
  submitTo(stage.world, stage.at, nameTasks(new Set(stage.world.lots.keys()), drafts), stage.tell),
);

const exit = act(
  'exit',
  fc.record({n: nth, exit: fc.constantFrom(...EXITS)}),
  (stage, {n, exit: how}) =>
    endProcess(stage.world, stage.at, pick(stage.world.processes, n), how, stage.tell),
  someProcess,
);

const cancel = act(
  'cancel',
  nth,
  (stage, n) =>
    tell(stage, {type: 'cancel-task', at: stage.at, taskId: lotNumber(stage, n), reason: 'asked'}),
  someLot,
);

const survive = act(
  'survive',
  nth,
  (stage, n) => {
    stage.tell('survived');
    return quarantineProcess(stage.world, stage.at, pick(fresh(stage), n), stage.tell);
  },
  someFresh,
);

const stop = act(
  'stop by its agent',
  fc.record({n: nth, cause: fc.constantFrom(...CAUSES)}),
  (stage, {n, cause}) => {
    const {fence, task} = pick(fresh(stage), n);
    return tell(stage, {type: 'report-stopping', at: stage.at, taskId: task.request.id, fence, cause});
  },
  someFresh,
);

const report = act(
  'report',
  fc.record({n: nth, type: fc.constantFrom('report-started', 'report-progress')}),
  (stage, {n, type}) => {
    const {fence, task} = pick(stage.world.processes, n);
    return tell(stage, reportOf(type, stage.at, task.request.id, fence));
  },
  someProcess,
);

/** A report of an attempt that is over, sent again or late. */
const late = act(
  'report again',
  fc.record({n: fc.nat({max: 60}), type: fc.constantFrom(...REPORTS)}),
  (stage, {n, type}) => {
    const over = stage.past.filter(({fence}) => !stage.world.processes.some((one) => one.fence === fence));
    if (over.length === 0) return stage.world;
    const {fence, task} = pick(over, n);
    const {id} = task.request;
    const live = stage.world.processes.some((one) => one.task.request.id === id);
    stage.tell(live ? 'late report of a task that runs again' : 'late report');
    return tell(stage, reportOf(type, stage.at, id, fence));
  },
  (stage) => stage.past.length > 0,
);

/** A report with the fence of another task, or with one that was never given out. */
const foreign = act(
  'report with a foreign fence',
  fc.record({n: nth, m: nth, type: fc.constantFrom(...REPORTS)}),
  (stage, {n, m, type}) => {
    const {fence, task} = pick(stage.world.processes, n);
    const other = pick(stage.world.processes, m);
    const {id} = task.request;
    const given = other.fence === fence ? stage.world.core.fence + 1 : other.fence;
    // A quarantined hold is found by its fence alone, which no other task has.
    if (other.quarantined) return stage.world;
    return tell(stage, reportOf(type, stage.at, id, given));
  },
  someProcess,
);

const crash = act(
  'agent crashes',
  fc.constantFrom('dev', 'ops', 'constructor#1', 'constructor#2', 'reader#1', 'nobody'),
  (stage, agentId) => tell(stage, {type: 'report-agent-crashed', at: stage.at, agentId, message: 'it threw'}),
);

const neverStarted = act(
  'start refused',
  nth,
  (stage, n) => refuseStart(stage.world, stage.at, pick(fresh(stage), n), stage.tell),
  someFresh,
);

const wake = act('wake', fc.constant(null), (stage) => tell(stage, {type: 'wake', at: stage.at}));
const limit = act('limit', fc.constantFrom(1, 2, 3, 4, 0), (stage, maxParallel) =>
  tell(stage, {type: 'set-max-parallel', at: stage.at, maxParallel}),
);
const pause = act('pause', fc.constant(null), (stage) => stage.modes.pause(stage));
const resume = act('resume', fc.constant(null), (stage) => stage.modes.resume(stage));
const drain = act(
  'drain',
  fc.record({
    queued: fc.constantFrom('keep', 'cancel'),
    running: fc.constantFrom('finish', 'stop', 'kill'),
  }),
  (stage, {queued, running}) => stage.modes.drain(stage, queued, running),
  // Nothing interesting happens after it, so it comes late or not at all.
  (stage) => stage.world.lots.size > 8,
);

/** What can happen in the world, weighted so that there is always something to run and something in its way. */
export const actArbitraries: fc.Arbitrary<Act>[] = [
  submit,
  submit,
  submit,
  submit,
  submit,
  exit,
  exit,
  exit,
  exit,
  exit,
  report,
  cancel,
  survive,
  stop,
  late,
  late,
  foreign,
  crash,
  neverStarted,
  wake,
  limit,
  pause,
  resume,
  resume,
  drain,
];
