import {runsOf} from '../../api/journal-reading.ts';
import {findProject} from '../../api/project-place.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {historyText} from '../render/history-text.ts';

/** `disjoint history`: what was run in this repository. */
export const history = async (context: CommandContext): CommandResult => {
  const {terminal, globals, cwd} = context;
  const {root} = await findProject(globals.repo, cwd);
  const runs = await runsOf(root);
  const lines =
    globals.json === true ? runs.map((run) => JSON.stringify(run)) : historyText(runs, terminal.colors);
  for (const line of lines) terminal.line(line);
  return ExitCode.ok;
};
