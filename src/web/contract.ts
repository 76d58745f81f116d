import {z} from 'zod';
import {MAX_PARALLEL_LIMIT, TASK_STATES} from '../api/limits.ts';
import type {RunInfo} from '../api/steered-run.ts';
import {submissionSchema} from '../api/submission.ts';
import type {TaskDetails} from '../api/task-details.ts';
import type {Blocker, DisjointEvent, Explanation, RunSummary, Status, TaskStatus} from '../index.ts';

const hasText = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, key) === 'string';

/**
 * What our own types describe, and a page of the reference: it is only looked at whether it is of that kind at all. The two
 * ends are of one version most of the time, and what a newer one adds has to pass.
 */
const known = <T>(key: string, description: string) =>
  z.custom<T>((value) => hasText(value, key)).meta({type: 'object', required: [key], description});

const blocker = known<Blocker>(
  'kind',
  'One reason why a task does not run now: docs/reference/events.md#blockers.',
);
const summary = known<RunSummary>(
  'type',
  'What came of all tasks so far: docs/reference/events.md#not-events.',
);
const explanation = known<Explanation>('text', 'Why a task is where it is: docs/reference/library.md#why.');
export const eventSchema = known<DisjointEvent>('type', 'What happened: docs/reference/events.md.');

const mode = z.enum(['starting', 'running', 'paused', 'draining', 'stopped']);
const state = z.enum(TASK_STATES);
const time = z.number().meta({description: 'On the clock of events, in ms.'});

const task = z.object({
  id: z.string(),
  agentType: z.string(),
  description: z.string(),
  files: z.array(z.string()),
  sensitive: z.boolean(),
  priority: z.number(),
  state,
  attempt: z.number().nullable(),
  agent: z.string().nullable(),
  runningSince: time.nullable(),
  waitsFor: z.array(blocker),
}) satisfies z.ZodType<TaskStatus>;

const status = z.object({
  mode,
  maxParallel: z.int(),
  resources: z.object({
    paused: z.boolean(),
    lowered: z.int().nullable(),
    because: z
      .object({resource: z.enum(['cpu', 'memory']), percent: z.number(), threshold: z.number()})
      .nullable(),
  }),
  runningAgents: z.array(z.string()),
  runningFiles: z.array(z.string()),
  queuedTasks: z.int(),
  counts: z.record(state, z.int()),
  tasks: z.array(task),
}) satisfies z.ZodType<Status>;

const attempt = z.object({
  attempt: z.int(),
  agent: z.string(),
  startedAt: time,
  endedAt: time.nullable(),
  ended: z.string().nullable(),
  logPath: z.string().nullable(),
});

const details = task.extend({
  reads: z.array(z.string()),
  dependsOn: z.array(z.string()),
  dependents: z.array(z.string()),
  estimateMs: z.number().nullable(),
  timeoutMs: z.number().nullable(),
  quietTimeoutMs: z.number().nullable(),
  maxAttempts: z.int(),
  key: z.string().nullable(),
  retryOf: z.string().nullable(),
  submittedAt: time,
  endedAt: time.nullable(),
  reason: z.string().nullable(),
  tail: z.array(z.string()),
  attempts: z.array(attempt),
}) satisfies z.ZodType<TaskDetails>;

const info = z.object({
  pid: z.int(),
  command: z.enum(['run', 'delegate', 'serve', 'demo']),
  root: z.string(),
  runId: z.string(),
  startedAt: z.number().meta({description: 'Wall time, in ms since 1970.'}),
  mode,
  now: time,
  lastSeq: z.int(),
  expectedEnd: z.object({atMs: time, from: z.enum(['estimates', 'past-durations'])}).nullable(),
  summary,
}) satisfies z.ZodType<RunInfo>;

export const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    field: z.string().nullable(),
    hint: z.string(),
    docs: z.string(),
  }),
});

/** What a reader of events gets in place of those that are not kept any more. */
export const resetSchema = z.object({lastSeq: z.int(), status});

const reason = z.string().max(1_000).optional();

/** What can be asked of a run: the one description of it that server, client and reference have. */
export const ROUTES = {
  info: {method: 'get', path: '/run', says: 'What runs here.', answer: info},
  status: {method: 'get', path: '/status', says: 'What runs, what waits, and for what.', answer: status},
  list: {
    method: 'get',
    path: '/tasks',
    says: 'All tasks, in the order of arrival.',
    answer: z.object({tasks: z.array(task)}),
  },
  submit: {
    method: 'post',
    path: '/tasks',
    says: 'Hands in tasks: all are accepted, or none is. Answered once that is on the disk.',
    body: submissionSchema,
    answer: z.object({tasks: z.array(z.object({id: z.string(), isNew: z.boolean()}))}),
  },
  show: {method: 'get', path: '/tasks/:id', says: 'All that is known of one task.', answer: details},
  why: {method: 'get', path: '/tasks/:id/why', says: 'Why a task is where it is.', answer: explanation},
  cancel: {
    method: 'post',
    path: '/tasks/:id/cancel',
    says: 'Takes a task back. One that runs ends when it is dead.',
    body: z.strictObject({reason}),
    answer: details,
  },
  retry: {
    method: 'post',
    path: '/tasks/:id/retry',
    says: 'Tries a task now that is in back-off; hands one in again that ended without success.',
    body: z.strictObject({}),
    answer: z.object({id: z.string().meta({description: 'Of the task that is tried.'})}),
  },
  pause: {
    method: 'post',
    path: '/pause',
    says: 'Starts nothing new until it is resumed.',
    body: z.strictObject({reason}),
    answer: info,
  },
  resume: {method: 'post', path: '/resume', says: 'Goes on.', body: z.strictObject({}), answer: info},
  limit: {
    method: 'post',
    path: '/limit',
    says: 'Changes how many tasks may run at once. A lower limit stops nothing.',
    body: z.strictObject({maxParallel: z.int().min(1).max(MAX_PARALLEL_LIMIT)}),
    answer: info,
  },
  stop: {
    method: 'post',
    path: '/stop',
    says: 'Ends the run: what runs is finished, or stopped at once; what has not started is cancelled.',
    body: z.strictObject({now: z.boolean().optional()}),
    answer: z.object({running: z.int().meta({description: 'How many tasks run.'})}),
  },
} as const;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;

type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? {readonly [Key in keyof T]: Immutable<T[Key]>}
    : T;

/** What comes back. */
export type AnswerOf<Name extends RouteName> = Immutable<z.infer<Routes[Name]['answer']>>;

/** The stream of events has no JSON answer. */
export const EVENTS_PATH = '/events';
