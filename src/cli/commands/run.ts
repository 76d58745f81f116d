import {findProject, loadPlan, Project} from '../../api/project.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {dryRun} from '../dry-run.ts';
import {runTasks} from '../run-tasks.ts';

export interface RunOptions {
  readonly maxParallel?: number;
  readonly dryRun?: true;
}

/** `disjoint run PLAN` */
export const run = async (context: CommandContext, plan: string, options: RunOptions): CommandResult => {
  const {terminal, globals, cwd} = context;
  const project = await Project.open(await findProject(globals.repo, cwd));
  const tasks = await loadPlan(plan, cwd);
  if (options.dryRun === true) return dryRun({project, tasks, terminal, json: globals.json === true});
  return runTasks({
    project,
    tasks,
    terminal,
    json: globals.json === true,
    quiet: globals.quiet === true,
    maxParallel: options.maxParallel,
    environment: context.environment,
  });
};
