import type {RunClient} from '../../web/client.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {plural, safe} from '../render/text.ts';
import {clientOf} from '../seen-run.ts';

export interface ReasonOptions {
  readonly reason?: string;
}

/** Says what was done, to people and to programs. */
const tell = ({terminal, globals}: CommandContext, text: string, data: object): ExitCode => {
  if (globals.json === true) terminal.line(JSON.stringify(data));
  else if (globals.quiet !== true) terminal.line(safe(text));
  return ExitCode.ok;
};

const bodyOf = ({reason}: ReasonOptions): {readonly reason?: string} =>
  reason === undefined ? {} : {reason};

/** Does something for each task, in order; the first that it cannot be done for is an error. */
const forEach = async (
  context: CommandContext,
  ids: readonly string[],
  act: (client: RunClient, id: string) => Promise<void>,
): CommandResult => {
  const client = await clientOf(context);
  for (const id of ids) await act(client, id);
  return ExitCode.ok;
};

/** `disjoint cancel TASK...` */
export const cancel = (
  context: CommandContext,
  ids: readonly string[],
  options: ReasonOptions,
): CommandResult =>
  forEach(context, ids, async (client, id) => {
    const task = await client.ask('cancel', {id, body: bodyOf(options)});
    const text = task.state === 'cancelled' ? `${id} is cancelled` : `${id} is being stopped`;
    tell(context, text, {id, state: task.state});
  });

/** `disjoint retry TASK...` */
export const retry = (context: CommandContext, ids: readonly string[]): CommandResult =>
  forEach(context, ids, async (client, id) => {
    const {id: tried} = await client.ask('retry', {id, body: {}});
    tell(context, tried === id ? `${id} is tried again now` : `${id} is handed in again as ${tried}`, {
      id,
      retriedAs: tried,
    });
  });

/** `disjoint pause` */
export const pause = async (context: CommandContext, options: ReasonOptions): CommandResult => {
  const client = await clientOf(context);
  const {mode} = await client.ask('pause', {body: bodyOf(options)});
  const {runningAgents} = await client.ask('status');
  const rest = runningAgents.length === 0 ? '' : `; ${plural(runningAgents.length, 'task')} that run go on`;
  return tell(context, `paused: nothing more starts until "disjoint resume"${rest}`, {mode});
};

/** `disjoint resume` */
export const resume = async (context: CommandContext): CommandResult => {
  const client = await clientOf(context);
  const {mode} = await client.ask('resume', {body: {}});
  return tell(context, 'resumed', {mode});
};

/** `disjoint limit N` */
export const limit = async (context: CommandContext, maxParallel: number): CommandResult => {
  const client = await clientOf(context);
  await client.ask('limit', {body: {maxParallel}});
  return tell(context, `at most ${maxParallel} at once now`, {maxParallel});
};
