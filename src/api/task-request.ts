import type {Work} from '../core/agent-type.ts';
import {isObject} from '../core/shape.ts';
import type {TaskId, TaskRequest} from '../core/task.ts';
import type {TaskFunction} from '../executors/function-executor.ts';
import type {TaskOptions} from './options.ts';

/** A command without a program is what the core refuses: for a `run` that is no function, or stands beside one. */
const NO_WORK: Work = {kind: 'command', argv: [], prompt: 'argument'};

const workOf = (run: TaskFunction | undefined, command: readonly string[] | undefined): Work => {
  if (run === undefined) return command === undefined ? NO_WORK : {...NO_WORK, argv: command};
  return typeof run === 'function' && command === undefined ? {kind: 'function'} : NO_WORK;
};

/** A handle stands for its id. What is neither is left for the core to refuse. */
const idOf = (other: string | {readonly id: string}): TaskId =>
  typeof other === 'object' && other !== null ? other.id : other;

/** What is no list is left for the core to refuse. */
const idsOf = (dependsOn: NonNullable<TaskOptions['dependsOn']>): readonly TaskId[] =>
  Array.isArray(dependsOn) ? dependsOn.map(idOf) : (dependsOn as readonly TaskId[]);

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

/** A task as its submitter describes it, in the form that the core checks. Not checked here. */
export const requestOf = (task: TaskOptions, id: TaskId): TaskRequest => {
  const {agentType, description = '', dependsOn, run, command, ...rest} = task;
  return {
    ...rest,
    id,
    agentType,
    description,
    ...(dependsOn !== undefined && {dependsOn: idsOf(dependsOn)}),
    ...((run !== undefined || command !== undefined) && {work: workOf(run, command)}),
  };
};
