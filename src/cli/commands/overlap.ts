import {findProject} from '../../api/project.ts';
import {overlap as overlapOf} from '../../index.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {safe} from '../render/text.ts';

/** `disjoint overlap A B`: exit 0 if the claims could touch the same file, 1 if not. */
export const overlap = async (context: CommandContext, a: string, b: string): CommandResult => {
  const {terminal, globals, cwd} = context;
  const {root} = await findProject(globals.repo, cwd);
  const answer = overlapOf(a, b, {root});
  if (globals.json === true) terminal.line(JSON.stringify(answer));
  else terminal.line(safe(`${answer.overlap ? 'yes' : 'no'}: ${answer.reason} (${answer.rule})`));
  return answer.overlap ? ExitCode.ok : ExitCode.negative;
};
