import {z} from 'zod';
import {POLICIES} from '../core/policy.ts';
import {MAX_PARALLEL_LIMIT} from '../core/settings.ts';
import {parseDuration} from './duration.ts';

/** The message by which `describeIssue` knows a duration that cannot be read. */
export const DURATION_MESSAGE = 'duration';
export const COMMAND_MESSAGE = 'command';

const duration = (says: string) =>
  z
    .string({error: DURATION_MESSAGE})
    .refine((text) => parseDuration(text) !== null, {error: DURATION_MESSAGE})
    .meta({description: `${says} For example 90s, 30m or 2h.`, pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$'});

const claim = z.union(
  [
    z.string(),
    z.strictObject({path: z.string()}),
    z.strictObject({glob: z.string()}),
    z.strictObject({rename: z.tuple([z.string(), z.string()])}),
    z.strictObject({readOnly: z.literal(true)}),
  ],
  {error: 'write a path, {path}, {glob}, {rename: [from, to]} or {readOnly: true}'},
);

const claims = (says: string) => z.array(claim).meta({description: says});

const argv = z.array(z.string(), {error: COMMAND_MESSAGE}).nonempty({error: COMMAND_MESSAGE});

const agent = z.strictObject({
  owns: claims('What this agent type may write, and nobody else. Left out: whatever nobody owns.').optional(),
  readOnly: z.boolean().meta({description: 'Its tasks write nothing.'}).optional(),
  tags: z
    .array(z.string())
    .meta({
      description: 'What its tasks use up together with those of other types: see "limits".',
      examples: [['model-api']],
    })
    .optional(),
  use: z
    .string()
    .meta({description: 'A known agent CLI: claude, codex, gemini or opencode.', examples: ['claude']})
    .optional(),
  args: z.array(z.string()).meta({description: 'More arguments for the CLI named by "use".'}).optional(),
  command: argv
    .meta({
      description:
        'A program and its arguments, run without a shell. {prompt} becomes the description, {files} the claims.',
    })
    .optional(),
  prompt: z
    .enum(['argument', 'stdin'])
    .meta({description: 'How "command" gets the description: as {prompt}, or on its stdin.'})
    .optional(),
  instances: z
    .int()
    .min(1)
    .max(MAX_PARALLEL_LIMIT)
    .meta({description: 'How many may run at once. Default 1.'})
    .optional(),
  timeout: duration('How long one attempt may take.').optional(),
  quietTimeout: duration('How long one attempt may print nothing.').optional(),
  retries: z
    .int()
    .min(0)
    .max(99)
    .meta({description: 'How often a failed attempt is tried again. Default 0.'})
    .optional(),
  backoff: duration(
    'The longest wait before the first retry; it doubles with each further one. Default 1s.',
  ).optional(),
  backoffMax: duration('No wait before a retry is longer. Default 60s.').optional(),
  stop: z
    .strictObject({
      ask: duration('How long after SIGINT before SIGTERM. Default 2s.').optional(),
      grace: duration('How long after SIGTERM before SIGKILL. Default 10s.').optional(),
    })
    .optional(),
  env: z
    .strictObject({
      only: z.array(z.string()).meta({description: 'Pass on these variables only.'}).optional(),
      set: z.record(z.string(), z.string()).meta({description: 'Set these variables.'}).optional(),
    })
    .optional(),
});

const percent = (says: string) => z.number().min(1).max(100).meta({description: says});

const threshold = z.strictObject({
  admit: percent('From here on no task starts while any runs. Default 70.').optional(),
  lower: percent('From here on fewer may run afterwards as well. Default 80.').optional(),
});

export const configSchema = z
  .strictObject({
    maxParallel: z
      .union([z.int().min(1).max(MAX_PARALLEL_LIMIT), z.literal('auto')], {
        error: `write an integer, 1..${MAX_PARALLEL_LIMIT}, or auto`,
      })
      .meta({
        description:
          'How many tasks may run at once. Default 4. "auto": as many as processors may be used, and fewer while the machine is busy.',
      })
      .optional(),
    resources: z
      .union([z.literal(false), z.strictObject({cpu: threshold.optional(), memory: threshold.optional()})], {
        error:
          'write false, or thresholds such as {cpu: {admit: 70, lower: 80}, memory: {admit: 70, lower: 80}}',
      })
      .meta({
        description:
          'How busy the machine may be, in percent. From "admit" on no task starts while any runs, from "lower" on fewer may run afterwards. Default 70 and 80 for both; false: nobody looks.',
      })
      .optional(),
    policy: z
      .enum(POLICIES)
      .meta({
        description:
          'In which order tasks start: by priority and arrival (fair, the default), what the end of the run waits for first (throughput), or of two that conflict the one that came first (ordered).',
      })
      .optional(),
    limits: z
      .record(z.string(), z.int().min(1).max(MAX_PARALLEL_LIMIT))
      .meta({
        description: 'How many tasks of a tag may run at once, of all agent types that have it.',
        examples: [{'model-api': 2}],
      })
      .optional(),
    companions: z
      .record(z.string(), z.array(z.string()))
      .meta({
        description:
          'Files that are written along with others, by the name of a file or a pattern for it. Added to the built-in table; an empty list takes one out of it.',
        examples: [{'package.json': ['pnpm-lock.yaml'], 'schema.prisma': ['/src/generated/**']}],
      })
      .optional(),
    sharedOwnership: z
      .boolean()
      .meta({description: 'Several agent types may own one file. Default false: that is an error.'})
      .optional(),
    pathPolicy: z
      .enum(['portable', 'native'])
      .meta({
        description:
          'Which names may be one file: those that any common file system takes as one (default), or those that this volume does.',
      })
      .optional(),
    secrets: z
      .array(z.string())
      .meta({
        description:
          'Variables of the environment that hold secrets, beside those whose names say so (API_KEY, TOKEN, PASSWORD and the like): what they hold is replaced in everything that is written.',
        examples: [['DATABASE_DSN']],
      })
      .optional(),
    agents: z
      .record(z.string(), agent)
      .meta({description: 'The agent types by name, such as code_developer.'}),
  })
  .meta({title: 'disjoint.yaml', description: 'Configuration of Disjoint.'});

const task = z.strictObject({
  id: z
    .string()
    .meta({description: 'Up to 64 letters, digits, ".", "_" or "-". Left out: t1, t2, ...'})
    .optional(),
  agent: z.string().meta({description: 'The agent type that does it.'}),
  description: z.string().meta({description: 'What the agent is told, verbatim.'}).optional(),
  files: claims('What the task writes. Left out: all that its agent type owns.').optional(),
  reads: claims('What it reads and nobody may write meanwhile.').optional(),
  readOnly: z.boolean().meta({description: 'It writes nothing.'}).optional(),
  sensitive: z
    .boolean()
    .meta({description: 'It may write files that make programs run, such as package.json and .github/.'})
    .optional(),
  dependsOn: z.array(z.string()).meta({description: 'Ids of tasks that have to succeed first.'}).optional(),
  priority: z.int().meta({description: 'Higher is more urgent. Default 0.'}).optional(),
  estimate: duration('How long it will take, about.').optional(),
  timeout: duration('How long one attempt may take.').optional(),
  quietTimeout: duration('How long one attempt may print nothing.').optional(),
  retries: z.int().min(0).max(99).meta({description: 'How often a failed attempt is repeated.'}).optional(),
});

export const planSchema = z
  .strictObject({tasks: z.array(task)})
  .meta({title: 'Plan', description: 'Tasks for "disjoint run".'});

const submitted = task.extend({
  key: z
    .string()
    .min(1)
    .max(200)
    .meta({
      description:
        'Handing in the same task with the same key again gives the id of the first one, and no second task.',
    })
    .optional(),
});

/** Tasks that are handed in to a run: those of a plan, each with a key if its sender wants one. */
export const submissionSchema = z
  .strictObject({tasks: z.array(submitted).min(1)})
  .meta({description: 'Tasks to hand in: all are accepted, or none is.'});

export type ConfigFile = z.infer<typeof configSchema>;
export type AgentFile = z.infer<typeof agent>;
export type TaskFile = z.infer<typeof task>;

/** The schema of `disjoint.yaml` for editors. */
export const configJsonSchema = (): object => z.toJSONSchema(configSchema, {io: 'input'});

/** The schema of plan files for editors. */
export const planJsonSchema = (): object => z.toJSONSchema(planSchema, {io: 'input'});
