import {loadPlan, Project} from '../../api/project.ts';
import {findProject} from '../../api/project-place.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {dryRun} from '../dry-run.ts';
import {type ScheduleOptions, scheduleOf} from '../options.ts';
import {runTasks} from '../run-tasks.ts';

export interface RunOptions extends ScheduleOptions {
  readonly dryRun?: true;
  readonly fresh?: true;
}

/** `disjoint run PLAN` */
export const run = async (context: CommandContext, plan: string, options: RunOptions): CommandResult => {
  const {terminal, globals, cwd, environment} = context;
  const project = await Project.open(await findProject(globals.repo, cwd));
  const tasks = await loadPlan(plan, cwd);
  const json = globals.json === true;
  if (options.dryRun === true)
    return dryRun({project, tasks, terminal, json, environment, schedule: scheduleOf(options)});
  return runTasks({
    command: 'run',
    project,
    tasks,
    terminal,
    json,
    quiet: globals.quiet === true,
    schedule: scheduleOf(options),
    environment,
    fresh: options.fresh === true,
  });
};
