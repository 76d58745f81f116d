import {isSensitive, overlapTest} from '../../api/claims.ts';
import {CONFIG_FILE} from '../../api/project-place.ts';
import type {AgentProgram} from '../../api/surroundings.ts';
import {ClaimError} from '../../index.ts';

/** Where `init` puts the schemas for editors, relative to the root. */
export const SCHEMA_FILE = '.disjoint/disjoint.schema.json';
export const PLAN_SCHEMA_FILE = '.disjoint/plan.schema.json';

/** An agent type that `init` proposes. */
export interface ProposedAgent {
  readonly name: string;
  readonly says: string;
  /** Empty for a read-only agent type. */
  readonly owns: readonly string[];
}

const DOCUMENTATION = /^(?:docs?|documentation|website|adr|rfcs?|.*\.(?:md|mdx|rst|adoc))$/iu;
const TESTS = /^(?:tests?|specs?|e2e|__tests__)$/iu;

/** What a bare claim would not take as part of a name: a pattern, or another separator. */
const NO_PLAIN_NAME = /[*?\\]/u;

/** Where names are looked up: the disk of this repository, so that what links lead to counts. */
export interface ProposalOptions {
  /** Absolute path of the repository. */
  readonly root?: string;
}

/**
 * True for a name that a claim can hold, and that any task may claim. The parser of claims decides, so that what `init`
 * writes is never refused.
 */
const isClaim = (name: string, options: ProposalOptions): boolean => {
  // Whoever owned the configuration could give itself more.
  if (name === CONFIG_FILE || NO_PLAIN_NAME.test(name)) return false;
  try {
    return !isSensitive(name, options);
  } catch (error) {
    if (error instanceof ClaimError) return false;
    throw error;
  }
};

/** Folders end with a slash; files stand for themselves. A name that a claim cannot hold is left out. */
const asClaims = (
  folders: readonly string[],
  files: readonly string[],
  mine: (name: string) => boolean,
  options: ProposalOptions,
): readonly string[] =>
  [...folders.filter(mine).map((name) => `${name}/`), ...files.filter(mine)].filter((name) =>
    isClaim(name, options),
  );

/**
 * Agent types that own what lies at the top of the repository: documentation, and everything else. Tests go with
 * the code, because whoever changes the one has to change the other. So does documentation that is a link to it.
 */
export const proposeAgents = (
  folders: readonly string[],
  files: readonly string[],
  options: ProposalOptions = {},
): readonly ProposedAgent[] => {
  const isDocumentation = (name: string): boolean => DOCUMENTATION.test(name);
  const isCode = (name: string): boolean => !isDocumentation(name);
  const test = overlapTest(options);
  /** Those that could not be one of the others, also by way of a link. */
  const apart = (names: readonly string[], others: readonly string[]): readonly string[] =>
    names.filter((name) =>
      others.every((other) => {
        const answer = test.ask(name, other);
        return answer.ok && !answer.value.overlap;
      }),
    );
  const documents = asClaims(folders, files, isDocumentation, options);
  // Where a file is a link into a folder of the other, the folder stays.
  const codeFolders = asClaims(folders, [], isCode, options);
  const codeFiles = apart(asClaims([], files, isCode, options), documents);
  const existing = [...codeFolders, ...codeFiles];
  const code = existing.length === 0 ? asClaims(['src', 'test'], [], isCode, options) : existing;
  const documentation = apart(documents, code);
  const hasTests = folders.some((name) => TESTS.test(name));
  const writers = [
    {
      name: 'code_developer',
      says: hasTests ? 'writes the code and its tests' : 'writes the code',
      owns: code,
    },
    {
      name: 'doc_writer',
      says: 'writes the documentation',
      owns:
        documentation.length === 0
          ? apart(asClaims(['docs'], [], isDocumentation, options), code)
          : documentation,
    },
  ];
  return [
    // With nothing to own, one could write whatever nobody owns.
    ...writers.filter(({owns}) => owns.length > 0),
    {name: 'assistant', says: 'reads and answers, writes nothing', owns: []},
  ];
};

const agentText = ({name, says, owns}: ProposedAgent, use: string): string => {
  // A JSON string is a YAML string, whatever is in it.
  const names = owns.map((claim) => JSON.stringify(claim)).join(', ');
  const rights = owns.length === 0 ? '    readOnly: true' : `    owns: [${names}]`;
  return `  ${name}: # ${says}\n${rights}\n    use: ${use}\n    timeout: 30m\n`;
};

/** The text of a `disjoint.yaml`, with comments that say what can be changed. */
export const configText = (agents: readonly ProposedAgent[], programs: readonly AgentProgram[]): string => {
  const found = programs.filter((program) => program.path !== null).map(({preset}) => preset);
  const use = found[0] ?? 'claude';
  const others = programs.map(({preset}) => preset).join(', ');
  const note =
    found.length === 0
      ? `# No agent CLI was found on PATH when this file was written: install one, or use "command".\n`
      : '';
  return `# yaml-language-server: $schema=${SCHEMA_FILE}
# Who may write what. Two tasks that share an agent type, or could write one file, never run at the same time.
${note}
maxParallel: 4 # how many tasks may run at once

agents:
  # Each agent type is one agent: it does one task at a time. Nobody else may write what it owns.
  # Files that make programs run, such as package.json and Makefile, are left out: add them to the "owns" of whoever
  # may change them. A task that does has to say so (sensitive: true, or --sensitive with delegate).
  # "use" names a known agent CLI (${others}); for any other program say
  #   command: [my-agent, --task, "{prompt}"]
${agents.map((agent) => agentText(agent, use)).join('\n')}`;
};
