import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {initialTransition, type SnapshotFrom, transition} from 'xstate';
import {agentActorId, type CoordinatorEvent, coordinatorMachine, type Decided} from '../../machines/index.ts';
import {type AgentId, agentIds} from '../../src/core/agent-type.ts';
import type {Step} from '../../src/core/decision.ts';
import {type CoordinatorState, initialState} from '../../src/core/state.ts';
import {AGENTS, act, actArbitraries, type Modes, type Stage} from '../support/core-acts.ts';
import {letEnd, unended} from '../support/core-ending.ts';
import {coreSettings} from '../support/core-settings.ts';
import {hearStep, performPending, type World, worldAround} from '../support/core-world.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

type Snapshot = SnapshotFrom<typeof coordinatorMachine>;

/** Events that may pass without a word, with the state in which they may. */
const SILENT: readonly string[] = ['running resume', 'paused pause'];

/** XState's own types leave emitted events out of the actions of a transition. */
const emittedBy = (actions: readonly {readonly type: string}[]): readonly Decided[] =>
  actions.flatMap((action) =>
    action.type === 'xstate.emit'
      ? [(action as unknown as {readonly params: {readonly event: Decided}}).params.event]
      : [],
  );

/** What one transition decided, as one step. Fails if the machine and the core tell different stories. */
const stepOf = (
  before: Snapshot,
  event: CoordinatorEvent,
  after: Snapshot,
  decided: readonly Decided[],
): Step => {
  const {core} = after.context;
  if (decided.length === 0) expect(SILENT).toContain(`${before.value} ${event.type}`);
  const events = decided.flatMap((step) => step.events);
  const {seq: first} = before.context.core;
  expect(events.map(({seq}) => seq)).toEqual(events.map((_, i) => first + 1 + i));
  expect(core).toBe(decided.at(-1)?.state ?? before.context.core);
  expect(core.mode, 'the machine and the core agree on the mode').toBe(after.value);
  expect(after.status).toBe(after.value === 'stopped' ? 'done' : 'active');
  return {state: core, events, effects: decided.flatMap(({effects}) => effects)};
};

/** A new actor stands in the place of a failed one, as the runtime orders it. */
const replaceAgent = (snapshot: Snapshot, agentId: AgentId): Snapshot => {
  const {lastAt: at} = snapshot.context;
  const [next, actions] = transition(coordinatorMachine, snapshot, {
    type: 'replace-agent',
    at,
    agentId,
    orphan: null,
  });
  expect(actions.map(({type}) => type)).toEqual(['xstate.stopChild', 'xstate.spawnChild']);
  return next;
};

/** The coordinator machine without actors: each event is one pure transition, and what it emits is looked at. */
class PureCoordinator {
  #snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  get core(): CoordinatorState {
    return this.#snapshot.context.core;
  }

  get isStopped(): boolean {
    return this.#snapshot.status === 'done';
  }

  /** A stopped coordinator hears nothing more, as its actor would not. */
  send(event: CoordinatorEvent): Step {
    if (this.isStopped) return {state: this.core, events: [], effects: []};
    const before = this.#snapshot;
    const [after, actions] = transition(coordinatorMachine, before, event);
    this.#snapshot = after;
    const step = stepOf(before, event, after, emittedBy(actions));
    for (const {kind, agentId} of step.effects) {
      if (kind === 'replace-agent' && !this.isStopped) this.#snapshot = replaceAgent(this.#snapshot, agentId);
    }
    return step;
  }
}

interface CoordinatorStage extends Stage {
  readonly machine: PureCoordinator;
}

const tell = (stage: Stage, event: CoordinatorEvent): World => {
  const {machine} = stage as CoordinatorStage;
  return hearStep(stage.world, machine.send(event), stage.tell);
};

const fresh = ({world}: Stage): number => world.processes.filter(({quarantined}) => !quarantined).length;

/** Stopped means that nothing runs, nothing is ordered, and nothing waits. */
const expectNothingLeft = (stage: Stage): void => {
  expect(fresh(stage), 'processes that run').toBe(0);
  expect(stage.world.pending.filter(({kind}) => kind === 'start-attempt')).toEqual([]);
  expect(unended(stage)).toEqual([]);
};

