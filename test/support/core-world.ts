import type {AgentId} from '../../src/core/agent-type.ts';
import type {Step} from '../../src/core/decision.ts';
import type {Effect, StartAttempt} from '../../src/core/effects.ts';
import type {DisjointEvent} from '../../src/core/events.ts';
import type {AttemptExit, StopCause} from '../../src/core/failures.ts';
import type {Input} from '../../src/core/inputs.ts';
import type {CoordinatorState} from '../../src/core/state.ts';
import {step} from '../../src/core/step.ts';
import type {TaskId, TaskRequest} from '../../src/core/task.ts';
import {commonFile, filesOf, KNOWN_LOOKS, type KnownClaim} from './known-claims.ts';

/** A task to hand in, with the files that its claims really mean. */
export interface KnownTask {
  readonly request: TaskRequest;
  readonly writes: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
}

/** A process that was really started and is not confirmed dead, whatever the coordinator believes. */
export interface FakeProcess {
  readonly fence: number;
  readonly task: KnownTask;
  readonly agentId: AgentId;
  /** It was told to stop. It need not. */
  readonly asked: boolean;
  /** It survived SIGKILL and was reported so: it counts for files and agents, and no more for the limit. */
  readonly quarantined: boolean;
}

/** What the outside knows of a task that was accepted. */
export interface Lot {
  readonly task: KnownTask;
  /** Its place in the order: smaller first, then by arrival. Computed here and not read from the queue. */
  readonly rank: readonly [key: number, arrival: number];
  readonly queued: boolean;
  /** Conflicting starts of tasks behind it, since it was queued. */
  readonly overtakes: number;
  /** It was told to stop for good, and has not ended yet. */
  readonly cancelled: boolean;
  /** How it ended: the type of the one event that said so. */
  readonly ended: string | null;
}

/**
 * The core and a world of fake processes around it, as one immutable value. The world believes nothing that the
 * core says of itself: it looks at which processes live, from the start effect to confirmed death.
 */
export interface World {
  readonly core: CoordinatorState;
  readonly processes: readonly FakeProcess[];
  /** Effects that were decided and not yet performed. */
  readonly pending: readonly Effect[];
  readonly lots: ReadonlyMap<TaskId, Lot>;
  /** The tasks of the last submission. */
  readonly known: ReadonlyMap<TaskId, KnownTask>;
  readonly maxParallel: number;
  readonly decide: Decide;
}

/** Who is told of an input: the core alone, or something around it. */
export type Decide = (core: CoordinatorState, input: Input) => Step;

/** Told of what happened, so that a test can say that it happened often enough. */
export type Witness = (what: string) => void;

export const worldAround = (core: CoordinatorState, decide: Decide = step): World => ({
  core,
  decide,
  processes: [],
  pending: [],
  lots: new Map(),
  known: new Map(),
  maxParallel: core.maxParallel,
});

export const knownTask = (
  request: Omit<TaskRequest, 'files' | 'reads' | 'description' | 'work'>,
  writes: readonly KnownClaim[],
  reads: readonly KnownClaim[] = [],
): KnownTask => ({
  request: {
    ...request,
    description: '',
    work: {kind: 'function'},
    ...(writes.length > 0 && {files: writes.map(({claim}) => claim)}),
    ...(reads.length > 0 && {reads: reads.map(({claim}) => claim)}),
  },
  writes: filesOf(writes),
  reads: filesOf(reads),
});

/** Why the two may not run at once, from the files they really mean; `null` if they may. */
const clash = (a: KnownTask, b: KnownTask): string | null => {
  const file =
    commonFile(a.writes, b.writes) ?? commonFile(a.writes, b.reads) ?? commonFile(a.reads, b.writes);
  return file === undefined ? null : `could touch ${file}`;
};

/** Do they keep each other from running? Two of one agent type do, as the order of a type is one order. */
const rivals = (a: KnownTask, b: KnownTask): boolean =>
  a.request.agentType === b.request.agentType || clash(a, b) !== null;

const isBefore = (a: Lot, b: Lot): boolean =>
  a.rank[0] < b.rank[0] || (a.rank[0] === b.rank[0] && a.rank[1] < b.rank[1]);

const live = (world: World): readonly FakeProcess[] => world.processes.filter((one) => !one.quarantined);

/**
 * What keeps a queued task from starting now, as the outside sees it; `null` if nothing does. Meant for agent types
 * with one agent.
 */
