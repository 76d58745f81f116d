import type {ClaimInput} from '../core/claim/claim.ts';
import {ms, optional} from './optional.ts';
import type {TaskFile} from './schema.ts';

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

/** With the names and units of the library. */
export const plannedTask = (task: TaskFile): PlannedTask => ({
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

const text = (duration: number | undefined): string | undefined =>
  duration === undefined ? undefined : `${duration}ms`;

/** The same the other way round, for whoever hands it on to a run. */
export const taskFile = (task: PlannedTask): TaskFile => ({
  ...optional('id', task.id),
  agent: task.agentType,
  description: task.description,
  ...optional('files', task.files as TaskFile['files']),
  ...optional('reads', task.reads as TaskFile['reads']),
  ...optional('readOnly', task.readOnly),
  ...optional('sensitive', task.sensitive),
  ...optional('dependsOn', task.dependsOn as TaskFile['dependsOn']),
  ...optional('priority', task.priority),
  ...optional('estimate', text(task.estimateMs)),
  ...optional('timeout', text(task.timeoutMs)),
  ...optional('quietTimeout', text(task.quietTimeoutMs)),
  ...optional('retries', task.retry === undefined ? undefined : task.retry.maxAttempts - 1),
});
