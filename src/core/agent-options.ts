import {
  AGENT_NAME,
  type AgentType,
  type AgentTypeName,
  type EnvironmentRule,
  type StopLadder,
  type Work,
} from './agent-type.ts';
import type {Claim, ClaimFailure, ClaimInput} from './claim/claim.ts';
import {explainOverlap} from './claim/explain.ts';
import {type FoldRules, fold, PORTABLE} from './claim/fold.ts';
import type {LookUp} from './claim/look.ts';
import {overlap} from './claim/overlap.ts';
import {parseClaim} from './claim/parse.ts';
import {claimFailure} from './claim/refuse-text.ts';
import {isForbiddenVariable} from './environment.ts';
import type {Refusal} from './refusals.ts';
import {fail, ok, type Result} from './result.ts';
import {NO_RETRY, type RetryPolicy} from './retry.ts';
import {DURATION_MS_LIMIT, MAX_PARALLEL_LIMIT, parseOptions} from './settings.ts';
import {
  type FieldCheck,
  isArgv,
  isFlag,
  isListOfText,
  isObject,
  isText,
  optional,
  type WrongField,
  wrongField,
} from './shape.ts';

/** What a user may say about an agent type. Everything has a default. */
export interface AgentOptions {
  /** How many tasks of this type may run at once. Default 1. */
  readonly instances?: number;
  /** What this type may write; nobody else may. Default: whatever nobody owns. */
  readonly owns?: readonly ClaimInput[];
  /** Its tasks write nothing. Default false. */
  readonly readOnly?: boolean;
  /** What its tasks use up together with those of other types, such as `model-api`: see the limits of tags. */
  readonly tags?: readonly string[];
  /** A program with its arguments, without a shell. `{prompt}` and `{files}` are replaced as whole elements. */
  readonly command?: readonly string[];
  /** How a `command` gets the description: as the argument `{prompt}` (default), or on its stdin. */
  readonly prompt?: 'argument' | 'stdin';
  /** A known agent CLI, instead of a command: `claude`, `codex`, `gemini` or `opencode`. */
  readonly use?: string;
  /** More arguments for that CLI. */
  readonly args?: readonly string[];
  /** How long one attempt may take (ms). Default: no limit. */
  readonly timeoutMs?: number;
  /** How long one attempt may print nothing (ms). Default: no limit. */
  readonly quietTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly stop?: Partial<StopLadder>;
  readonly env?: {
    /** Only these variables are passed on. Default: all but those that are always dropped. */
    readonly only?: readonly string[];
    readonly set?: Readonly<Record<string, string>>;
  };
}

/** Ten seconds are what agents take to save their session; two, what a shell needs to pass a signal on. */
const DEFAULT_STOP: StopLadder = {askMs: 2_000, graceMs: 10_000, sweepMs: 5_000};

export interface ResolveOptions {
  readonly root: string | null;
  /** The names that `use` may have. */
  readonly presets: readonly string[];
  /** Which names may be one file. Default: the portable rules. */
  readonly rules?: FoldRules;
  /** What was seen on the disk of the paths that are owned. */
  readonly look?: LookUp;
  /** Several agent types may own one file. Default false. */
  readonly sharedOwnership?: boolean;
}

type Checked<T> = Result<T, Refusal>;

const isPromptWay = (value: unknown): boolean => value === 'argument' || value === 'stdin';
/** A name with "=" in it would reach the program as another name: POSIX.1, Environment Variable Definition. */
const isVariable = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/u.test(name);
const isVariableValue = (value: unknown): boolean => isText(value) && !value.includes('\0');
const isEnvironment = (value: unknown): boolean =>
  isObject(value) &&
  (value['only'] === undefined || (isListOfText(value['only']) && value['only'].every(isVariable))) &&
  (value['set'] === undefined ||
    (isObject(value['set']) &&
      Object.keys(value['set']).every(isVariable) &&
      Object.values(value['set']).every(isVariableValue)));

const isListOfTags = (value: unknown): boolean =>
  isListOfText(value) && value.every((tag) => AGENT_NAME.test(tag)) && new Set(value).size === value.length;

