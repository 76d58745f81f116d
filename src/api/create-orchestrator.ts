import path from 'node:path';
import type {AgentType} from '../core/agent-type.ts';
import {continueRun} from '../core/continue-run.ts';
import type {DisjointEvent} from '../core/events.ts';
import type {AttemptExit} from '../core/failures.ts';
import {
  DEFAULT_MAX_PARALLEL,
  DEFAULT_SETTINGS,
  isMaxParallel,
  MAX_PARALLEL_LIMIT,
  type Settings,
} from '../core/settings.ts';
import {type CoordinatorState, initialState} from '../core/state.ts';
import type {Fence, TaskId} from '../core/task.ts';
import {Executors} from '../executors/executors.ts';
import {FunctionExecutor, type TaskFunction} from '../executors/function-executor.ts';
import {HostMeter, processorsAvailable} from '../executors/machine/host-meter.ts';
import {ProcessExecutor} from '../executors/process/process-executor.ts';
import type {TakenRepository} from '../executors/process/process-home.ts';
import {reachedResult, type UntoldRun} from '../executors/process/reached-result.ts';
import {silentLog} from '../ports/log.ts';
import type {Store} from '../ports/store.ts';
import {Runtime} from '../runtime/runtime.ts';
import {systemClock} from '../runtime/system-clock.ts';
import {MemoryStore} from '../store/memory-store.ts';
import {TreeResolver} from '../workspace/tree-resolver.ts';
import {TreeWorkspace} from '../workspace/tree-workspace.ts';
import {assertOptions, ORCHESTRATOR_OPTIONS} from './check-options.ts';
import {coreSettings} from './core-settings.ts';
import {countingIds} from './counting-ids.ts';
import {DisjointError, errorForRefusal} from './errors.ts';
import {runIdAt} from './journal-file.ts';
import {unknownOption} from './known-options.ts';
import {type LeftRun, stateOf} from './left-run.ts';
import type {LibraryAgentOptions, OrchestratorOptions} from './options.ts';
import {Orchestrator} from './orchestrator.ts';
import {redactorFor} from './redactor-for.ts';
import {resourceThresholds} from './resource-thresholds.ts';
import {Settlements} from './settlements.ts';

const positiveInteger = (field: string, value: number): number => {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new DisjointError('E_OPTION', `${field} is out of range`, 'allowed: an integer of 1 or more');
};

const limitOf = ({maxParallel = DEFAULT_MAX_PARALLEL}: OrchestratorOptions): number => {
  if (maxParallel === 'auto') return Math.min(processorsAvailable(), MAX_PARALLEL_LIMIT);
  if (isMaxParallel(maxParallel)) return maxParallel;
  throw errorForRefusal({code: 'E_LIMIT_RANGE', allowed: `1..${MAX_PARALLEL_LIMIT}, integer, or auto`});
};

/** An agent type that has a function and no command runs it for tasks that bring nothing themselves. */
const withFunctionWork = (type: AgentType, options: LibraryAgentOptions | undefined): AgentType => {
  if (options?.run === undefined) return type;
  if (typeof options.run !== 'function') {
    const {name: agentType} = type;
    throw errorForRefusal({code: 'E_AGENT_OPTION', agentType, field: 'run', allowed: 'a function'});
  }
  return type.work === null ? {...type, work: {kind: 'function'}} : type;
};

/**
 * Makes an orchestrator and starts it. The one place where all parts are put together.
 *
 * Needs neither git nor a configuration file, and writes no file before the first program runs, except to probe the
 * volume (`pathPolicy: 'native'`).
 *
 * @throws DisjointError if an option or an agent type is wrong; the code and the hint say what.
 */
export const createOrchestrator = async (options: OrchestratorOptions): Promise<Orchestrator> => {
  const orchestrator = await composeOrchestrator(options, null);
  await orchestrator.begin();
  return orchestrator;
};

/** Where an orchestrator begins. */
interface Beginning {
  readonly state: CoordinatorState;
  /** What of it was decided just now, and is stored. */
  readonly events: readonly DisjointEvent[];
}

interface BeginningPlace {
  readonly store: Store;
  readonly left: LeftRun | null;
  readonly at: number;
  readonly root: string;
  readonly stateDir: string;
}

