import {access, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {CONFIG_FILE, findProject} from '../../api/project-place.ts';
import {configSchemaText, planSchemaText} from '../../api/schema.ts';
import {topLevel} from '../../api/surroundings.ts';
import {DisjointError} from '../../index.ts';
import {askAgentPrograms} from '../ask-agent-programs.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {configText, PLAN_SCHEMA_FILE, proposeAgents, SCHEMA_FILE} from '../init/propose.ts';
import {safe} from '../render/text.ts';

export interface InitOptions {
  readonly force?: true;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Writes the schemas that editors check `disjoint.yaml` and plans against, into the folder that git ignores. */
const writeSchemas = async (root: string): Promise<void> => {
  const folder = path.join(root, path.dirname(SCHEMA_FILE));
  await mkdir(folder, {recursive: true, mode: 0o700});
  await writeFile(path.join(folder, '.gitignore'), '*\n');
  await writeFile(path.join(root, SCHEMA_FILE), configSchemaText());
  await writeFile(path.join(root, PLAN_SCHEMA_FILE), planSchemaText());
};

/** `disjoint init`: looks at the repository and at PATH, and writes a `disjoint.yaml` to begin with. */
export const init = async (context: CommandContext, options: InitOptions): CommandResult => {
  const {terminal, globals, cwd, environment} = context;
  const {root} = await findProject(globals.repo, cwd);
  const file = path.join(root, CONFIG_FILE);
  if (options.force !== true && (await exists(file))) {
    throw new DisjointError(
      'E_FILE_EXISTS',
      `${file} is there already`,
      'edit it, or overwrite it with --force',
    );
  }
  const programs = await askAgentPrograms(environment);
  if (programs === null) return ExitCode.interrupted;
  const {folders, files} = await topLevel(root);
  const agents = proposeAgents(folders, files, {root});
  const found = programs.filter((program) => program.path !== null);
  // The configuration last: its presence says that all went well.
  await writeSchemas(root);
  await writeFile(file, configText(agents, programs));
  if (globals.json === true) {
    const agentTypes = agents.map(({name}) => name);
    terminal.line(JSON.stringify({file, agentTypes, programs: found.map(({preset}) => preset)}));
    return ExitCode.ok;
  }
  terminal.line(safe(`Wrote ${file} with the agent types ${agents.map(({name}) => name).join(', ')}.`));
  if (found.length === 0) {
    terminal.line(
      'No agent CLI was found on PATH (claude, codex, gemini, opencode): install one, or set "command".',
    );
  } else {
    const versions = found.map(({preset, version}) => `${preset} (${version ?? 'no version'})`);
    terminal.line(safe(`Found ${versions.join(', ')}.`));
  }
  terminal.line('Next: read it, then run');
  terminal.line(`  disjoint delegate "${agents[0]?.name ?? 'assistant'}: what you want done"`);
  return ExitCode.ok;
};