const OPTIONS: readonly FieldCheck[] = [
  ['owns', 'a list of claims', optional(Array.isArray)],
  ['readOnly', 'true or false', optional(isFlag)],
  ['tags', 'a list of names, each once: lowercase letters, digits, "-", "_"', optional(isListOfTags)],
  ['use', 'the name of a preset', optional(isText)],
  ['args', 'a list of texts', optional(isListOfText)],
  ['prompt', '"argument" or "stdin"', optional(isPromptWay)],
  ['retry', 'an object such as {maxAttempts: 3}', optional(isObject)],
  ['stop', 'an object such as {graceMs: 10000}', optional(isObject)],
  [
    'env',
    'an object {only: [names], set: {name: text}}, where a name has letters, digits and "_"',
    optional(isEnvironment),
  ],
];

const namesSomething = (claim: ClaimInput): boolean => typeof claim === 'string' || !('readOnly' in claim);

/** Options that are each right and do not go together, or say nothing. */
const contradiction = ({command, use, args, prompt, owns}: AgentOptions): WrongField | null => {
  // Whoever owns nothing may write whatever nobody owns, which is the contrary of what this says.
  if (owns !== undefined && !owns.some(namesSomething))
    return {
      field: '"owns"',
      expected: 'at least one path or glob; readOnly: true for one that writes nothing',
    };
  if (command !== undefined && use !== undefined)
    return {field: '"use" beside "command"', expected: 'one of the two'};
  if (args !== undefined && use === undefined) return {field: '"args"', expected: 'only beside "use"'};
  if (prompt !== undefined && command === undefined)
    return {field: '"prompt"', expected: 'only beside "command"'};
  return null;
};

const resolveWork = (
  name: string,
  options: AgentOptions,
  presets: readonly string[],
): Checked<Work | null> => {
  const {command, use, prompt = 'argument', args = []} = options;
  if (command !== undefined) {
    if (!isArgv(command)) return fail({code: 'E_COMMAND_SHAPE', agentType: name});
    return ok({kind: 'command', argv: command, prompt});
  }
  if (use === undefined) return ok(null);
  if (!presets.includes(use))
    return fail({code: 'E_PRESET_UNKNOWN', agentType: name, preset: use, known: presets});
  return ok({kind: 'preset', preset: use, args});
};

const resolveEnvironment = (name: string, {env}: AgentOptions): Checked<EnvironmentRule> => {
  const only = env?.only ?? null;
  const set = env?.set ?? {};
  const forbidden = [...(only ?? []), ...Object.keys(set)].find(isForbiddenVariable);
  return forbidden === undefined
    ? ok({only, set})
    : fail({code: 'E_ENV_FORBIDDEN', agentType: name, name: forbidden});
};

/** To own more than was written would give rights that nobody gave. */
export const refuseInexact = (raw: string): ClaimFailure =>
  claimFailure(
    'E_GLOB_INEXACT',
    raw,
    'cannot be taken exactly',
    'list the files, or use *, ?, [...], {a,b} and ** alone',
  );

const resolveOwns = (
  name: string,
  options: AgentOptions,
  {root, rules = PORTABLE, look}: ResolveOptions,
): Checked<readonly Claim[]> => {
  const owns: Claim[] = [];
  for (const input of options.owns ?? []) {
    const parsed = parseClaim(input, parseOptions({root, rules}, look));
    if (!parsed.ok) return fail({code: 'E_OWNS', agentType: name, failure: parsed.failure});
    const inexact = parsed.value.find(({widened}) => widened);
    if (inexact !== undefined)
      return fail({code: 'E_OWNS', agentType: name, failure: refuseInexact(inexact.raw)});
    owns.push(...parsed.value);
  }
  return ok(owns);
};

// Written out: spread over the defaults, an option that is there and `undefined` would take one away.
const retryOf = ({
  maxAttempts = NO_RETRY.maxAttempts,
  backoffMs = NO_RETRY.backoffMs,
  backoffMaxMs = NO_RETRY.backoffMaxMs,
}: Partial<RetryPolicy> = {}): RetryPolicy => ({maxAttempts, backoffMs, backoffMaxMs});

const ladderOf = ({
  askMs = DEFAULT_STOP.askMs,
  graceMs = DEFAULT_STOP.graceMs,
  sweepMs = DEFAULT_STOP.sweepMs,
}: Partial<StopLadder> = {}): StopLadder => ({askMs, graceMs, sweepMs});

