import {Project} from '../../api/project.ts';
import {findProject} from '../../api/project-place.ts';
import {DisjointError, type TaskOptions} from '../../index.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {dryRun} from '../dry-run.ts';
import {scheduleOf} from '../options.ts';
import {runTasks} from '../run-tasks.ts';
import type {RunOptions} from './run.ts';

/**
 * `AGENT [CLAIM...]: TEXT` as a task. No claim contains a colon, so the first one ends the head.
 *
 * @throws DisjointError `E_DELEGATE_SHAPE` if there is no agent or no colon.
 */
export const parseDelegation = (text: string): TaskOptions => {
  const colon = text.indexOf(':');
  const [agentType, ...files] = colon === -1 ? [] : text.slice(0, colon).trim().split(/\s+/u);
  const description = colon === -1 ? '' : text.slice(colon + 1).trim();
  if (agentType === undefined || agentType === '' || description === '') {
    throw new DisjointError(
      'E_DELEGATE_SHAPE',
      `"${text.slice(0, 80)}" is no delegation`,
      'write "AGENT [CLAIM...]: TEXT", such as "code_developer src/login.ts: add a login form"',
    );
  }
  return {agentType, description, ...(files.length > 0 && {files})};
};

/** `disjoint delegate "AGENT [CLAIM...]: TEXT"...` */
export const delegate = async (
  context: CommandContext,
  delegations: readonly string[],
  options: RunOptions & {readonly sensitive?: true},
): CommandResult => {
  const {terminal, globals, cwd, environment} = context;
  const tasks = delegations.map((text) => ({
    ...parseDelegation(text),
    ...(options.sensitive === true && {sensitive: true}),
  }));
  const project = await Project.open(await findProject(globals.repo, cwd));
  const json = globals.json === true;
  if (options.dryRun === true)
    return dryRun({project, tasks, terminal, json, environment, schedule: scheduleOf(options)});
  return runTasks({
    command: 'delegate',
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
