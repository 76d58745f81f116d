import type {z} from 'zod';
import type {AgentOptions} from '../core/agent-options.ts';
import type {CompanionTable} from '../core/claim/companions.ts';
import type {Policy} from '../core/policy.ts';
import {fail, ok, type Result} from '../core/result.ts';
import {checkValue} from './check-value.ts';
import {ms, optional} from './optional.ts';
import {type PlannedTask, plannedTask} from './planned-task.ts';
import {type FileKind, type Problem, problem} from './problem.ts';
import {readText} from './read-text.ts';
import {type AgentFile, type ConfigFile, configSchema, planSchema} from './schema.ts';
import {parseYaml} from './yaml.ts';

/** How busy the machine may be (percent); what is left out is the default. */
export type ResourcesFile = Exclude<NonNullable<ConfigFile['resources']>, false>;

/** A configuration file, understood as far as its own text goes. */
export interface LoadedConfig {
  readonly maxParallel: number | 'auto' | null;
  readonly resources: ResourcesFile | false;
  /** How many tasks of each tag may run at once. */
  readonly limits: Readonly<Record<string, number>>;
  readonly policy: Policy;
  readonly agents: ReadonlyMap<string, AgentOptions>;
  readonly companions: CompanionTable;
  readonly sharedOwnership: boolean;
  readonly pathPolicy: 'portable' | 'native';
  /** Variables of the environment that hold secrets, beside those whose names say so. */
  readonly secrets: readonly string[];
}

const load = async <T>(
  kind: FileKind,
  file: string,
  shown: string,
  schema: z.ZodType<T>,
): Promise<Result<T, Problem>> => {
  const text = await readText(kind, file, shown);
  if (!text.ok) return text;
  const parsed = parseYaml(kind, text.value, shown);
  if (!parsed.ok) return parsed;
  return checkValue(kind, parsed.value, schema, shown);
};

const agentOptions = (agent: AgentFile): AgentOptions => {
  const {owns, readOnly, tags, use, args, command, prompt, instances, timeout, quietTimeout, env, stop} =
    agent;
  const retry = {
    ...optional('maxAttempts', agent.retries === undefined ? undefined : agent.retries + 1),
    ...optional('backoffMs', ms(agent.backoff)),
    ...optional('backoffMaxMs', ms(agent.backoffMax)),
  };
  return {
    ...optional('owns', owns),
    ...optional('readOnly', readOnly),
    ...optional('tags', tags),
    ...optional('use', use),
    ...optional('args', args),
    ...optional('command', command),
    ...optional('prompt', prompt),
    ...optional('instances', instances),
    ...optional('timeoutMs', ms(timeout)),
    ...optional('quietTimeoutMs', ms(quietTimeout)),
    retry,
    stop: {...optional('askMs', ms(stop?.ask)), ...optional('graceMs', ms(stop?.grace))},
    env: {...optional('only', env?.only), ...optional('set', env?.set)},
  };
};

/** Loads a `disjoint.yaml`. @param shown The name of the file for messages. */
export const loadConfigFile = async (file: string, shown: string): Promise<Result<LoadedConfig, Problem>> => {
  const loaded = await load('config', file, shown, configSchema);
  if (!loaded.ok) return loaded;
  const {
    maxParallel = null,
    resources = {},
    limits = {},
    policy = 'fair',
    agents,
    companions = {},
    sharedOwnership = false,
    pathPolicy = 'portable',
    secrets = [],
  } = loaded.value;
  const entries = Object.entries(agents).map(([name, agent]) => [name, agentOptions(agent)] as const);
  return ok({
    maxParallel,
    resources,
    limits,
    policy,
    agents: new Map(entries),
    companions,
    sharedOwnership,
    pathPolicy,
    secrets,
  });
};

/** Loads a plan. An empty one is an error: whoever runs it expects something to happen. */
export const loadPlanFile = async (
  file: string,
  shown: string,
): Promise<Result<readonly PlannedTask[], Problem>> => {
  const loaded = await load('plan', file, shown, planSchema);
  if (!loaded.ok) return loaded;
  const {tasks} = loaded.value;
  if (tasks.length === 0) {
    return fail(problem('plan', 'EMPTY', `${shown} has no tasks`, 'add at least one under "tasks"'));
  }
  return ok(tasks.map(plannedTask));
};
