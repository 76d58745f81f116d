import {Project} from '../../api/project.ts';
import {findProject} from '../../api/project-place.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {type ScheduleOptions, scheduleOf} from '../options.ts';
import {runTasks} from '../run-tasks.ts';

export interface ServeOptions extends ScheduleOptions {
  readonly fresh?: true;
}

/** `disjoint serve`: runs what is handed in from other terminals, until it is stopped. */
export const serve = async (context: CommandContext, options: ServeOptions): CommandResult => {
  const {terminal, globals, cwd, environment} = context;
  const project = await Project.open(await findProject(globals.repo, cwd));
  return runTasks({
    command: 'serve',
    project,
    tasks: [],
    terminal,
    json: globals.json === true,
    quiet: globals.quiet === true,
    schedule: scheduleOf(options),
    environment,
    fresh: options.fresh === true,
  });
};