const emptyStage = (overtakesMax: number, maxParallel: number, witness: Stage['tell']): CoordinatorStage => {
  const settings = coreSettings(AGENTS, {overtakesMax, agingMs: 50, root: '/repo'});
  const [snapshot] = initialTransition(coordinatorMachine, {
    core: initialState(settings, maxParallel),
    agentIds: [...settings.agentTypes.values()].flatMap(agentIds),
  });
  const machine = new PureCoordinator(snapshot);
  const modes: Modes = {
    pause: (stage) => tell(stage, {type: 'pause', at: stage.at, reason: 'asked'}),
    resume: (stage) => tell(stage, {type: 'resume', at: stage.at}),
    drain: (stage, queued, running) =>
      tell(stage, {type: 'shutdown', at: stage.at, queued, running, reason: 'asked'}),
  };
  const world = worldAround(machine.core, (_, input) => machine.send(input));
  const look = (stage: Stage): void => {
    if (machine.isStopped) expectNothingLeft(stage);
  };
  return {machine, world, at: 0, past: [], tell: witness, modes, look};
};

const begin = act('begin', fc.constant(null), (stage) => tell(stage, {type: 'begin', at: stage.at}));

/** What belongs nowhere, and what comes from an actor that failed. */
const oddEvents = [
  act(
    'junk',
    fc.constantFrom('nonsense', '__proto__', 'toString', 'xstate.done.actor.x', 'change-mode'),
    (stage, type) => tell(stage, {type, at: stage.at, mode: 'stopped'} as unknown as CoordinatorEvent),
  ),
  act('an agent actor fails', fc.constantFrom('dev', 'ops', 'constructor#1'), (stage, agentId) => {
    const actorId = agentActorId(agentId);
    return tell(stage, {type: `xstate.error.actor.${actorId}`, error: new Error('it threw'), actorId});
  }),
];

const expectToEnd = (stage: CoordinatorStage): void => {
  if (stage.world.core.mode === 'starting') stage.world = tell(stage, {type: 'begin', at: stage.at});
  stage.world = stage.modes.resume(stage);
  letEnd(stage, () => true);
  if (!stage.machine.isStopped) {
    if (stage.world.core.mode === 'running') expect(unended(stage)).toEqual([]);
    stage.world = stage.modes.drain(stage, 'keep', 'finish');
    stage.world = performPending(stage.world, stage.tell);
  }
  expect(stage.machine.isStopped, 'it stops when nothing runs').toBe(true);
  expectNothingLeft(stage);
};

/** What has to happen at least in a run, on average: well below what was measured. */
const OFTEN_ENOUGH = {
  'attempt.dispatched': 2,
  'task.blocked': 1,
  overtake: 0.1,
  'task.retrying': 0.15,
  'attempt.quarantined': 0.08,
  'agent.replaced': 0.5,
  'late report': 0.15,
  E_NOT_NOW: 0.7,
  E_UNKNOWN_INPUT: 0.25,
  'stopped early': 0.01,
  'mode.changed': 1,
};

describe('the coordinator machine among live processes', () => {
  const tally = new Tally();
  const tries = runs(600);

  /**
   * The invariant of the core, through the machine: whatever is sent, in whatever state, no two live attempts are in
   * each other's way, every event is decided on or refused on record, what is decided is emitted in order, and the
   * coordinator has stopped only when nothing runs any more.
   */
  test('whatever it is sent, it keeps the promises of the core, and stops only when nothing runs', {
    timeout: patienceMs,
  }, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 32),
        fc.integer({min: 1, max: 4}),
        fc.commands([...actArbitraries, ...oddEvents, begin, begin], {maxCommands: 50, size: 'max'}),
        (overtakesMax, maxParallel, acts) => {
          const stage = emptyStage(overtakesMax, maxParallel, tally.tell);
          fc.modelRun(() => ({model: stage, real: stage}), acts);
          if (stage.machine.isStopped) tally.tell('stopped early');
          expectToEnd(stage);
        },
      ),
      {numRuns: tries},
    );
    expect(tally.tooRare(tries, OFTEN_ENOUGH)).toEqual([]);
  });
});
