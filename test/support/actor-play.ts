import fc, {type Scheduler} from 'fast-check';
import type {AnyActorRef} from 'xstate';
import {agentActorId} from '../../machines/index.ts';
import {
  createOrchestrator,
  type DisjointEvent,
  type Orchestrator,
  type ShutdownOptions,
  type TaskHandle,
  type TaskOptions,
} from '../../src/index.ts';
import {
  MemoryStore,
  type Rung,
  type ScriptedAttempt,
  ScriptedExecutor,
  SimulatedClock,
} from '../../src/testing/index.ts';
import {GroundTruth, isEnd, type PlayedTask} from './ground-truth.ts';
import {filesOf, KNOWN_CLAIMS, KNOWN_DISK, type KnownClaim} from './known-claims.ts';
import {settled} from './scripted-run.ts';

/** What a process does when nobody tells it anything, and how it takes being told to stop. */
export type Behaviour =
  | 'succeed'
  | 'exit'
  | 'throw'
  | 'hang'
  | 'ignore-terminate'
  | 'ignore-kill'
  | 'leave-behind'
  | 'survive'
  | 'end-at-once';

const BEHAVIOURS: readonly Behaviour[] = [
  'succeed',
  'succeed',
  'exit',
  'throw',
  'hang',
  'ignore-terminate',
  'ignore-kill',
  'leave-behind',
  'survive',
  'end-at-once',
];

interface TaskPlan {
  readonly agentType: string;
  readonly writes: readonly KnownClaim[];
  readonly reads: readonly KnownClaim[];
  readonly priority: number;
  /** Each counts back from this task; 0 is a task that does not exist. */
  readonly dependsOn: readonly number[];
  readonly timeoutMs: number | null;
  readonly quietTimeoutMs: number | null;
  readonly attemptsMax: number;
}

type Act =
  | {readonly do: 'submit'; readonly tasks: readonly TaskPlan[]}
  | {readonly do: 'cancel'; readonly task: number}
  | {readonly do: 'advance'; readonly ms: number}
  | {readonly do: 'print'; readonly attempt: number}
  | {readonly do: 'pause'}
  | {readonly do: 'resume'}
  | {readonly do: 'wait-until-idle'}
  /** The actor of an agent fails. */
  | {readonly do: 'crash'; readonly agentId: string}
  | {readonly do: 'limit'; readonly maxParallel: number};

export interface Script {
  readonly acts: readonly Act[];
  /** What each process does, in the order of starting; from the first one again when they have run out. */
  readonly behaviours: readonly Behaviour[];
  /** What is done after `shutdown` was called, while it works; `null`: it is called when all is quiet. */
  readonly late: readonly Act[] | null;
  /** The calls of `shutdown`, in order. */
  readonly shutdowns: readonly ShutdownOptions[];
}

const AGENTS = {
  dev: {instances: 1},
  ops: {instances: 1},
  crew: {instances: 2},
  reader: {instances: 1},
};
const LIMIT = 3;
/** As small as it can be: more are seldom reached in one script. */
export const OVERTAKES_MAX = 1;
const AGING_MS = 200;
const LADDER = {askMs: 20, graceMs: 50, sweepMs: 100};

const claims = (max: number, min = 0): fc.Arbitrary<KnownClaim[]> =>
  fc.array(fc.constantFrom(...KNOWN_CLAIMS.filter(({claim}) => typeof claim === 'string')), {
    minLength: min,
    maxLength: max,
  });

