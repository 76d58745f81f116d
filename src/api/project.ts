import path from 'node:path';
import {type LoadedConfig, loadConfigFile, loadPlanFile} from '../config/load.ts';
import type {PlannedTask} from '../config/planned-task.ts';
import type {Problem} from '../config/problem.ts';
import type {AgentType} from '../core/agent-type.ts';
import {cancelRun} from '../core/continue-run.ts';
import {attemptEnvironment} from '../core/environment.ts';
import type {Result} from '../core/result.ts';
import {differences} from '../core/same-task.ts';
import type {Redactor} from '../core/secrets/redactor.ts';
import type {Settings} from '../core/settings.ts';
import type {CoordinatorState} from '../core/state.ts';
import {summarize} from '../core/summary.ts';
import {presetNamed} from '../executors/presets/index.ts';
import {findProgram} from '../executors/process/find-program.ts';
import type {TakenRepository} from '../executors/process/process-home.ts';
import type {PathResolver} from '../ports/path-resolver.ts';
import type {Store} from '../ports/store.ts';
import {redactingStore} from '../store/redacting-store.ts';
import {TreeResolver} from '../workspace/tree-resolver.ts';
import {checkTasks} from './check-tasks.ts';
import {type Owners, ownersOf} from './claims.ts';
import {coreSettings} from './core-settings.ts';
import {composeOrchestrator, createOrchestrator} from './create-orchestrator.ts';
import {DisjointError} from './errors.ts';
import {type LeftRun, type Matched, matchTasks, stateOf} from './left-run.ts';
import type {OrchestratorOptions, TaskOptions} from './options.ts';
import type {Orchestrator} from './orchestrator.ts';
import {CONFIG_FILE, type ProjectPlace} from './project-place.ts';
import {redactorFor} from './redactor-for.ts';
import type {RunJournal} from './run-journal.ts';

const valueOf = <T>(result: Result<T, Problem>): T => {
  if (result.ok) return result.value;
  const {code, message, hint, field} = result.failure;
  throw new DisjointError(code, message, hint, {field});
};

type Environment = Readonly<Record<string, string | undefined>>;

/** An agent type whose program is not there. */
export interface MissingProgram {
  readonly agentType: string;
  readonly program: string;
  /** How to get it. */
  readonly hint: string;
}

/** A project with its configuration. */
export class Project {
  readonly root: string;
  readonly config: LoadedConfig;

  readonly #resolver: PathResolver;

  private constructor(root: string, config: LoadedConfig) {
    this.root = root;
    this.config = config;
    this.#resolver = new TreeResolver(root);
  }

  /**
   * Loads the configuration.
   *
   * @throws DisjointError `E_CONFIG_MISSING`, or what is wrong with the file.
   */
  static async open(place: ProjectPlace): Promise<Project> {
    if (place.configFile === null) {
      throw new DisjointError(
        'E_CONFIG_MISSING',
        `there is no ${CONFIG_FILE} in ${place.root}`,
        'run "disjoint init" to write one',
      );
    }
    const shown = path.relative(process.cwd(), place.configFile) || CONFIG_FILE;
    return new Project(place.root, valueOf(await loadConfigFile(place.configFile, shown)));
  }

  /** @throws DisjointError what is wrong with an agent type. */
  agentTypes(): ReadonlyMap<string, AgentType> {
    return this.#settings().agentTypes;
  }

  /**
   * Checks tasks exactly as an orchestrator would.
   *
   * @throws DisjointError why they would be refused.
   */
  check(tasks: readonly TaskOptions[]): void {
    checkTasks(tasks, this.#settings(), this.#resolver);
  }

  /**
   * Makes sure that the programs of these tasks are there, so that a run does not begin what it cannot end.
   *
   * @throws DisjointError `E_PROGRAM_MISSING` naming the first program that is missing.
   */
  async checkPrograms(tasks: readonly TaskOptions[], environment: Environment): Promise<void> {
    const [missing] = await this.missingPrograms(
      tasks.map((task) => task.agentType),
      environment,
    );
    if (missing === undefined) return;
    const {agentType, program, hint} = missing;
    const message = `agent type ${agentType} needs the program "${program}", which is not there`;
    throw new DisjointError('E_PROGRAM_MISSING', message, hint);
  }

  /**
   * The programs of these agent types that are not there. Each is looked for where an attempt would look for it: in
   * the PATH that its agent type sets.
   */
  async missingPrograms(
    agentTypes: Iterable<string>,
    environment: Environment,
  ): Promise<readonly MissingProgram[]> {
    const types = this.agentTypes();
    const missing: MissingProgram[] = [];
    for (const agentType of new Set(agentTypes)) {
      const {command, use} = this.config.agents.get(agentType) ?? {};
      const type = types.get(agentType);
      const preset = presetNamed(use ?? '');
      const program = command?.[0] ?? preset?.program;
      if (type === undefined || program === undefined) continue;
      const {PATH: searchPath} = attemptEnvironment(environment, type.environment, {});
      if ((await findProgram(program, this.root, searchPath)) !== null) continue;
      const hint =
        preset === undefined ? 'install it, or correct "command"' : `install it: ${preset.install}`;
      missing.push({agentType, program, hint});
    }
    return missing;
  }

  #settings(): Settings {
    const {agents, limits, companions, sharedOwnership, pathPolicy} = this.config;
    const stateDir = path.join(this.root, '.disjoint');
    const resolver = this.#resolver;
    return coreSettings({
      root: this.root,
      stateDir,
      agents,
      limits,
      companions,
      sharedOwnership,
      pathPolicy,
      resolver,
    });
  }

