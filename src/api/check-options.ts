import {POLICIES} from '../core/policy.ts';
import {DURATION_MS_LIMIT, isMaxParallel, MAX_PARALLEL_LIMIT} from '../core/settings.ts';
import {
  type FieldCheck,
  isArgument,
  isFlag,
  isListOfText,
  isObject,
  isText,
  optional,
  wrongField,
} from '../core/shape.ts';
import {DisjointError} from './errors.ts';

const hasMethods =
  (...names: readonly string[]) =>
  (value: unknown): boolean =>
    isObject(value) && names.every((name) => typeof value[name] === 'function');

const isTableOfLists = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every(isListOfText);

const isTableOfLimits = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((limit) => typeof limit === 'number' && isMaxParallel(limit));

const isRunId = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9-]{1,64}$/u.test(value);

const isInspector = (value: unknown): boolean => typeof value === 'function' || isObject(value);

const isDuration = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= DURATION_MS_LIMIT;

const isPolicy = (value: unknown): boolean => POLICIES.some((policy) => policy === value);

const isPathPolicy = (value: unknown): boolean => value === 'portable' || value === 'native';

/** No path has a NUL: whatever stood behind it would not be looked at. */
const isAbsolutePath = (value: unknown): boolean => isArgument(value) && value.startsWith('/');

const isShutdownMode = (value: unknown): boolean =>
  value === 'drain' || value === 'cancel-queued' || value === 'now';

/** What an orchestrator is made with, as far as it is no agent type and no number. */
export const ORCHESTRATOR_OPTIONS: readonly FieldCheck[] = [
  ['agents', 'an object such as {code_developer: {}}', isObject],
  ['repo', 'the path of a folder', optional(isText)],
  ['stateDir', 'the path of a folder', optional(isText)],
  ['companions', 'an object of lists such as {"package.json": []}', optional(isTableOfLists)],
  ['sharedOwnership', 'true or false', optional(isFlag)],
  ['pathPolicy', '"portable" or "native"', optional(isPathPolicy)],
  ['secrets', 'a list of names of variables', optional(isListOfText)],
  ['policy', '"fair", "throughput" or "ordered"', optional(isPolicy)],
  [
    'limits',
    `an object of integers, 1..${MAX_PARALLEL_LIMIT}, such as {"model-api": 2}`,
    optional(isTableOfLimits),
  ],
  [
    'store',
    'an object with append, read, lastSeq and close',
    optional(hasMethods('append', 'read', 'lastSeq', 'close')),
  ],
  [
    'logger',
    'an object with debug, info, warn and error',
    optional(hasMethods('debug', 'info', 'warn', 'error')),
  ],
  ['clock', 'an object with now and setTimer', optional(hasMethods('now', 'setTimer'))],
  ['ids', 'an object with taskId', optional(hasMethods('taskId'))],
  ['runId', 'letters, digits and "-", at most 64', optional(isRunId)],
  ['environment', 'an object of names and texts', optional(isObject)],
  ['executor', 'an object with start', optional(hasMethods('start'))],
  ['meter', 'an object with read', optional(hasMethods('read'))],
  ['resolver', 'an object with look', optional(hasMethods('look'))],
  ['inspect', 'a function or an observer', optional(isInspector)],
];

/** How claims are read. With a root that is not there as written, links that lead to one file would be missed. */
export const CLAIM_OPTIONS: readonly FieldCheck[] = [
  ['root', 'an absolute path', optional(isAbsolutePath)],
  ['policy', '"portable" or "native"', optional(isPathPolicy)],
];

export const SHUTDOWN_OPTIONS: readonly FieldCheck[] = [
  ['mode', '"drain", "cancel-queued" or "now"', optional(isShutdownMode)],
  ['graceMs', `an integer, 0..${DURATION_MS_LIMIT}`, optional(isDuration)],
  ['reason', 'text', optional(isText)],
];

/** How many events a reader at its own pace may leave unread. */
export const BUFFER: readonly FieldCheck[] = [
  ['bufferMax', 'an integer of 1 or more', (value) => Number.isSafeInteger(value) && Number(value) >= 1],
];

export const REASON: readonly FieldCheck[] = [['reason', 'text', optional(isText)]];

/**
 * Callers are not all held to types.
 *
 * @throws DisjointError `E_OPTION` naming the first option that is not what it must be.
 */
export const assertOptions = (given: unknown, checks: readonly FieldCheck[]): void => {
  const wrong = wrongField(given, checks);
  if (wrong === null) return;
  const what = isObject(given) ? wrong.field : 'the options';
  throw new DisjointError('E_OPTION', `${what} must be ${wrong.expected}`, 'correct it in the call');
};