const taskPlan: fc.Arbitrary<TaskPlan> = fc.record({
  agentType: fc.constantFrom(...Object.keys(AGENTS)),
  writes: claims(2, 1),
  reads: claims(1),
  priority: fc.integer({min: -2, max: 2}),
  dependsOn: fc.oneof(
    {weight: 6, arbitrary: fc.constant([])},
    {weight: 4, arbitrary: fc.array(fc.integer({min: 1, max: 4}), {minLength: 1, maxLength: 2})},
    {weight: 1, arbitrary: fc.constant([0])},
  ),
  timeoutMs: fc.option(fc.integer({min: 1, max: 300}), {freq: 3}),
  quietTimeoutMs: fc.option(fc.integer({min: 1, max: 100}), {freq: 2}),
  attemptsMax: fc.constantFrom(1, 1, 2, 3),
});

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      tasks: fc.array(taskPlan, {minLength: 1, maxLength: 4}),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({do: fc.constant('advance' as const), ms: fc.integer({min: 1, max: 600})}),
  },
  {weight: 3, arbitrary: fc.record({do: fc.constant('cancel' as const), task: fc.nat({max: 20})})},
  {weight: 1, arbitrary: fc.record({do: fc.constant('print' as const), attempt: fc.nat({max: 3})})},
  {weight: 1, arbitrary: fc.constant({do: 'pause' as const})},
  {weight: 2, arbitrary: fc.constant({do: 'resume' as const})},
  {weight: 1, arbitrary: fc.constant({do: 'wait-until-idle' as const})},
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      agentId: fc.constantFrom('dev', 'ops', 'crew#1', 'crew#2', 'reader'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({do: fc.constant('limit' as const), maxParallel: fc.integer({min: 1, max: 4})}),
  },
);

const shutdown: fc.Arbitrary<ShutdownOptions> = fc.oneof(
  fc.record({mode: fc.constantFrom('drain' as const, 'cancel-queued' as const, 'now' as const)}),
  fc.record({
    mode: fc.constantFrom('drain' as const, 'cancel-queued' as const, 'now' as const),
    graceMs: fc.nat({max: 200}),
  }),
);

export const scripts: fc.Arbitrary<Script> = fc.record({
  acts: fc.array(act, {minLength: 1, maxLength: 24, size: 'max'}),
  behaviours: fc.array(fc.constantFrom(...BEHAVIOURS), {minLength: 1, maxLength: 12, size: 'max'}),
  late: fc.option(fc.array(act, {maxLength: 3}), {freq: 2}),
  shutdowns: fc.array(shutdown, {minLength: 1, maxLength: 2}),
});

/** How a promise of a handle was settled. */
interface Outcome {
  readonly handle: TaskHandle;
  accepted: string | null;
  result: string | null;
}

const END_CODES = {
  'task.succeeded': 'task.succeeded',
  'task.failed': 'E_TASK_FAILED',
  'task.cancelled': 'E_TASK_CANCELLED',
  'task.skipped': 'E_TASK_SKIPPED',
};

const noop = (): void => {};

const codeOf = (error: unknown): string => (error as {readonly code?: string}).code ?? String(error);

/**
 * Plays a script with a real orchestrator: its actors, its commit loop and its streams. Time, processes and the store
 * are the test's, and the scheduler chooses in which order they answer.
 */
export class ActorPlay {
  readonly truth: GroundTruth;
  readonly told: DisjointEvent[] = [];
  readonly clock = new SimulatedClock(1_000);
  readonly #scheduler: Scheduler;
  readonly #script: Script;
  readonly #executor: ScriptedExecutor;
  readonly #tasks = new Map<string, PlayedTask>();
  readonly #outcomes: Outcome[] = [];
  /** Everything that was asked for and has to be answered in the end. */
  readonly #asked: Promise<unknown>[] = [];

  /** Any actor of the system: it knows all others. */
  #someActor: AnyActorRef | null = null;

