import {findProject, ownersOfPath, Project} from '../../api/project.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {safe} from '../render/text.ts';

/** `disjoint owner PATH`: which agent types may write it. */
export const owner = async (context: CommandContext, path: string): CommandResult => {
  const {terminal, globals, cwd} = context;
  const project = await Project.open(await findProject(globals.repo, cwd));
  const owners = ownersOfPath(project, path);
  if (globals.json === true) {
    terminal.line(JSON.stringify({path, owners}));
  } else if (owners.length === 0) {
    terminal.line(safe(`nobody owns ${path}: agent types without "owns" may write it`));
  } else {
    terminal.line(safe(`${path} is owned by ${owners.join(', ')}`));
  }
  return ExitCode.ok;
};
