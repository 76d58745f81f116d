import {z} from 'zod';
import type {AgentOptions} from '../core/agent-options.ts';
import type {ClaimInput} from '../core/claim/claim.ts';
import type {CompanionTable} from '../core/claim/companions.ts';
import type {Policy} from '../core/policy.ts';
import {fail, ok, type Result} from '../core/result.ts';
import {describeIssue} from './describe-issue.ts';
import {parseDuration} from './duration.ts';
import {type FileKind, type Problem, problem} from './problem.ts';
import {readText} from './read-text.ts';
import {type AgentFile, type ConfigFile, configSchema, planSchema, type TaskFile} from './schema.ts';
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

/** One task of a plan, with durations in ms. */
export interface PlannedTask {
  readonly id?: string;
  readonly agentType: string;
  readonly description: string;
  readonly files?: readonly ClaimInput[];
  readonly reads?: readonly ClaimInput[];
  readonly readOnly?: boolean;
  readonly sensitive?: boolean;
  readonly dependsOn?: readonly string[];
  readonly priority?: number;
  readonly estimateMs?: number;
  readonly timeoutMs?: number;
  readonly quietTimeoutMs?: number;
  readonly retry?: {readonly maxAttempts: number};
}

/** What a schema is about: of a choice the part that is an object. */
const contentOf = (schema: unknown): unknown => {
  let at = schema;
  while (at instanceof z.ZodOptional) at = at.unwrap();
  return at instanceof z.ZodUnion ? at.options.find((option) => option instanceof z.ZodObject) : at;
};

/** The keys of the object schema at a place in the file. */
const keysAt = (schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] => {
  let at: unknown = schema;
  for (const key of path) {
    at = contentOf(at);
    if (at instanceof z.ZodObject) at = at.shape[String(key)];
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else if (at instanceof z.ZodArray) at = at.element;
  }
  at = contentOf(at);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
};

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
  const checked = schema.safeParse(parsed.value.value);
  if (checked.success) return ok(checked.data);
  // A misspelled key explains a missing one better than the missing one does.
  const {issues} = checked.error;
  const issue = issues.find(({code}) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined)
    return fail(problem(kind, 'VALUE', `${shown} is not valid`, 'compare it with the schema'));
  return fail(describeIssue(kind, issue, parsed.value, (path) => keysAt(schema, path)));
};

/** The value under a name, or nothing at all: an absent option must stay absent. */
const optional = <K extends string, V>(name: K, value: V | null | undefined): {readonly [P in K]?: V} =>
  value === undefined || value === null ? {} : ({[name]: value} as {readonly [P in K]: V});

const ms = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : (parseDuration(duration) ?? undefined);

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

const plannedTask = (task: TaskFile): PlannedTask => ({
  ...optional('id', task.id),
  agentType: task.agent,
  description: task.description ?? '',
  ...optional('files', task.files),
  ...optional('reads', task.reads),
  ...optional('readOnly', task.readOnly),
  ...optional('sensitive', task.sensitive),
  ...optional('dependsOn', task.dependsOn),
  ...optional('priority', task.priority),
  ...optional('estimateMs', ms(task.estimate)),
  ...optional('timeoutMs', ms(task.timeout)),
  ...optional('quietTimeoutMs', ms(task.quietTimeout)),
  ...optional('retry', task.retries === undefined ? undefined : {maxAttempts: task.retries + 1}),
});

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