  constructor(scheduler: Scheduler, script: Script) {
    this.#scheduler = scheduler;
    this.#script = script;
    this.truth = new GroundTruth({
      tasks: this.#tasks,
      limitAtStart: LIMIT,
      overtakesMax: OVERTAKES_MAX,
      agingMs: AGING_MS,
      instancesOf: (agentType) => AGENTS[agentType as keyof typeof AGENTS].instances,
    });
    this.#executor = new ScriptedExecutor({
      clock: this.clock,
      onStart: (attempt) => this.#start(attempt),
      onRung: (attempt, rung) => this.#takeRung(attempt, rung),
    });
  }

  /** Plays it to the end, and looks at what came of it. */
  async play(): Promise<void> {
    const orchestrator = await this.#scheduler.waitFor(this.#create());
    orchestrator.events$.subscribe((event) => {
      this.told.push(event);
      this.truth.told(event);
    });
    const {acts, late, shutdowns} = this.#script;
    const [first, ...harder] = shutdowns.map((options) => (): void => {
      this.#asked.push(orchestrator.shutdown(options));
    });
    const doing = (one: Act) => (): void => this.#act(orchestrator, one);
    this.#sequence([...acts.map(doing), ...(late === null ? [] : [first ?? noop, ...late.map(doing)])]);
    await this.#quiet();
    if (late === null) this.truth.quiet(orchestrator.status().runningAgents);
    this.#sequence(late === null ? [first ?? noop, ...harder] : harder);
    await this.#toTheEnd();
    this.truth.concluded();
    this.#lookAtOutcomes();
    const before = this.truth.stored.length - this.told.length;
    const missed = this.told.findIndex((event, i) => event !== this.truth.stored[before + i]);
    if (before !== 1 || missed >= 0)
      this.truth.broken.push(`the events told are not those stored (${missed})`);
    if (this.clock.timers > 0) this.truth.broken.push(`${this.clock.timers} timers are left`);
  }

  /** Nothing is left to answer, also after the commit loop has let others in. */
  async #quiet(): Promise<void> {
    do {
      await this.#scheduler.waitIdle();
      await settled();
    } while (this.#scheduler.count() > 0);
  }

  /** One thing after the other, with whatever else happens in between. */
  #sequence(things: readonly (() => void)[]): void {
    this.#scheduler.scheduleSequence(
      things.map((thing) => () => {
        thing();
        return Promise.resolve();
      }),
    );
  }

  #create(): Promise<Orchestrator> {
    const work = {command: ['never run'], stop: LADDER, retry: {backoffMs: 60}};
    const store = new MemoryStore();
    return createOrchestrator({
      agents: {
        dev: work,
        ops: work,
        crew: {...work, instances: AGENTS.crew.instances},
        reader: {...work, readOnly: true},
      },
      maxParallel: LIMIT,
      overtakesMax: OVERTAKES_MAX,
      agingMs: AGING_MS,
      clock: this.clock,
      executor: this.#executor,
      resolver: KNOWN_DISK,
      inspect: ({actorRef}) => {
        this.#someActor ??= actorRef as AnyActorRef;
      },
      store: {
        gathers: false,
        snapshots: null,
        append: this.#scheduler.scheduleFunction(async (events: readonly DisjointEvent[]) => {
          await store.append(events);
          this.truth.stored.push(...events);
        }),
        read: (afterSeq, limit) => store.read(afterSeq, limit),
        lastSeq: () => store.lastSeq(),
        close: () => store.close(),
      },
    });
  }

  #act(orchestrator: Orchestrator, one: Act): void {
    const {live} = this.#executor;
    switch (one.do) {
      case 'submit':
        this.#submit(orchestrator, one.tasks);
        break;
      case 'cancel': {
        const {handle} = this.#outcomes[one.task % this.#outcomes.length] ?? {};
        if (handle !== undefined) this.#asked.push(handle.cancel());
        break;
      }
      case 'advance':
        this.clock.advance(one.ms);
        break;
      case 'print':
        live[one.attempt % live.length]?.print('still here');
        break;
      case 'pause':
        this.#asked.push(orchestrator.pause());
        break;
      case 'resume':
        this.#asked.push(orchestrator.resume());
        break;
      case 'wait-until-idle':
        this.#asked.push(orchestrator.idle());
        break;
      case 'crash':
        // Only a bug could send this: whatever takes it throws.
        this.#actorOf(one.agentId)?.send({type: 'start', at: this.clock.now()});
        break;
      case 'limit':
        this.#asked.push(orchestrator.setMaxParallel(one.maxParallel));
        break;
    }
  }

  #actorOf(agentId: string): AnyActorRef | undefined {
    return this.#someActor?.system.get(agentActorId(agentId)) as AnyActorRef | undefined;
  }

  #submit(orchestrator: Orchestrator, plans: readonly TaskPlan[]): void {
    const options = plans.map((plan): TaskOptions => {
      const number = this.#tasks.size + 1;
      const id = `t${number}`;
      const isReader = plan.agentType === 'reader';
      const dependsOn = plan.dependsOn.map((back) =>
        back === 0 ? 'nobody' : `t${Math.max(1, number - back)}`,
      );
      const others = dependsOn.filter((dependency) => dependency !== id);
      const writes = isReader ? [] : plan.writes;
      this.#tasks.set(id, {
        id,
        agentType: plan.agentType,
        priority: plan.priority,
        writes: filesOf(writes),
        reads: filesOf(plan.reads),
        dependsOn: others,
        attemptsMax: plan.attemptsMax,
      });
      return {
        id,
        agentType: plan.agentType,
        ...(!isReader && {files: writes.map(({claim}) => claim)}),
        reads: plan.reads.map(({claim}) => claim),
        priority: plan.priority,
        dependsOn: others,
        retry: {maxAttempts: plan.attemptsMax},
        ...(plan.timeoutMs !== null && {timeoutMs: plan.timeoutMs}),
        ...(plan.quietTimeoutMs !== null && {quietTimeoutMs: plan.quietTimeoutMs}),
      };
    });
    for (const handle of orchestrator.submitMany(options)) this.#follow(handle);
  }

  #follow(handle: TaskHandle): void {
    const outcome: Outcome = {handle, accepted: null, result: null};
    this.#outcomes.push(outcome);
    const follow = async (): Promise<void> => {
      outcome.accepted = await handle.accepted.then(() => 'accepted', codeOf);
      this.#settled(outcome, await handle.result.then(() => 'task.succeeded', codeOf));
    };
    this.#asked.push(follow());
  }

  #settled(outcome: Outcome, result: string): void {
    outcome.result = result;
    const {id} = outcome.handle;
    if (this.#storedOutcome(id) === null) {
      this.truth.broken.push(`the result of ${id} was told before it was stored`);
    }
  }

  /** What the stored events say of a task that was handed in; `null` if nothing is decided yet. */
  #storedOutcome(id: string): string | null {
    for (const event of this.truth.stored) {
      if (isEnd(event) && event.taskId === id) return END_CODES[event.type];
      if (event.type === 'submission.refused' && event.taskIds.includes(id)) return event.refusal.code;
      // Nothing is recorded of what comes after the end.
      if (event.type === 'mode.changed' && event.to === 'stopped' && !this.#wasAccepted(id)) {
        return 'E_NOT_ACCEPTING';
      }
    }
    return null;
  }

  #wasAccepted(id: string): boolean {
    return this.truth.stored.some((event) => event.type === 'task.submitted' && event.taskId === id);
  }

  /** Something happens to a process, some time or other. */
  #later(attempt: ScriptedAttempt, label: string, happen: () => void): void {
    const {taskId, request} = attempt;
    const happens = async (): Promise<void> => {
      await this.#scheduler.schedule(Promise.resolve(), `${taskId}:${request.attempt} ${label}`);
      if (this.truth.alive.includes(attempt)) happen();
    };
    void happens();
  }

  #behaviourOf(attempt: ScriptedAttempt): Behaviour {
    const {behaviours} = this.#script;
    return behaviours[this.#executor.started.indexOf(attempt) % behaviours.length] ?? 'succeed';
  }

  #end(attempt: ScriptedAttempt, how: Parameters<ScriptedAttempt['end']>[0]): void {
    if (!this.truth.alive.includes(attempt)) return;
    this.truth.ended(attempt, how.kind === 'returned' || (how.kind === 'exited' && how.code === 0));
    attempt.end(how);
  }

  #start(attempt: ScriptedAttempt): void {
    this.truth.started(attempt);
    const behaviour = this.#behaviourOf(attempt);
    if (behaviour === 'end-at-once') {
      attempt.start();
      this.#end(attempt, {kind: 'returned', value: attempt.taskId});
      return;
    }
    this.#later(attempt, 'has started', () => {
      attempt.start();
      this.#later(attempt, behaviour, () => this.#behave(attempt, behaviour));
    });
  }

  #behave(attempt: ScriptedAttempt, behaviour: Behaviour): void {
    switch (behaviour) {
      case 'succeed':
        this.#end(attempt, {kind: 'returned', value: attempt.taskId});
        break;
      case 'exit':
        this.#end(attempt, {kind: 'exited', code: 1, result: {kind: 'not-expected'}});
        break;
      case 'throw':
        this.#end(attempt, {kind: 'threw', message: 'planted', error: new Error('planted')});
        break;
      case 'leave-behind':
        attempt.leaveBehind(2);
        break;
      default:
        attempt.progress('still here');
    }
  }

  #takeRung(attempt: ScriptedAttempt, rung: Rung): void {
    const behaviour = this.#behaviourOf(attempt);
    if (behaviour === 'ignore-kill' || rung === 'ask') return;
    if (rung === 'terminate') {
      if (behaviour === 'ignore-terminate' || behaviour === 'survive') return;
      const how =
        behaviour === 'leave-behind'
          ? ({kind: 'exited', code: 0, result: {kind: 'not-expected'}} as const)
          : ({kind: 'signalled', signal: 'SIGTERM'} as const);
      this.#later(attempt, 'dies of SIGTERM', () => this.#end(attempt, how));
      return;
    }
    const die = (): void =>
      this.#later(attempt, 'dies of SIGKILL', () =>
        this.#end(attempt, {kind: 'signalled', signal: 'SIGKILL'}),
      );
    if (behaviour !== 'survive') {
      die();
      return;
    }
    this.#later(attempt, 'survives', () => {
      attempt.survive('pid 4711');
      die();
    });
  }

  /** Lets time pass and, when nothing else can happen, what hangs come back, until everything is answered. */
  async #toTheEnd(): Promise<void> {
    let isDown = false;
    const wait = async (): Promise<void> => {
      // What is asked for while it shuts down has to be answered as well.
      for (let answered = 0; answered < this.#asked.length; answered++) await this.#asked[answered];
      isDown = true;
    };
    await this.#quiet();
    const all = wait();
    for (let turns = 0; turns < 1_000; turns++) {
      await this.#quiet();
      if (isDown) break;
      if (this.clock.runNext()) continue;
      const [hanging] = this.truth.alive.filter(({request}) => !this.#isGivenUp(request.fence));
      if (hanging === undefined) break;
      this.#end(hanging, {kind: 'returned', value: hanging.taskId});
    }
    if (isDown) await all;
    else this.truth.broken.push('something that was asked for was never answered');
  }

  #isGivenUp(fence: number): boolean {
    return this.truth.stored.some((event) => event.type === 'attempt.quarantined' && event.fence === fence);
  }

  /** Every promise of every handle was settled, as the events say. */
  #lookAtOutcomes(): void {
    for (const {handle, accepted, result} of this.#outcomes) {
      const stored = this.#storedOutcome(handle.id);
      const wanted = this.#wasAccepted(handle.id) ? 'accepted' : stored;
      if (result !== stored || accepted !== wanted) {
        this.truth.broken.push(`${handle.id} was ${accepted} and is ${result}, but the events say ${stored}`);
      }
    }
  }
}
