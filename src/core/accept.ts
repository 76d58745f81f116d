import {AGENT_NAME, type AgentType} from './agent-type.ts';
import type {Claim, ClaimInput} from './claim/claim.ts';
import type {LookUp} from './claim/look.ts';
import {parseClaim} from './claim/parse.ts';
import {findCycle} from './graph.ts';
import {refuseWrites} from './may-write.ts';
import {withCompanions} from './reclaim.ts';
import type {Refusal} from './refusals.ts';
import {fail, ok, type Result} from './result.ts';
import type {RetryPolicy} from './retry.ts';
import {DURATION_MS_LIMIT, isPriority, PRIORITY_LIMIT, parseOptions, type Settings} from './settings.ts';
import {
  type FieldCheck,
  isArgument,
  isArgv,
  isFlag,
  isListOfText,
  isObject,
  isText,
  optional,
  wrongField,
} from './shape.ts';
import type {CoordinatorState} from './state.ts';
import {TASK_ID, type TaskId, type TaskRequest, type TaskSpec} from './task.ts';

/** Linux refuses a single argument of 128 KiB or more; a longer text belongs into a file. */
const DESCRIPTION_BYTES_MAX = 100_000;
const ATTEMPTS_LIMIT = 100;

type Checked<T> = Result<T, Refusal>;

const isWork = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  switch (value['kind']) {
    case 'function':
      return true;
    case 'command':
      return isArgv(value['argv']);
    case 'preset':
      return isText(value['preset']) && isListOfText(value['args']);
    default:
      return false;
  }
};

const KEY_CHARACTERS_MAX = 200;
const isKey = (value: unknown): boolean =>
  isText(value) && value.length >= 1 && value.length <= KEY_CHARACTERS_MAX;

const REQUEST: readonly FieldCheck[] = [
  ['id', 'text', isText],
  ['agentType', 'text', isText],
  ['description', 'text without NUL characters', isArgument],
  // Whether each element is a claim is for the parser of claims to say.
  ['files', 'a list of claims', optional(Array.isArray)],
  ['reads', 'a list of claims', optional(Array.isArray)],
  ['dependsOn', 'a list of task ids', optional(isListOfText)],
  ['readOnly', 'true or false', optional(isFlag)],
  ['sensitive', 'true or false', optional(isFlag)],
  ['retry', 'an object such as {maxAttempts: 3}', optional(isObject)],
  ['key', 'text of 1 to 200 characters', optional(isKey)],
  ['work', 'one function (run), or one list with the program first (command)', optional(isWork)],
];

/** What a submission is checked against. */
interface Context {
  readonly settings: Settings;
  /** What was seen on the disk; `undefined` if nobody looked. */
  readonly look: LookUp | undefined;
  /** The bare claims understood so far: many tasks may claim one file. */
  readonly known: Map<string, readonly Claim[]>;
}

const NO_CLAIMS: readonly Claim[] = [];
const NO_TASKS: readonly TaskId[] = [];

const parseClaims = (
  taskId: TaskId,
  inputs: readonly ClaimInput[],
  {settings, look, known}: Context,
): Checked<readonly Claim[]> => {
  const claims: Claim[] = [];
  for (const input of inputs) {
    const before = typeof input === 'string' ? known.get(input) : undefined;
    if (before !== undefined) {
      claims.push(...before);
      continue;
    }
    const parsed = parseClaim(input, parseOptions(settings, look));
    if (!parsed.ok) return fail({code: 'E_CLAIM', taskId, failure: parsed.failure});
    if (typeof input === 'string') known.set(input, parsed.value);
    claims.push(...parsed.value);
  }
  return ok(claims.length === 0 ? NO_CLAIMS : claims);
};

const saysReadOnly = (input: unknown): boolean => isObject(input) && input['readOnly'] === true;

/** What the task will write: what it lists, else what its agent type owns, else nothing if it is read-only. */
const writeSet = (request: TaskRequest, type: AgentType, context: Context): Checked<readonly Claim[]> => {
  const taskId = request.id;
  const {settings, look} = context;
  const readOnly = request.readOnly === true || type.readOnly || (request.files ?? []).some(saysReadOnly);
  const listed = parseClaims(taskId, request.files ?? [], context);
  if (!listed.ok) return listed;
  const [first] = listed.value;
  if (readOnly) {
    return first === undefined
      ? ok([])
      : fail({code: 'E_READ_ONLY', taskId, agentType: type.name, path: first.raw});
  }
  const writes = request.files === undefined ? type.owns : listed.value;
  if (writes.length === 0) return fail({code: 'E_CLAIM_EMPTY', taskId, agentType: type.name});
  const writer = {taskId, type, sensitive: request.sensitive === true};
  const refusal = refuseWrites(writer, writes, [...settings.agentTypes.values()]);
  return refusal === null ? ok(withCompanions(writes, settings, look)) : fail(refusal);
};

const isWithin = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;

