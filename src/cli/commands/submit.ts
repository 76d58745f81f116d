import {DisjointError} from '../../api/errors.ts';
import {findProject} from '../../api/project-place.ts';
import {type SubmittedTask, submissionOf, tasksIn} from '../../api/submission.ts';
import {RunClient} from '../../web/client.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {inputLines} from '../input-lines.ts';
import {tellWhere} from '../seen-run.ts';

export interface SubmitOptions {
  readonly agent?: string;
  readonly file?: readonly string[];
  readonly read?: readonly string[];
  readonly readOnly?: true;
  readonly sensitive?: true;
  readonly id?: string;
  readonly priority?: number;
  readonly retries?: number;
  readonly timeout?: string;
  readonly dependsOn?: readonly string[];
  readonly key?: string;
}

/** The options that say something of one task. */
const OF_ONE_TASK = [
  ['file', '--file'],
  ['read', '--read'],
  ['readOnly', '--read-only'],
  ['sensitive', '--sensitive'],
  ['id', '--id'],
  ['priority', '--priority'],
  ['retries', '--retries'],
  ['timeout', '--timeout'],
  ['dependsOn', '--depends-on'],
  ['key', '--key'],
] as const;

/** The task that the command line describes, as a plan would. */
const taskOf = (agent: string, description: string, options: SubmitOptions): object => {
  const {
    file: files,
    read: reads,
    readOnly,
    sensitive,
    id,
    priority,
    retries,
    timeout,
    dependsOn,
    key,
  } = options;
  const all = {
    id,
    agent,
    description,
    files,
    reads,
    readOnly,
    sensitive,
    priority,
    retries,
    timeout,
    dependsOn,
    key,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

const usage = (message: string): DisjointError =>
  new DisjointError(
    'E_ARG_MISSING',
    message,
    'write: disjoint submit --agent TYPE --file CLAIM "TEXT", or: disjoint submit PLAN, or give one task per line on stdin',
  );

const hand = async (
  {terminal, globals}: CommandContext,
  client: RunClient,
  tasks: readonly SubmittedTask[],
): Promise<void> => {
  const {tasks: submitted} = await client.ask('submit', {body: submissionOf(tasks)});
  for (const one of submitted) terminal.line(globals.json === true ? JSON.stringify(one) : one.id);
};

/** One task for each line of stdin, each handed in once it has come: an error in a line takes none of those before it back. */
const handLines = async (context: CommandContext, client: RunClient): Promise<void> => {
  let number = 0;
  for await (const lines of inputLines(process.stdin)) {
    for (const line of lines) {
      number++;
      if (typeof line === 'string' && line.trim() === '') continue;
      const shown = `line ${number} of stdin`;
      let value: unknown;
      try {
        value = typeof line === 'string' ? JSON.parse(line) : undefined;
      } catch {
        value = undefined;
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new DisjointError(
          'E_LINE',
          `${shown} is no task`,
          'write one JSON object per line, such as {"agent": "dev"}',
        );
      }
      await hand(context, client, tasksIn({tasks: [value]}, shown));
    }
  }
};

/** `disjoint submit`: hands tasks to the run that goes on, and prints the id of each once it is on the disk. */
export const submit = async (
  context: CommandContext,
  text: string | undefined,
  options: SubmitOptions,
): CommandResult => {
  const {globals, cwd, terminal} = context;
  const place = await findProject(globals.repo, cwd);
  const client = new RunClient(place.root);
  tellWhere(terminal, await client.ask('info'), place);
  const {agent} = options;
  if (agent !== undefined) {
    if (text === undefined) throw usage('the task has no text');
    await hand(context, client, tasksIn({tasks: [taskOf(agent, text, options)]}, 'the task'));
    return ExitCode.ok;
  }
  const [, misplaced] = OF_ONE_TASK.find(([name]) => options[name] !== undefined) ?? [];
  if (misplaced !== undefined) throw usage(`${misplaced} is for one task, which needs --agent`);
  if (text !== undefined && text !== '-') {
    const {loadPlan} = await import('../../api/project.ts');
    await hand(context, client, await loadPlan(text, cwd));
  } else if (text === '-' || !process.stdin.isTTY) await handLines(context, client);
  else throw usage('there is nothing to hand in');
  return ExitCode.ok;
};
