import type {AttemptExit, StopCause} from '../../src/core/failures.ts';
import type {Input} from '../../src/core/inputs.ts';
import {type CoordinatorState, initialState} from '../../src/core/state.ts';
import {nextBackoffMs} from '../../src/core/step.ts';
import {isFinal, type TaskRecord} from '../../src/core/task.ts';
import {coreSettings, RETURNED, THREW} from '../support/core-settings.ts';
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
  type World,
  worldAround,
} from '../support/core-world.ts';

/** A world of the bounded model, and its time, which only back-offs move on. */
export interface Node {
  readonly world: World;
  readonly at: number;
}

/** One thing that can happen. */
export interface Move {
  readonly name: string;
  /** Does it happen by itself sooner or later? A process ends, a back-off passes. People promise nothing. */
  readonly comesByItself: boolean;
  readonly make: (node: Node) => Node;
}

const file = (name: string) => ({claim: name, files: [name]});

/**
 * The four tasks. `a` and `b` share an agent type, as `c` and `d` do; `a` and `c` share a file, as `b` and `d` do.
 * `b` depends on `c` and is the most urgent. `d` is tried twice, so that it can overtake `c` once and then find that
 * `c` has a reservation.
 */
const TASKS: readonly KnownTask[] = [
  knownTask({id: 'a', agentType: 'x'}, [file('f')]),
  knownTask({id: 'b', agentType: 'x', priority: 1, dependsOn: ['c']}, [file('g')]),
  knownTask({id: 'c', agentType: 'y'}, [file('f')]),
  knownTask({id: 'd', agentType: 'y', retry: {maxAttempts: 2, backoffMs: 10}}, [file('g')]),
];

export const beginning = (): Node => {
  const settings = coreSettings({x: {}, y: {}}, {overtakesMax: 1});
  return {world: worldAround(initialState(settings, 2)), at: 0};
};

const tell =
  (input: (at: number) => Input) =>
  ({world, at}: Node): Node => ({world: performPending(tellCore(world, input(at))), at});

const move = (name: string, make: Move['make'], comesByItself = false): Move => ({name, make, comesByItself});

const changeMode = (
  mode: 'running' | 'paused' | 'draining' | 'stopped',
  queued: 'keep' | 'cancel' = 'keep',
  running: 'finish' | 'kill' = 'finish',
): Move =>
  move(
    `${mode}, ${queued} queued, ${running} running`,
    tell((at) => ({type: 'change-mode', at, mode, queued, running, reason: 'asked'})),
  );

const submit = (...tasks: readonly KnownTask[]): Move =>
  move(`submit ${tasks.map(({request}) => request.id).join(', ')}`, ({world, at}) => ({
    world: performPending(submitTo(world, at, tasks)),
    at,
  }));

const staleExit =
  (taskId: string, fence: (world: World) => number): Move['make'] =>
  ({world, at}) => ({
    world: tellCore(world, {type: 'report-exited', at, taskId, fence: fence(world), exit: RETURNED}),
    at,
  });

/** What people and foreign parts can do in any state. */
const ALWAYS: readonly Move[] = [
  ...TASKS.map((task) => submit(task)),
  submit(...TASKS),
  ...TASKS.map(({request: {id}}) =>
    move(
      `cancel ${id}`,
      tell((at) => ({type: 'cancel-task', at, taskId: id, reason: 'asked'})),
    ),
  ),
  ...TASKS.flatMap(({request: {id}}) => [
    move(
      `exit of ${id} with an old fence`,
      staleExit(id, () => 0),
    ),
    move(
      `exit of ${id} with a fence never given out`,
      staleExit(id, ({core}) => core.fence + 1),
    ),
  ]),
  ...['x', 'y'].map((agentId) =>
    move(
      `agent ${agentId} crashes`,
      tell((at) => ({type: 'report-agent-crashed', at, agentId, message: 'no'})),
    ),
  ),
  ...[1, 2].map((maxParallel) =>
    move(
      `limit ${maxParallel}`,
      tell((at) => ({type: 'set-max-parallel', at, maxParallel})),
    ),
  ),
  changeMode('running'),
  changeMode('paused'),
  changeMode('draining'),
  changeMode('draining', 'cancel', 'kill'),
  changeMode('stopped', 'cancel'),
  move(
    'wake too early',
    tell((at) => ({type: 'wake', at})),
  ),
];

