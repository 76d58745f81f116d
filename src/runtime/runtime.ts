import {type ActorRefFrom, createActor, fromCallback, type SnapshotFrom} from 'xstate';
import {
  type AttemptCommand,
  type AttemptInput,
  agentActorId,
  agentDeadline,
  agentMachine,
  type CoordinatorEvent,
  coordinatorMachine,
} from '../../machines/index.ts';
import {type AgentId, agentIds} from '../core/agent-type.ts';
import type {Assignment} from '../core/attempt.ts';
import type {Effect} from '../core/effects.ts';
import type {DisjointEvent} from '../core/events.ts';
import {type CoordinatorState, unfinished} from '../core/state.ts';
import {nextWakeMs} from '../core/step.ts';
import type {Fence, TaskSpec} from '../core/task.ts';
import {unreachable} from '../core/unreachable.ts';
import type {Clock} from '../ports/clock.ts';
import type {Executor} from '../ports/executor.ts';
import type {Log} from '../ports/log.ts';
import type {PathResolver} from '../ports/path-resolver.ts';
import type {ResourceMeter} from '../ports/resource-meter.ts';
import type {Store} from '../ports/store.ts';
import type {Workspace} from '../ports/workspace.ts';
import {Attempts} from './attempts.ts';
import {ClaimWatch} from './claim-watch.ts';
import {CommitLoop} from './commit-loop.ts';
import {Deadlines} from './deadlines.ts';
import {type Inspector, isolatedInspector} from './isolated-inspector.ts';
import {isolatedLog} from './isolated-log.ts';
import {SnapshotWriter} from './snapshot-writer.ts';
import {Starts} from './starts.ts';
import {Streams} from './streams.ts';

export interface RuntimeOptions {
  readonly initial: CoordinatorState;
  readonly store: Store;
  readonly executor: Executor;
  readonly workspace: Workspace | null;
  /** `null` where claims are taken by their texts alone. */
  readonly resolver: PathResolver | null;
  /** `null` where nobody looks at how busy the machine is. */
  readonly meter: ResourceMeter | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly inspect?: Inspector | undefined;
  /** Told of each committed event before any stream is. Must not throw. */
  readonly onEvent: (event: DisjointEvent) => void;
  /** Told after the streams were. Must not throw. */
  readonly onCommitted: () => void;
  /** Nothing can be stored or decided any more. Called once. Must not throw. */
  readonly onFailure: (error: unknown) => void;
}

const COORDINATOR = 'coordinator';
const RESOURCES = 'resources';

/** How often the machine is looked at (ms): the use of its processors is that of the time between two looks. */
const MEASURE_MS = 5_000;

/** Who has a deadline: the coordinator, an agent (by the id of its actor) or an attempt. */
const attemptName = (fence: Fence): string => `attempt:${fence}`;
const fenceIn = (name: string): Fence | null => {
  const fence = /^attempt:(\d+)$/u.exec(name)?.[1];
  return fence === undefined ? null : Number(fence);
};

/**
 * Runs the machines: hands commands to the coordinator, commits what it decides, performs the effects, and wakes
 * it and the agents when a deadline has come.
 */
export class Runtime {
  readonly streams: Streams;
  readonly #options: RuntimeOptions;
  readonly #attempts: Attempts;
  readonly #deadlines: Deadlines;
  readonly #commits: CommitLoop;
  readonly #coordinator;
  readonly #log: Log;
  readonly #starts: Starts;
  /** `null` if the store keeps none. */
  readonly #snapshots: SnapshotWriter | null;
  #isMeasuring = false;
  #failure: {readonly error: unknown} | null = null;