export const reasonToWait = (world: World, lot: Lot): string | null => {
  if (live(world).length >= world.maxParallel) return 'limit';
  const holder = world.processes.find((process) => rivals(process.task, lot.task));
  if (holder !== undefined) return holder.quarantined ? 'quarantined' : 'running';
  const reserved = [...world.lots.values()].some(
    (other) =>
      other.queued &&
      other.overtakes >= world.core.settings.overtakesMax &&
      isBefore(other, lot) &&
      rivals(other.task, lot.task),
  );
  return reserved ? 'reserved' : null;
};

const startsAmong = (effects: readonly Effect[]): readonly StartAttempt[] =>
  effects.filter((effect) => effect.kind === 'start-attempt');

const broken = (promise: string): never => {
  throw new Error(`broken promise: ${promise}`);
};

const lotOf = (world: World, taskId: TaskId): Lot =>
  world.lots.get(taskId) ?? broken(`an event tells of ${taskId}, which was never accepted`);

const withLots = (world: World, ...changed: readonly (readonly [TaskId, Lot])[]): World => ({
  ...world,
  lots: new Map([...world.lots, ...changed]),
});

const startDecided = (world: World, taskId: TaskId, tell: Witness): World => {
  const lot = lotOf(world, taskId);
  for (const dependency of lot.task.request.dependsOn ?? []) {
    if (world.lots.get(dependency)?.ended !== 'task.succeeded') {
      broken(`${taskId} starts before ${dependency} succeeded`);
    }
  }
  if (lot.ended !== null) broken(`${taskId} starts after it had ended`);
  if (lot.cancelled) broken(`${taskId} starts after it was cancelled`);
  const {overtakesMax} = world.core.settings;
  const changed: [TaskId, Lot][] = [[taskId, {...lot, queued: false}]];
  // What waits for something quarantined may wait for ever: it is excused from the bound.
  const isBoundOff = world.processes.some(({quarantined}) => quarantined);
  for (const [otherId, other] of isBoundOff ? [] : world.lots) {
    if (otherId === taskId || !other.queued || !isBefore(other, lot)) continue;
    if (!rivals(other.task, lot.task)) continue;
    const overtakes = other.overtakes + 1;
    tell('overtake');
    if (overtakes === overtakesMax) tell('overtaken as often as allowed');
    if (overtakes > overtakesMax) broken(`${otherId} was overtaken more than ${overtakesMax} times`);
    changed.push([otherId, {...other, overtakes}]);
  }
  return withLots(world, ...changed);
};

const ended = (world: World, taskId: TaskId, how: string): World => {
  const lot = lotOf(world, taskId);
  if (lot.ended !== null) broken(`${taskId} ended twice: ${lot.ended}, then ${how}`);
  const alive = live(world).some(({task}) => task.request.id === taskId);
  const ordered = startsAmong(world.pending).some(({spec}) => spec.id === taskId);
  if (alive || ordered) broken(`${taskId} ended while its attempt was alive`);
  if (lot.cancelled && how !== 'task.cancelled') broken(`${taskId} was cancelled, and its end is ${how}`);
  return withLots(world, [taskId, {...lot, queued: false, cancelled: false, ended: how}]);
};

const triedAgain = (world: World, taskId: TaskId): World => {
  const lot = lotOf(world, taskId);
  if (lot.ended !== null) broken(`${taskId} is tried again after it had ended`);
  if (lot.cancelled) broken(`${taskId} is tried again after it was cancelled`);
  return world;
};

/** Nothing that comes later takes a cancel back. */
const stopping = (world: World, taskId: TaskId, cause: StopCause): World => {
  const lot = lotOf(world, taskId);
  if (lot.ended !== null) broken(`${taskId} is stopped after it had ended`);
  const isForGood = cause.kind === 'cancelled' || cause.kind === 'shutdown';
  return isForGood ? withLots(world, [taskId, {...lot, cancelled: true}]) : world;
};

const hear = (world: World, event: DisjointEvent, tell: Witness): World => {
  tell(event.type);
  if ('refusal' in event) tell(event.refusal.code);
  switch (event.type) {
    case 'limit.changed':
      return {...world, maxParallel: event.to};
    case 'task.submitted': {
      const task =
        world.known.get(event.taskId) ?? broken(`${event.taskId} was accepted and never handed in`);
      if (world.lots.has(event.taskId)) broken(`${event.taskId} was accepted twice`);
      const key = event.at - (task.request.priority ?? 0) * world.core.settings.agingMs;
      const rank = [key, world.lots.size] as const;
      return withLots(world, [
        event.taskId,
        {task, rank, queued: false, overtakes: 0, cancelled: false, ended: null},
      ]);
    }
    case 'task.queued':
      return withLots(world, [event.taskId, {...lotOf(world, event.taskId), queued: true}]);
    case 'attempt.dispatched':
      return startDecided(world, event.taskId, tell);
    case 'task.retrying':
      return triedAgain(world, event.taskId);
    case 'attempt.stopping':
      return stopping(world, event.taskId, event.cause);
    case 'task.succeeded':
    case 'task.failed':
    case 'task.cancelled':
    case 'task.skipped':
      return ended(world, event.taskId, event.type);
    default:
      return world;
  }
};