const ofProcess = (process: FakeProcess): readonly Move[] => {
  const {fence, quarantined, task} = process;
  const {id} = task.request;
  const end = (how: string, exit: AttemptExit): Move =>
    move(
      `${id} ${how}`,
      ({world, at}) => ({world: performPending(endProcess(world, at, process, exit)), at}),
      true,
    );
  const stops = (cause: 'quiet' | 'left-behind'): Move =>
    move(
      `${id} is stopped: ${cause}`,
      tell((at) => ({
        type: 'report-stopping',
        at,
        taskId: id,
        fence,
        cause: cause === 'quiet' ? {kind: cause, afterMs: 1} : {kind: cause, processes: 1},
      })),
    );
  const always = [
    end('returns', RETURNED),
    end('throws', THREW),
    stops('quiet'),
    stops('left-behind'),
    move(
      `${id} started`,
      tell((at) => ({type: 'report-started', at, taskId: id, fence, program: null})),
    ),
  ];
  if (quarantined) return always;
  return [
    ...always,
    move(`${id} survives`, ({world, at}) => ({
      world: performPending(quarantineProcess(world, at, process)),
      at,
    })),
    move(`start of ${id} is refused`, ({world, at}) => ({
      world: performPending(refuseStart(world, at, process)),
      at,
    })),
  ];
};

/** Everything that can happen in this state of the world. */
export const movesOf = ({world}: Node): readonly Move[] => {
  const backoff = nextBackoffMs(world.core);
  const due: readonly Move[] =
    backoff === null
      ? []
      : [
          move(
            'the back-off passes',
            (node) => tell((at) => ({type: 'wake', at}))({...node, at: Math.max(node.at, backoff)}),
            true,
          ),
        ];
  return [...ALWAYS, ...due, ...world.processes.flatMap(ofProcess)];
};

/** What a stop leads to when the attempt has ended. */
const stopKey = (cause: StopCause): string => {
  switch (cause.kind) {
    case 'cancelled':
    case 'shutdown':
      return 'to cancel';
    case 'timed-out':
    case 'quiet':
    case 'agent-crashed':
      return 'to fail';
    case 'left-behind':
      return 'to judge';
  }
};

const taskKey = ({state}: TaskRecord): string => {
  switch (state.name) {
    case 'waiting':
      return `waiting ${state.unmet}`;
    case 'queued':
    case 'running':
    case 'retrying':
      return `${state.name} ${state.attempt}`;
    case 'stopping':
      return `stopping ${state.attempt} ${stopKey(state.cause)}`;
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return state.name;
  }
};

/** The tasks that have not ended, in the order of arrival. */
const arrivals = (core: CoordinatorState): string =>
  [...core.tasks.values()]
    .filter(({state}) => !isFinal(state))
    .toSorted((a, b) => a.arrival - b.arrival)
    .map(({spec}) => spec.id)
    .join('');

/**
 * Two worlds with the same key behave alike from here on, for ever. What the key leaves out:
 *
 * - `seq` is only counted up, and copied to events.
 * - Fences are only counted up and compared for equality with those of holds, so their numbers do not matter, only
 *   whose they are; and nobody asks in which order they were given.
 * - The time is compared with back-offs, and stands in the order of the queue. Only `d` has a back-off, which
 *   is the same length each time and passes as one move. Urgency outweighs any time that can pass here, and of two
 *   equally urgent tasks the earlier has no later time and a smaller arrival: their order of arrival says it all
 *   (and also in which order they are cancelled together).
 * - Times, reasons, exits and messages of tasks that ended, worked time and maxima are only ever shown. So is
 *   whether it was said already that something is in a task's way.
 * - Of why an attempt is stopped, only what that leads to.
 * - Whether a process was asked to stop: it may end, or not, either way.
 *
 * This is not only argued: the exploration compares what follows from worlds that share a key.
 */
export const keyOf = ({world: {core, processes, lots}}: Node): string =>
  JSON.stringify([
    core.mode,
    core.maxParallel,
    arrivals(core),
    TASKS.map(({request: {id}}) => {
      const record = core.tasks.get(id);
      const lot = lots.get(id);
      if (record === undefined) return 'not handed in';
      return [
        taskKey(record),
        core.backoffs.has(id),
        lot?.queued,
        lot?.overtakes,
        lot?.cancelled,
        lot?.ended,
      ];
    }),
    core.lockTable
      .holds()
      .map((hold) => [hold.taskId, hold.agentId, hold.quarantined].join(' '))
      .toSorted(),
    [...core.queue].map((entry) => [entry.taskId, entry.overtakes]),
    processes
      .map(({task, agentId, quarantined}) => [task.request.id, agentId, quarantined].join(' '))
      .toSorted(),
  ]);
