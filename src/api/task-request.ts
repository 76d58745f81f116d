import type {Work} from '../core/agent-type.ts';
import {isObject} from '../core/shape.ts';
import type {TaskId, TaskRequest} from '../core/task.ts';
import type {TaskFunction} from '../executors/function-executor.ts';
import type {TaskOptions} from './options.ts';

type Foreign = (handle: object) => boolean;

/** A list as it is now, so that later changes by its owner change nothing. What is no list is left for the core. */
const copyOf = <T>(list: readonly T[]): readonly T[] => (Array.isArray(list) ? list.map(copyOfClaim) : list);

/** Reads a claim once, here: one that throws when it is read throws at its owner, and not into a decision. */
const copyOfClaim = <T>(claim: T): T => {
  if (!isObject(claim)) return claim;
  const copy = {...claim};
  const rename: unknown = copy['rename'];
  return Array.isArray(rename) ? {...copy, rename: Array.from<unknown>(rename)} : copy;
};

/** A command without a program is what the core refuses: for a `run` that is no function, or stands beside one. */
const NO_WORK: Work = {kind: 'command', argv: [], prompt: 'argument'};

const workOf = (run: TaskFunction | undefined, command: readonly string[] | undefined): Work => {
  if (run === undefined) return command === undefined ? NO_WORK : {...NO_WORK, argv: copyOf(command)};
  return typeof run === 'function' && command === undefined ? {kind: 'function'} : NO_WORK;
};

/** A handle stands for its id; one of another orchestrator for an id that no task here can have. */
const idOf = (other: string | {readonly id: string}, isForeign: Foreign): TaskId => {
  // What is neither is left for the core to refuse.
  if (typeof other !== 'object' || other === null) return other;
  return isForeign(other) ? `${other.id} of another orchestrator` : other.id;
};

/** What is no list is left for the core to refuse. */
const idsOf = (dependsOn: NonNullable<TaskOptions['dependsOn']>, isForeign: Foreign): readonly TaskId[] =>
  Array.isArray(dependsOn)
    ? dependsOn.map((other: string | {readonly id: string}) => idOf(other, isForeign))
    : (dependsOn as readonly TaskId[]);

/** An option that is `undefined` is one that was left out. What is no object is left for the core to refuse. */
const retryOf = (retry: NonNullable<TaskOptions['retry']>): NonNullable<TaskOptions['retry']> => {
  if (!isObject(retry)) return retry;
  const {maxAttempts, backoffMs, backoffMaxMs} = retry;
  return {
    ...(maxAttempts !== undefined && {maxAttempts}),
    ...(backoffMs !== undefined && {backoffMs}),
    ...(backoffMaxMs !== undefined && {backoffMaxMs}),
  };
};

/**
 * Callers are not all held to types.
 *
 * @throws TypeError if `tasks` is no list of objects.
 */
export const assertTaskObjects = (tasks: readonly TaskOptions[]): void => {
  const given: unknown = tasks;
  if (!Array.isArray(given) || !given.every(isObject)) {
    throw new TypeError('tasks must be objects such as {agentType, description, files, run}');
  }
};

/** A copy of a task as its submitter describes it, in the form that the core checks. Not checked here. */
export const requestOf = (task: TaskOptions, id: TaskId, isForeign: Foreign = () => false): TaskRequest => {
  const {agentType, description = '', dependsOn, run, command, files, reads, retry, ...rest} = task;
  return {
    ...rest,
    id,
    agentType,
    description,
    ...(files !== undefined && {files: copyOf(files)}),
    ...(reads !== undefined && {reads: copyOf(reads)}),
    ...(retry !== undefined && {retry: retryOf(retry)}),
    ...(dependsOn !== undefined && {dependsOn: idsOf(dependsOn, isForeign)}),
    ...((run !== undefined || command !== undefined) && {work: workOf(run, command)}),
  };
};
