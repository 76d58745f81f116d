import type {TaskDetails} from '../../api/task-details.ts';
import type {TaskStatus} from '../../index.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {explanationText} from '../render/explanation-text.ts';
import {taskLines, taskRows} from '../render/task-text.ts';
import {seeRun} from '../seen-run.ts';

export interface ListOptions {
  readonly state?: TaskStatus['state'];
}

/** `disjoint list`: one line for each task, in the order of arrival. */
export const list = async (context: CommandContext, {state}: ListOptions): CommandResult => {
  const {terminal, globals} = context;
  const run = await seeRun(context);
  const tasks = (await run.status()).tasks.filter((task) => state === undefined || task.state === state);
  const rowOf = taskRows(tasks, terminal);
  for (const task of tasks) terminal.line(globals.json === true ? JSON.stringify(task) : rowOf(task));
  return ExitCode.ok;
};

/** `disjoint show TASK`: all that is known of one task. */
export const show = async (context: CommandContext, id: string): CommandResult => {
  const {terminal, globals} = context;
  const run = await seeRun(context);
  const task: TaskDetails = await run.task(id);
  const lines = globals.json === true ? [JSON.stringify(task)] : taskLines(task, run.now);
  for (const line of lines) terminal.line(line);
  return ExitCode.ok;
};

/** `disjoint why TASK`: why it is where it is, and what would let it start. */
export const why = async (context: CommandContext, id: string): CommandResult => {
  const {terminal, globals} = context;
  const run = await seeRun(context);
  const explanation = await run.why(id);
  const lines =
    globals.json === true ? [JSON.stringify(explanation)] : explanationText({explanation, now: run.now});
  for (const line of lines) terminal.line(line);
  return ExitCode.ok;
};
