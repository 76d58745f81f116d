import {type Command, Option} from 'commander';
import {MAX_PARALLEL_LIMIT, TASK_STATES} from '../api/limits.ts';
import type {CommandContext, CommandResult} from './command-context.ts';
import type {EventsOptions} from './commands/events.ts';
import type {LogsOptions} from './commands/logs.ts';
import type {StatusOptions} from './commands/status.ts';
import type {ReasonOptions} from './commands/steer.ts';
import type {StopOptions} from './commands/stop.ts';
import type {SubmitOptions} from './commands/submit.ts';
import type {ListOptions} from './commands/tasks.ts';
import {integerWithin} from './options.ts';

export type Run = (context: CommandContext) => CommandResult;

type Add = (name: string, description: string) => Command;
type Choose = (run: Run) => void;

/** An option that may stand there several times. */
const each = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

const addSubmit = (add: Add, choose: Choose): void => {
  add('submit', 'hand tasks to the run that goes on; prints the id of each')
    .argument(
      '[what]',
      'with --agent the text of the task, else a plan file; "-" or nothing: one task per line of stdin',
    )
    .option('--agent <type>', 'the agent type that does it')
    .option('--file <claim>', 'what it will write; may be given several times', each)
    .option('--read <claim>', 'what it reads and nobody may write meanwhile; several times', each)
    .option('--read-only', 'it writes nothing')
    .option('--sensitive', 'it may write files that make programs run, such as package.json')
    .option('--id <id>', 'its id')
    .option('--priority <n>', 'higher is more urgent, -1000 to 1000', integerWithin(-1_000, 1_000))
    .option('--retries <n>', 'how often a failed attempt is repeated, 0 to 99', integerWithin(0, 99))
    .option('--timeout <duration>', 'how long one attempt may take, such as 30m')
    .option('--depends-on <id>', 'a task that has to succeed first; several times', each)
    .option('--key <key>', 'the same task with the same key is not handed in twice')
    .action((what: string | undefined, options: SubmitOptions) =>
      choose(async (context) => (await import('./commands/submit.ts')).submit(context, what, options)),
    );
};

const addReading = (add: Add, choose: Choose): void => {
  add('status', 'what runs, what waits and for what')
    .option('--watch', 'show it anew whenever something happens')
    .action((options: StatusOptions) =>
      choose(async (context) => (await import('./commands/status.ts')).status(context, options)),
    );
  add('list', 'all tasks, one per line')
    .addOption(new Option('--state <state>', 'only those in this state').choices(TASK_STATES))
    .action((options: ListOptions) =>
      choose(async (context) => (await import('./commands/tasks.ts')).list(context, options)),
    );
  add('show', 'all that is known of a task')
    .argument('<task>', 'its id')
    .action((id: string) =>
      choose(async (context) => (await import('./commands/tasks.ts')).show(context, id)),
    );
  add('why', 'why a task waits, and what would let it start')
    .argument('<task>', 'its id')
    .action((id: string) =>
      choose(async (context) => (await import('./commands/tasks.ts')).why(context, id)),
    );
  add('logs', 'what a task printed')
    .argument('<task>', 'its id')
    .option('-f, --follow', 'go on until it ends')
    .option('--attempt <n>', 'of this attempt (default: the latest)', integerWithin(1, 1_000_000))
    .action((id: string, options: LogsOptions) =>
      choose(async (context) => (await import('./commands/logs.ts')).logs(context, id, options)),
    );
  add('events', 'what happens, until the run ends')
    .option(
      '--since <seq>',
      'after the event with this number; 0: from the first one',
      integerWithin(0, 2 ** 48),
    )
    .action((options: EventsOptions) =>
      choose(async (context) => (await import('./commands/events.ts')).events(context, options)),
    );
};

/** The commands that see and steer a run from another terminal. */
export const addSteering = (add: Add, choose: Choose): void => {
  addSubmit(add, choose);
  addReading(add, choose);
  add('cancel', 'take tasks back; one that runs is stopped')
    .argument('<tasks...>', 'their ids')
    .option('--reason <text>', 'why')
    .action((ids: readonly string[], options: ReasonOptions) =>
      choose(async (context) => (await import('./commands/steer.ts')).cancel(context, ids, options)),
    );
  add('retry', 'try tasks again that did not succeed, or now if they wait for their next attempt')
    .argument('<tasks...>', 'their ids')
    .action((ids: readonly string[]) =>
      choose(async (context) => (await import('./commands/steer.ts')).retry(context, ids)),
    );
  add('pause', 'start nothing more; what runs goes on')
    .option('--reason <text>', 'why')
    .action((options: ReasonOptions) =>
      choose(async (context) => (await import('./commands/steer.ts')).pause(context, options)),
    );
  add('resume', 'go on after a pause').action(() =>
    choose(async (context) => (await import('./commands/steer.ts')).resume(context)),
  );
  add('limit', 'change how many tasks may run at once')
    .argument('<n>', `1 to ${MAX_PARALLEL_LIMIT}`, integerWithin(1, MAX_PARALLEL_LIMIT))
    .action((maxParallel: number) =>
      choose(async (context) => (await import('./commands/steer.ts')).limit(context, maxParallel)),
    );
  add('stop', 'end the run: finish what runs, cancel the rest')
    .option('--now', 'stop what runs as well')
    .option('--no-wait', 'do not wait until it has ended')
    .action((options: StopOptions) =>
      choose(async (context) => (await import('./commands/stop.ts')).stop(context, options)),
    );
};