/** By the names that the library has for them: what comes from a file is in range already. */
const outOfRange = (name: string, type: AgentType): Refusal | null => {
  const checks: readonly (readonly [string, number | null, number, number])[] = [
    ['instances', type.instances, 1, MAX_PARALLEL_LIMIT],
    ['timeoutMs', type.timeoutMs, 1, DURATION_MS_LIMIT],
    ['quietTimeoutMs', type.quietTimeoutMs, 1, DURATION_MS_LIMIT],
    ['retry.maxAttempts', type.retry.maxAttempts, 1, 100],
    ['retry.backoffMs', type.retry.backoffMs, 0, DURATION_MS_LIMIT],
    ['retry.backoffMaxMs', type.retry.backoffMaxMs, 0, DURATION_MS_LIMIT],
    ['stop.askMs', type.stop.askMs, 0, DURATION_MS_LIMIT],
    ['stop.graceMs', type.stop.graceMs, 0, DURATION_MS_LIMIT],
    ['stop.sweepMs', type.stop.sweepMs, 0, DURATION_MS_LIMIT],
  ];
  for (const [field, value, low, high] of checks) {
    if (value !== null && !(Number.isInteger(value) && value >= low && value <= high)) {
      return {code: 'E_AGENT_OPTION', agentType: name, field, allowed: `${low}..${high}, integer`};
    }
  }
  return null;
};

const resolveOne = (name: string, options: AgentOptions, resolve: ResolveOptions): Checked<AgentType> => {
  if (!AGENT_NAME.test(name)) return fail({code: 'E_AGENT_NAME', agentType: name});
  const wrong = wrongField(options, OPTIONS) ?? contradiction(options);
  if (wrong !== null) {
    return fail({code: 'E_AGENT_OPTION', agentType: name, field: wrong.field, allowed: wrong.expected});
  }
  const owns = resolveOwns(name, options, resolve);
  if (!owns.ok) return owns;
  const work = resolveWork(name, options, resolve.presets);
  if (!work.ok) return work;
  const environment = resolveEnvironment(name, options);
  if (!environment.ok) return environment;
  const type: AgentType = {
    name,
    instances: options.instances ?? 1,
    owns: owns.value,
    readOnly: options.readOnly ?? false,
    tags: options.tags ?? [],
    work: work.value,
    timeoutMs: options.timeoutMs ?? null,
    quietTimeoutMs: options.quietTimeoutMs ?? null,
    retry: retryOf(options.retry),
    stop: ladderOf(options.stop),
    environment: environment.value,
  };
  const range = outOfRange(name, type);
  return range === null ? ok(type) : fail(range);
};

/** The first two agent types that own one file. */
const sharedOwnership = (types: readonly AgentType[]): Refusal | null => {
  for (const [i, first] of types.entries()) {
    for (const second of types.slice(i + 1)) {
      for (const ours of first.owns) {
        for (const theirs of second.owns) {
          if (!overlap(ours, theirs)) continue;
          return {
            code: 'E_OWNS_OVERLAP',
            agentTypes: [first.name, second.name],
            claims: [ours.raw, theirs.raw],
            example: explainOverlap(ours, theirs).example,
          };
        }
      }
    }
  }
  return null;
};

/** The agent types of a configuration, in its order; or the first thing that is wrong with it. */
export const resolveAgentTypes = (
  agents: ReadonlyMap<string, AgentOptions>,
  resolve: ResolveOptions,
): Checked<ReadonlyMap<AgentTypeName, AgentType>> => {
  const folded = new Map<string, string>();
  for (const name of agents.keys()) {
    const other = folded.get(fold(name));
    if (other !== undefined) return fail({code: 'E_AGENT_DUPLICATE', names: [other, name]});
    folded.set(fold(name), name);
  }
  const types = new Map<AgentTypeName, AgentType>();
  for (const [name, options] of agents) {
    const resolved = resolveOne(name, options, resolve);
    if (!resolved.ok) return resolved;
    types.set(name, resolved.value);
  }
  const shared = resolve.sharedOwnership === true ? null : sharedOwnership([...types.values()]);
  return shared === null ? ok(types) : fail(shared);
};
