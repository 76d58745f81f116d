import {ownersOfPath, Project} from '../../api/project.ts';
import {findProject} from '../../api/project-place.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {safe} from '../render/text.ts';

/** `disjoint owner PATH`: which agent types may write it. */
export const owner = async (context: CommandContext, path: string): CommandResult => {
  const {terminal, globals, cwd} = context;
  const project = await Project.open(await findProject(globals.repo, cwd));
  const {owners, inPart} = ownersOfPath(project, path);
  if (globals.json === true) {
    terminal.line(JSON.stringify({path, owners, inPart}));
  } else if (owners.length === 0) {
    const free = [...project.agentTypes().values()].filter(
      ({owns, readOnly}) => owns.length === 0 && !readOnly,
    );
    const may =
      free.length === 0
        ? 'no agent type may write it, as each has "owns" or is read-only'
        : `${free.map(({name}) => name).join(', ')} may write it, without "owns"`;
    terminal.line(safe(`nobody owns ${path}: ${may}`));
  } else {
    const whole = owners.filter((name) => !inPart.includes(name));
    const said = [
      ...(whole.length === 0 ? [] : [`is owned by ${whole.join(', ')}`]),
      ...(inPart.length === 0 ? [] : [`in part by ${inPart.join(', ')}, which may not claim all of it`]),
    ];
    const isOwned = whole.length === 0 ? 'is owned ' : '';
    terminal.line(safe(`${path} ${isOwned}${said.join(', and ')}`));
  }
  return ExitCode.ok;
};