/** How attempts ended of which the run that was cut short was not told any more. */
const reachedIn = ({lockTable, tasks}: CoordinatorState, run: UntoldRun): ReadonlyMap<Fence, AttemptExit> => {
  const reached = new Map<Fence, AttemptExit>();
  for (const {fence, attempt, taskId} of lockTable.holds()) {
    const spec = tasks.get(taskId)?.spec;
    const exit = spec === undefined ? null : reachedResult({fence, attempt, spec}, run);
    if (exit !== null) reached.set(fence, exit);
  }
  return reached;
};

const beginning = async (
  settings: Settings,
  maxParallel: number,
  {store, left, at, root, stateDir}: BeginningPlace,
): Promise<Beginning> => {
  if (left !== null) {
    const cut = stateOf(left, settings);
    const reached = reachedIn(cut, {root, stateDir, runId: left.runId});
    const {state, events} = continueRun(cut, {at, since: left.since, maxParallel, reached});
    await store.append(events);
    return {state, events};
  }
  // Numbers go on where the store ends. No fence was greater than the number of its event, so none is given out twice.
  const lastSeq = await store.lastSeq();
  return {state: {...initialState(settings, maxParallel), seq: lastSeq, fence: lastSeq}, events: []};
};

/**
 * The same, and it goes on with a run that was cut short. Nothing starts before it is told to `begin`, so that whoever
 * wants to see all of it can subscribe first.
 *
 * @param repository The one that is taken for it; `null` if none is.
 */
export const composeOrchestrator = async (
  options: OrchestratorOptions,
  left: LeftRun | null,
  repository: TakenRepository | null = null,
): Promise<Orchestrator> => {
  assertOptions(options, ORCHESTRATOR_OPTIONS);
  const unknown = unknownOption(options);
  if (unknown !== null) throw unknown;
  const {agents, clock = systemClock, logger = silentLog} = options;
  const maxParallel = limitOf(options);
  const resources = resourceThresholds(options);
  const root = path.resolve(options.repo ?? '.');
  const entries = new Map(Object.entries<LibraryAgentOptions>(agents));
  const stateDir = path.resolve(options.stateDir ?? path.join(root, '.disjoint'));
  // Whoever brings an executor may run tasks where this disk is not.
  const resolver = options.resolver ?? (options.executor === undefined ? new TreeResolver(root) : null);
  const {limits, companions, sharedOwnership, pathPolicy} = options;
  const base = coreSettings({
    root,
    stateDir,
    agents: entries,
    limits,
    companions,
    sharedOwnership,
    pathPolicy,
    resolver,
  });
  const agentTypes = new Map(
    [...base.agentTypes].map(([name, type]) => [name, withFunctionWork(type, entries.get(name))]),
  );

  const environment = options.environment ?? process.env;
  const redactor = redactorFor(environment, agents, options.secrets);
  const settlements = new Settlements();
  const functionOf = (taskId: TaskId): TaskFunction | undefined => {
    const agentType = runtime.state.tasks.get(taskId)?.spec.agentType;
    return (
      settlements.functionOf(taskId) ?? (agentType === undefined ? undefined : entries.get(agentType)?.run)
    );
  };
  const executor =
    options.executor ??
    new Executors(
      new FunctionExecutor(functionOf, clock),
      new ProcessExecutor({
        root,
        stateDir,
        runId: options.runId ?? runIdAt(clock.now()),
        environment,
        clock,
        redactor,
        repository,
      }),
    );
  const settings = {
    ...base,
    agentTypes,
    policy: options.policy ?? DEFAULT_SETTINGS.policy,
    overtakesMax: positiveInteger('overtakesMax', options.overtakesMax ?? DEFAULT_SETTINGS.overtakesMax),
    agingMs: positiveInteger('agingMs', options.agingMs ?? DEFAULT_SETTINGS.agingMs),
    resources,
  };
  const store = options.store ?? new MemoryStore();
  const {state, events} = await beginning(settings, maxParallel, {
    store,
    left,
    at: clock.now(),
    root,
    stateDir,
  });
  const runtime: Runtime = new Runtime({
    initial: state,
    store,
    executor,
    workspace: options.executor === undefined ? new TreeWorkspace(root, settings.rules) : null,
    resolver,
    meter: resources === null ? null : (options.meter ?? new HostMeter()),
    clock,
    log: logger,
    inspect: options.inspect,
    onEvent: (event) => orchestrator.onEvent(event),
    onCommitted: () => orchestrator.onCommitted(),
    onFailure: (error) => orchestrator.onFailure(error),
  });
  const orchestrator = new Orchestrator({
    runtime,
    clock,
    ids: options.ids ?? countingIds(),
    settlements,
    resolver,
    continued: events,
  });
  runtime.start();
  return orchestrator;
};
