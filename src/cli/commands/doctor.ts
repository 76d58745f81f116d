import {Project} from '../../api/project.ts';
import {findProject} from '../../api/project-place.ts';
import {type AgentProgram, gitVersion} from '../../api/surroundings.ts';
import {DisjointError} from '../../index.ts';
import {askAgentPrograms} from '../ask-agent-programs.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {missingProgramText} from '../render/missing-program.ts';
import {safe} from '../render/text.ts';

interface Check {
  readonly name: string;
  readonly status: 'ok' | 'missing' | 'wrong';
  readonly says: string;
}

const NODE_NEEDED = [20, 19] as const;

const checkNode = (): Check => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNewEnough = major > NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor >= NODE_NEEDED[1]);
  const needed = isNewEnough ? '' : `, ${NODE_NEEDED.join('.')} or newer is needed`;
  return {name: 'node', status: isNewEnough ? 'ok' : 'wrong', says: `${process.versions.node}${needed}`};
};

const checkPlatform = (): Check => {
  const {platform} = process;
  if (platform === 'linux') return {name: 'platform', status: 'ok', says: 'linux'};
  if (platform === 'darwin') return {name: 'platform', status: 'ok', says: 'macOS'};
  return {name: 'platform', status: 'wrong', says: `${platform} is not supported; use Linux, macOS or WSL`};
};

const checkGit = async (): Promise<Check> => {
  const version = await gitVersion();
  return version === null
    ? {name: 'git', status: 'missing', says: 'not installed; only the demo needs it so far'}
    : {name: 'git', status: 'ok', says: version};
};

/** The configuration, and whether each of its agent types could start its program. */
const checkConfig = async ({globals, cwd, environment}: CommandContext): Promise<readonly Check[]> => {
  const place = await findProject(globals.repo, cwd);
  if (place.configFile === null) {
    const says = `no disjoint.yaml in ${place.root}; run "disjoint init"`;
    return [{name: 'config', status: 'missing', says}];
  }
  try {
    const project = await Project.open(place);
    const names = [...project.agentTypes().keys()];
    const checks: Check[] = [
      {name: 'config', status: 'ok', says: `${place.configFile} (${names.join(', ')})`},
    ];
    for (const missing of await project.missingPrograms(names, environment)) {
      checks.push({name: 'agent', status: 'wrong', says: missingProgramText(missing)});
    }
    return checks;
  } catch (error) {
    if (!(error instanceof DisjointError)) throw error;
    return [{name: 'config', status: 'wrong', says: `${error.code}: ${error.message}. ${error.hint}`}];
  }
};

const checkProgram = ({preset, path, version, install}: AgentProgram): Check => ({
  name: preset,
  status: path === null ? 'missing' : 'ok',
  says: path === null ? `not on PATH; ${install}` : `${version ?? 'no version'} (${path})`,
});

/** `disjoint doctor`: what this machine and this repository have, and what is wrong with it. */
export const doctor = async (context: CommandContext): CommandResult => {
  const {terminal, globals, environment} = context;
  const git = await checkGit();
  const config = await checkConfig(context);
  const programs = await askAgentPrograms(environment);
  if (programs === null) return ExitCode.interrupted;
  const checks: readonly Check[] = [
    checkNode(),
    checkPlatform(),
    git,
    ...config,
    ...programs.map(checkProgram),
  ];
  const isWrong = checks.some(({status}) => status === 'wrong');
  if (globals.json === true) {
    terminal.line(JSON.stringify({ok: !isWrong, checks}));
    return isWrong ? ExitCode.notAvailable : ExitCode.ok;
  }
  const {colors} = terminal;
  const marks = {ok: colors.green('✔'), missing: colors.yellow('–'), wrong: colors.red('✘')};
  for (const {name, status, says} of checks)
    terminal.line(`${marks[status]} ${name.padEnd(9)} ${safe(says)}`);
  return isWrong ? ExitCode.notAvailable : ExitCode.ok;
};