const checkNumbers = (request: TaskRequest, retry: RetryPolicy): Refusal | null => {
  const refuse = (field: string, low: number, high: number): Refusal => ({
    code: 'E_NUMBER_RANGE',
    taskId: request.id,
    field,
    allowed: `${low}..${high}, integer`,
  });
  const {priority = 0, estimateMs = 1, timeoutMs = 1, quietTimeoutMs = 1} = request;
  if (!isPriority(priority)) {
    return refuse('priority', -PRIORITY_LIMIT, PRIORITY_LIMIT);
  }
  if (!isWithin(estimateMs, 0, DURATION_MS_LIMIT)) return refuse('estimateMs', 0, DURATION_MS_LIMIT);
  if (!isWithin(timeoutMs, 1, DURATION_MS_LIMIT)) return refuse('timeoutMs', 1, DURATION_MS_LIMIT);
  if (!isWithin(quietTimeoutMs, 1, DURATION_MS_LIMIT)) return refuse('quietTimeoutMs', 1, DURATION_MS_LIMIT);
  if (!isWithin(retry.maxAttempts, 1, ATTEMPTS_LIMIT)) return refuse('retry.maxAttempts', 1, ATTEMPTS_LIMIT);
  if (!isWithin(retry.backoffMs, 0, DURATION_MS_LIMIT))
    return refuse('retry.backoffMs', 0, DURATION_MS_LIMIT);
  if (!isWithin(retry.backoffMaxMs, 0, DURATION_MS_LIMIT)) {
    return refuse('retry.backoffMaxMs', 0, DURATION_MS_LIMIT);
  }
  return null;
};

const utf8 = new TextEncoder();

/** A preset tells the agent its claims in the same argument as the description. */
const tooLarge = (
  taskId: TaskId,
  what: 'description' | 'description and claims',
  bytes: number,
): Refusal => ({
  code: 'E_TEXT_TOO_LARGE',
  taskId,
  what,
  bytes,
  bytesMax: DESCRIPTION_BYTES_MAX,
});

/** The id of a request that may be anything at all. */
export const idOf = (request: unknown): TaskId => {
  const id = isObject(request) ? request['id'] : undefined;
  return isText(id) ? id : 'without an id';
};

const checkOne = (request: TaskRequest, context: Context): Checked<TaskSpec> => {
  const {settings} = context;
  const wrong = wrongField(request, REQUEST);
  if (wrong !== null) return fail({code: 'E_TASK_SHAPE', taskId: idOf(request).slice(0, 80), ...wrong});
  const {id, agentType, description} = request;
  if (!TASK_ID.test(id)) return fail({code: 'E_TASK_ID', taskId: id});
  if (!AGENT_NAME.test(agentType)) return fail({code: 'E_AGENT_NAME', agentType});
  const type = settings.agentTypes.get(agentType);
  if (type === undefined) {
    return fail({code: 'E_AGENT_UNKNOWN', agentType, known: [...settings.agentTypes.keys()]});
  }
  const bytes = utf8.encode(description).length;
  if (bytes > DESCRIPTION_BYTES_MAX) return fail(tooLarge(id, 'description', bytes));
  const retry: RetryPolicy = request.retry === undefined ? type.retry : {...type.retry, ...request.retry};
  const numbers = checkNumbers(request, retry);
  if (numbers !== null) return fail(numbers);
  const writes = writeSet(request, type, context);
  if (!writes.ok) return writes;
  const reads = parseClaims(id, request.reads ?? [], context);
  if (!reads.ok) return reads;
  const work = request.work ?? type.work;
  if (work === null) return fail({code: 'E_COMMAND_MISSING', taskId: id, agentType});
  const promptBytes =
    bytes + writes.value.reduce((sum, {text}) => sum + utf8.encode(`- ${text}\n`).length, 0);
  if (work.kind === 'preset' && promptBytes > DESCRIPTION_BYTES_MAX) {
    return fail(tooLarge(id, 'description and claims', promptBytes));
  }
  return ok({
    id,
    agentType,
    description,
    writes: writes.value,
    reads: reads.value,
    sensitive: request.sensitive === true,
    priority: request.priority ?? 0,
    dependsOn: request.dependsOn === undefined ? NO_TASKS : [...new Set(request.dependsOn)],
    estimateMs: request.estimateMs ?? null,
    timeoutMs: request.timeoutMs ?? type.timeoutMs,
    quietTimeoutMs: request.quietTimeoutMs ?? type.quietTimeoutMs,
    retry,
    work,
    ...(request.key !== undefined && {key: request.key}),
  });
};

/** Checks a submission as a whole: either every task can be accepted, or the first problem says why none is. */
export const checkSubmission = (
  state: CoordinatorState,
  requests: readonly TaskRequest[],
  look?: LookUp,
): Checked<readonly TaskSpec[]> => {
  const context: Context = {settings: state.settings, look, known: new Map()};
  const specs = new Map<TaskId, TaskSpec>();
  const keys = new Map<string, TaskId>();
  for (const request of requests) {
    const checked = checkOne(request, context);
    if (!checked.ok) return checked;
    if (specs.has(request.id) || state.tasks.has(request.id)) {
      return fail({code: 'E_TASK_DUPLICATE', taskId: request.id});
    }
    const {key} = checked.value;
    const keyed = key === undefined ? undefined : (state.keys.get(key) ?? keys.get(key));
    if (key !== undefined && keyed !== undefined) {
      return fail({code: 'E_TASK_KEY', taskId: request.id, key, holder: keyed});
    }
    if (key !== undefined) keys.set(key, request.id);
    specs.set(request.id, checked.value);
  }
  for (const {id, dependsOn} of specs.values()) {
    const unknown = dependsOn.find((dependency) => !specs.has(dependency) && !state.tasks.has(dependency));
    if (unknown !== undefined) return fail({code: 'E_DEP_UNKNOWN', taskId: id, dependency: String(unknown)});
  }
  const cycle = findCycle(new Map([...specs].map(([id, {dependsOn}]) => [id, dependsOn])));
  return cycle === null ? ok([...specs.values()]) : fail({code: 'E_DEP_CYCLE', cycle});
};
