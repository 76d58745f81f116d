import {didYouMean} from '../config/describe-issue.ts';
import {isObject} from '../core/shape.ts';
import {DisjointError} from './errors.ts';
import type {
  ClaimOptions,
  LibraryAgentOptions,
  OrchestratorOptions,
  ShutdownOptions,
  TaskOptions,
} from './options.ts';

/** Every option by name, so that a new one breaks the build here until it is listed. */
type Names<T> = Readonly<Record<keyof T, true>>;

const ORCHESTRATOR: Names<OrchestratorOptions> = {
  maxParallel: true,
  resources: true,
  limits: true,
  agents: true,
  repo: true,
  stateDir: true,
  companions: true,
  sharedOwnership: true,
  pathPolicy: true,
  secrets: true,
  policy: true,
  overtakesMax: true,
  agingMs: true,
  store: true,
  logger: true,
  clock: true,
  ids: true,
  runId: true,
  environment: true,
  executor: true,
  resolver: true,
  meter: true,
  inspect: true,
};

const AGENT: Names<LibraryAgentOptions> = {
  instances: true,
  owns: true,
  readOnly: true,
  tags: true,
  command: true,
  prompt: true,
  use: true,
  args: true,
  timeoutMs: true,
  quietTimeoutMs: true,
  retry: true,
  stop: true,
  env: true,
  run: true,
};

const TASK: Names<TaskOptions> = {
  id: true,
  agentType: true,
  description: true,
  files: true,
  reads: true,
  readOnly: true,
  sensitive: true,
  priority: true,
  dependsOn: true,
  estimateMs: true,
  timeoutMs: true,
  quietTimeoutMs: true,
  retry: true,
  key: true,
  run: true,
  command: true,
};

const RETRY: Names<NonNullable<TaskOptions['retry']>> = {
  maxAttempts: true,
  backoffMs: true,
  backoffMaxMs: true,
};
const STOP: Names<NonNullable<LibraryAgentOptions['stop']>> = {askMs: true, graceMs: true, sweepMs: true};
const ENV: Names<NonNullable<LibraryAgentOptions['env']>> = {only: true, set: true};

const CLAIM: Names<ClaimOptions> = {root: true, policy: true};

const SHUTDOWN: Names<ShutdownOptions> = {mode: true, graceMs: true, reason: true};

/** The first key of an object that is no option, told with the nearest that is one; `null` if all are. */
const unknownIn = (
  what: string,
  given: unknown,
  known: Readonly<Record<string, true>>,
): DisjointError | null => {
  // Whatever is no object is refused where its shape is checked.
  const key = isObject(given) ? Object.keys(given).find((name) => !Object.hasOwn(known, name)) : undefined;
  if (key === undefined) return null;
  const shown = key.slice(0, 80);
  const hint = didYouMean(key, Object.keys(known));
  return new DisjointError('E_OPTION', `${what}: "${shown}" is not known here`, hint, {field: shown});
};

/** An option that does not exist, somewhere in what an orchestrator is made with. */
export const unknownOption = (options: OrchestratorOptions): DisjointError | null => {
  const direct = unknownIn('the orchestrator', options, ORCHESTRATOR);
  if (direct !== null) return direct;
  for (const [name, agent] of Object.entries(options.agents)) {
    const what = `agent type ${name.slice(0, 80)}`;
    const {retry, stop, env} = isObject(agent) ? agent : {};
    const unknown =
      unknownIn(what, agent, AGENT) ??
      unknownIn(`${what}, retry`, retry, RETRY) ??
      unknownIn(`${what}, stop`, stop, STOP) ??
      unknownIn(`${what}, env`, env, ENV);
    if (unknown !== null) return unknown;
  }
  return null;
};

/** An option that does not exist in how an orchestrator is to be ended. */
export const unknownShutdownOption = (options: ShutdownOptions): DisjointError | null =>
  unknownIn('shutdown', options, SHUTDOWN);

/** An option that does not exist in how claims are to be read: without it they would be read by their texts alone. */
export const unknownClaimOption = (options: ClaimOptions): DisjointError | null =>
  unknownIn('claims', options, CLAIM);

/** An option that does not exist in one of these tasks: one that is overlooked could be the one that protects. */
export const unknownTaskOption = (tasks: readonly TaskOptions[]): DisjointError | null => {
  for (const task of tasks) {
    const what = `task ${String(task.id ?? 'without an id').slice(0, 80)}`;
    const unknown = unknownIn(what, task, TASK) ?? unknownIn(`${what}, retry`, task.retry, RETRY);
    if (unknown !== null) return unknown;
  }
  return null;
};
