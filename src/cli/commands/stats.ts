import {eventsAfter, runsOf} from '../../api/journal-reading.ts';
import {findProject} from '../../api/project-place.ts';
import {statisticsOf} from '../../api/statistics.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {statsText} from '../render/stats-text.ts';

/** When today began, in the time zone of the reader (ms). */
const todayFrom = (): number => new Date().setHours(0, 0, 0, 0);

/** `disjoint stats`: what past runs tell. */
export const stats = async (context: CommandContext): CommandResult => {
  const {terminal, globals, cwd} = context;
  const {root} = await findProject(globals.repo, cwd);
  const [runs, events] = [await runsOf(root), await eventsAfter(root, 0)];
  const statistics = statisticsOf(runs, events ?? [], todayFrom());
  const lines = globals.json === true ? [JSON.stringify(statistics)] : statsText(statistics);
  for (const line of lines) terminal.line(line);
  return ExitCode.ok;
};