  /** Replaces the secrets of this environment, and of what agent types set, in a text. */
  redaction(environment: Environment): (text: string) => string {
    const redactor = this.#redactor(environment);
    return (text) => redactor.text(text);
  }

  /** Replaces them in all texts of plain data. */
  withoutSecretsIn(environment: Environment): <T>(value: T) => T {
    const redactor = this.#redactor(environment);
    return (value) => redactor.value(value);
  }

  /** The store, without the secrets in what is kept there. */
  withoutSecrets(store: Store, environment: Environment): Store {
    return redactingStore(store, this.#redactor(environment));
  }

  /** What is left of a run, with the secrets of now where some were taken out: its tasks are told what they were told. */
  withSecrets(left: LeftRun, environment: Environment): LeftRun {
    const redactor = this.#redactor(environment);
    return {
      ...left,
      snapshot: left.snapshot?.map((part) => redactor.restored(part)) ?? null,
      events: left.events.map((event) => redactor.restored(event)),
    };
  }

  #redactor(environment: Environment): Redactor {
    const {agents, secrets} = this.config;
    return redactorFor(environment, Object.fromEntries(agents), secrets);
  }

  /**
   * Which of these tasks a run that was cut short has already.
   *
   * @throws DisjointError `E_TASK_CHANGED` if one has the id of a task of that run, and is another one.
   */
  matchTasks(left: LeftRun, tasks: readonly TaskOptions[], environment: Environment): Matched {
    const redactor = this.#redactor(environment);
    const settings = this.#settings();
    const specs = checkTasks(tasks, settings, this.#resolver);
    return matchTasks(
      stateOf(left, settings),
      specs.map((spec, i) => ({spec, isNamed: tasks[i]?.id !== undefined})),
      // What only looked like a secret is gone from the one and not from the other.
      (one, other) => differences(redactor.value(one), redactor.value(other)),
    );
  }

  /** What a run knew after all that it decided, as it is to be understood with the settings of now. */
  stateOf(left: LeftRun): CoordinatorState {
    return stateOf(left, this.#settings());
  }

  /** Cancels what is left of a run that was cut short, in a journal that was taken for nothing else, and ends that. */
  async cancelLeft(journal: RunJournal, left: LeftRun, at: number): Promise<void> {
    const state = stateOf(left, this.#settings());
    const {since} = left;
    const {maxParallel} = state;
    const cancelled = cancelRun(state, {at, since, maxParallel}, 'a fresh run was asked for');
    await journal.store.append(cancelled.events);
    journal.tookOver();
    await journal.end(summarize(cancelled.state, at));
  }

  /** Makes an orchestrator with the agent types of this project. It goes on with what is left, and waits for its `begin`. */
  composeOrchestrator(
    overrides: Partial<OrchestratorOptions> = {},
    left: LeftRun | null = null,
    repository: TakenRepository | null = null,
  ): Promise<Orchestrator> {
    return composeOrchestrator(this.#options(overrides), left, repository);
  }

  /** Starts an orchestrator with the agent types of this project. */
  createOrchestrator(overrides: Partial<OrchestratorOptions> = {}): Promise<Orchestrator> {
    return createOrchestrator(this.#options(overrides));
  }

  #options(overrides: Partial<OrchestratorOptions>): OrchestratorOptions {
    const {maxParallel, resources, limits, policy, agents, companions, sharedOwnership, pathPolicy, secrets} =
      this.config;
    return {
      policy,
      resources,
      limits,
      agents: Object.fromEntries(agents),
      repo: this.root,
      companions,
      sharedOwnership,
      pathPolicy,
      secrets,
      ...(maxParallel !== null && {maxParallel}),
      ...overrides,
    };
  }
}

/**
 * Loads a plan file.
 *
 * @throws DisjointError saying what is wrong with it, and where.
 */
export const loadPlan = async (file: string, cwd: string): Promise<readonly PlannedTask[]> =>
  valueOf(await loadPlanFile(path.resolve(cwd, file), file));

/**
 * Who of the agent types of a project owns what the claim could write.
 *
 * @throws ClaimError if the claim cannot be understood, DisjointError if an agent type is not valid.
 */
export const ownersOfPath = (project: Project, claim: string): Owners =>
  ownersOf(claim, [...project.agentTypes().values()], {
    root: project.root,
    policy: project.config.pathPolicy,
  });