  constructor(options: RuntimeOptions) {
    const {initial, clock, executor, workspace} = options;
    const log = isolatedLog(options.log);
    this.#log = log;
    const agentTypes = initial.settings.agentTypes;
    this.#options = options;
    this.streams = new Streams(initial, (error) =>
      log.warn({err: error}, 'a subscriber threw and was unsubscribed'),
    );
    this.#attempts = new Attempts({
      executor,
      workspace,
      clock,
      log,
      agentTypeOf: (name) => agentTypes.get(name),
      onOutput: (line) => this.streams.printed(line),
      onEnding: ({spec, fence}) => void this.#starts.lookAgain(spec.id, fence, 'end'),
      wakeAt: (fence, at) => this.#deadlines.set(attemptName(fence), at),
    });
    this.#starts = new Starts({
      attempts: this.#attempts,
      claims: options.resolver === null ? null : new ClaimWatch(options.resolver, initial.settings),
      clock,
      core: () => this.#coordinator.getSnapshot().context.core,
      report: (report) => this.send(report),
      begin: (effect) => {
        const assignment = this.#assignment(effect);
        this.#agent(effect.agentId)?.send({type: 'start', at: clock.now(), assignment});
      },
      hasFailed: () => this.#failure !== null,
      failed: (error) => this.fail(error),
    });
    this.#deadlines = new Deadlines(
      clock,
      (name) => this.#wake(name),
      (gapMs) => {
        log.warn({gapMs}, 'this process stood still: deadlines wait until it has heard of what happened');
        this.streams.stoodStill(gapMs);
      },
    );
    this.#commits = new CommitLoop(options.store, {
      committed: (events, state) => this.#committed(events, state),
      perform: (effect) => this.#perform(effect),
      failed: (error) => this.fail(error),
    });
    const {snapshots} = options.store;
    this.#snapshots =
      snapshots === null ? null : new SnapshotWriter(snapshots, initial.seq, (error) => this.fail(error));
    const attempt = fromCallback<AttemptCommand, AttemptInput>(({input, sendBack, receive}) => {
      const {fence} = input.active;
      const running = this.#attempts.attach(input.active, (signal) => {
        // After a failure there is no coordinator left to report to.
        if (this.#failure === null) sendBack(signal);
      });
      receive((command) => running[command.type]());
      return () => this.#attempts.detach(fence);
    });
    this.#coordinator = createActor(
      coordinatorMachine.provide({actors: {agent: agentMachine.provide({actors: {attempt}})}}),
      {
        id: COORDINATOR,
        systemId: COORDINATOR,
        input: {core: initial, agentIds: [...agentTypes.values()].flatMap(agentIds)},
        ...(options.inspect && {
          inspect: isolatedInspector(options.inspect, (error) =>
            log.warn({err: error}, 'the inspector threw and was cut off'),
          ),
        }),
      },
    );
    this.#coordinator.on('decided', (step) => this.#commits.push(step));
    this.#coordinator.subscribe({error: (error) => this.fail(error)});
  }

  /** The state after the last commit. */
  get state(): CoordinatorState {
    return this.streams.state;
  }

  /** Resolves when nothing of any attempt is alive. */
  attemptsEnded(): Promise<void> {
    return this.#attempts.ended();
  }

  /** The agents stand ready. Tasks are accepted, and none starts before `begin`. */
  start(): void {
    this.#coordinator.start();
    for (const agentId of this.#agentIds()) this.#watch(agentId);
  }

  begin(): void {
    this.send({type: 'begin', at: this.#options.clock.now()});
  }

  /** Hands a command to the coordinator. Returns at once; the decision is committed soon after. */
  send(event: CoordinatorEvent): void {
    // Once it has stopped nothing can be decided; XState would print a warning.
    const isActive = this.#coordinator.getSnapshot().status === 'active';
    if (isActive && this.#failure === null) this.#coordinator.send(event);
  }

  /** What cannot be stored must not happen: no more decisions, and nothing stays alive unwatched. Only the first one counts. */
  fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = {error};
    this.#commits.stop();
    this.#snapshots?.stop();
    this.#deadlines.close();
    this.#attempts.killAll();
    this.#options.onFailure(error);
    this.#log.error({err: error}, 'the orchestrator failed');
  }

  /** Resolves when everything decided so far is committed and performed. */
  settled(): Promise<void> {
    return this.#commits.settled();
  }

  /** Ends timers and streams and closes the store. What could not be stopped is no longer watched. */
  async close(): Promise<void> {
    await this.settled();
    this.#deadlines.close();
    this.#coordinator.stop();
    this.#attempts.abandonAll();
    this.#options.executor.close();
    this.streams.complete();
    await this.#snapshots?.ended(this.state);
    await this.#options.store.close();
  }

  #agentIds(): readonly AgentId[] {
    return [...this.#options.initial.settings.agentTypes.values()].flatMap(agentIds);
  }

  #agent(agentId: AgentId): ActorRefFrom<typeof agentMachine> | undefined {
    return this.#actor(agentActorId(agentId));
  }

  /** The actor of an agent, by its `systemId`. */
  #actor(systemId: string): ActorRefFrom<typeof agentMachine> | undefined {
    // The registry of XState is untyped; such a name is only ever given to actors of agentMachine.
    return this.#coordinator.system.get(systemId) as ActorRefFrom<typeof agentMachine> | undefined;
  }

  /** Follows the deadline of an agent. A failed actor is the coordinator's to replace. */
  #watch(agentId: AgentId): void {
    const agent = this.#agent(agentId);
    if (agent === undefined) return;
    const follow = ({context}: SnapshotFrom<typeof agentMachine>): void =>
      this.#deadlines.set(agentActorId(agentId), agentDeadline(context));
    // An actor that adopted something as it was made has a deadline already, and does not tell it again.
    follow(agent.getSnapshot());
    agent.subscribe({
      next: follow,
      error: (error) => {
        this.#log.error({err: error, agentId}, 'an agent actor failed');
        this.#deadlines.set(agentActorId(agentId), null);
        const {active} = agent.getSnapshot().context;
        if (active !== null) this.#attempts.detach(active.fence);
      },
    });
  }

  #wake(name: string): void {
    const at = this.#options.clock.now();
    const fence = fenceIn(name);
    if (name === COORDINATOR) this.send({type: 'wake', at});
    else if (name === RESOURCES) this.#measured();
    else if (this.#failure !== null) return;
    else if (fence !== null) this.#attempts.wake(fence);
    else this.#actor(name)?.send({type: 'wake', at});
  }

  #committed(events: readonly DisjointEvent[], state: CoordinatorState): void {
    // First of all: whoever is told of an event may ask what became of its task.
    this.streams.moveTo(state);
    for (const event of events) {
      this.#log.debug({event: event.type, seq: event.seq}, 'committed');
      this.#options.onEvent(event);
      this.#starts.committed(event);
    }
    this.streams.tell(events);
    this.#deadlines.set(COORDINATOR, nextWakeMs(state));
    this.#measure();
    this.#options.onCommitted();
    this.#snapshots?.committed(state);
  }

  /** Looks at the machine from time to time, while there is anything that could be held back. */
  #measure(): void {
    const {meter, clock} = this.#options;
    if (meter === null || this.#isMeasuring || unfinished(this.state) === 0) return;
    this.#isMeasuring = true;
    meter.read();
    this.#deadlines.set(RESOURCES, clock.now() + MEASURE_MS);
  }

  #measured(): void {
    const {meter, clock} = this.#options;
    if (meter === null || unfinished(this.state) === 0) {
      this.#isMeasuring = false;
      return;
    }
    this.#deadlines.set(RESOURCES, clock.now() + MEASURE_MS);
    this.send({type: 'report-resources', at: clock.now(), use: meter.read()});
  }

  #perform(effect: Effect): void {
    const at = this.#options.clock.now();
    const {agentId} = effect;
    switch (effect.kind) {
      case 'start-attempt':
        this.#starts.start(effect);
        break;
      case 'stop-attempt': {
        const {fence, cause, force} = effect;
        this.#agent(agentId)?.send({type: 'stop', at, fence, cause, force});
        break;
      }
      case 'replace-agent': {
        const orphan = effect.orphan === null ? null : this.#assignment(effect.orphan);
        this.send({type: 'replace-agent', at, agentId, orphan});
        this.#watch(agentId);
        break;
      }
      default:
        unreachable(effect);
    }
  }

  #assignment(from: {readonly fence: number; readonly attempt: number; readonly spec: TaskSpec}): Assignment {
    const {fence, attempt, spec} = from;
    const type = this.#options.initial.settings.agentTypes.get(spec.agentType);
    if (type === undefined) throw new Error(`Internal error: no agent type ${spec.agentType}`);
    return {fence, attempt, spec, ladder: type.stop};
  }
}