/** Hears what was decided. Its effects wait to be performed. */
export const hearStep = (world: World, {state, events, effects}: Step, tell: Witness = () => {}): World => {
  let next: World = {...world, core: state};
  let ordered = startsAmong(world.pending).length;
  for (const event of events) {
    next = hear(next, event, tell);
    if (event.type !== 'attempt.dispatched') continue;
    ordered++;
    const running = live(next).length + ordered;
    if (running === next.maxParallel) tell('limit reached');
    if (running > next.maxParallel) broken(`${running} attempts run where ${next.maxParallel} may`);
  }
  return {...next, pending: [...next.pending, ...effects]};
};

/** Hands the core an input, and hears what it decided. */
export const tellCore = (world: World, input: Input, tell: Witness = () => {}): World =>
  hearStep(world, world.decide(world.core, input), tell);

/** Hands in tasks, and remembers what their claims really mean. */
export const submitTo = (
  world: World,
  at: number,
  tasks: readonly KnownTask[],
  tell: Witness = () => {},
): World => {
  const known = new Map(tasks.map((task) => [task.request.id, task]));
  const requests = tasks.map(({request}) => request);
  const input: Input = {type: 'submit-tasks', at, submission: 's', tasks: requests, looks: KNOWN_LOOKS};
  return tellCore({...world, known}, input, tell);
};

const start = (world: World, {agentId, fence, spec}: StartAttempt, tell: Witness): World => {
  const {task} = lotOf(world, spec.id);
  for (const other of world.processes) {
    const pair = `${other.task.request.id} and ${spec.id}`;
    if (other.agentId === agentId) broken(`${pair} run at once and share the agent ${agentId}`);
    const reason = clash(other.task, task);
    if (reason !== null) broken(`${pair} run at once and ${reason}`);
  }
  for (const other of world.processes) {
    if (other.task.request.agentType === task.request.agentType) tell('two of one type at once');
  }
  const process: FakeProcess = {fence, task, agentId, asked: false, quarantined: false};
  return {...world, processes: [...world.processes, process]};
};

const changeProcess = (world: World, fence: number, change: Partial<FakeProcess>): World => ({
  ...world,
  processes: world.processes.map((one) => (one.fence === fence ? {...one, ...change} : one)),
});

const perform = (world: World, effect: Effect, tell: Witness): World => {
  switch (effect.kind) {
    case 'start-attempt':
      return start(world, effect, tell);
    case 'stop-attempt':
      return changeProcess(world, effect.fence, {asked: true});
    case 'replace-agent':
      return effect.orphan === null ? world : changeProcess(world, effect.orphan.fence, {asked: true});
  }
};

/** Performs the oldest effects that wait, all of them unless told how many. */
export const performPending = (world: World, tell: Witness = () => {}, most = Infinity): World => {
  let next = world;
  for (let i = 0; i < most; i++) {
    const [effect, ...pending] = next.pending;
    if (effect === undefined) break;
    next = perform({...next, pending}, effect, tell);
  }
  return next;
};

/** The process ends for good, and only then the core hears of it. */
export const endProcess = (
  world: World,
  at: number,
  process: FakeProcess,
  exit: AttemptExit,
  tell: Witness = () => {},
): World =>
  tellCore(
    {...world, processes: world.processes.filter(({fence}) => fence !== process.fence)},
    {type: 'report-exited', at, taskId: process.task.request.id, fence: process.fence, exit},
    tell,
  );

/** Nothing could end the process: it lives on, and the core hears so. */
export const quarantineProcess = (
  world: World,
  at: number,
  process: FakeProcess,
  tell: Witness = () => {},
): World =>
  tellCore(
    changeProcess(world, process.fence, {quarantined: true}),
    {
      type: 'report-quarantined',
      at,
      taskId: process.task.request.id,
      fence: process.fence,
      survivors: 'pid 1',
    },
    tell,
  );

/** The agent was busy with something unknown: the process never was, and the core hears so. */
export const refuseStart = (
  world: World,
  at: number,
  process: FakeProcess,
  tell: Witness = () => {},
): World =>
  tellCore(
    {...world, processes: world.processes.filter(({fence}) => fence !== process.fence)},
    {
      type: 'report-start-refused',
      at,
      taskId: process.task.request.id,
      fence: process.fence,
      agentId: process.agentId,
      busyWith: 0,
    },
    tell,
  );
