import type {EnvironmentRule} from './agent-type.ts';

/**
 * Variables that change what a program loads or how it behaves before its first line, or that hand on the user's
 * keys. They never reach an agent: an agent that can set them for the next one could run code in it.
 */
const DROPPED_NAMES: ReadonlySet<string> = new Set([
  'NODE_OPTIONS',
  'NODE_PATH',
  'BASH_ENV',
  'ENV',
  'SHELLOPTS',
  'PROMPT_COMMAND',
  'RUBYOPT',
  'JAVA_TOOL_OPTIONS',
  'SSH_AUTH_SOCK',
  'SSH_ASKPASS',
]);
const DROPPED_PREFIXES: readonly string[] = [
  'LD_',
  'DYLD_',
  'GIT_',
  'PYTHON',
  'PERL5',
  'npm_config_',
  'DISJOINT_',
];

/** True for a name that is always dropped, and that no configuration may pass on or set. */
export const isForbiddenVariable = (name: string): boolean =>
  DROPPED_NAMES.has(name) ||
  DROPPED_PREFIXES.some((prefix) => name.toLowerCase().startsWith(prefix.toLowerCase()));

/** The environment of an attempt: what the user has and the rule lets through, then ours. */
export const attemptEnvironment = (
  user: Readonly<Record<string, string | undefined>>,
  rule: EnvironmentRule,
  ours: Readonly<Record<string, string>>,
): Record<string, string> => {
  const passed: Record<string, string> = {};
  const allowed = rule.only === null ? null : new Set(rule.only);
  for (const [name, value] of Object.entries(user)) {
    if (value === undefined || isForbiddenVariable(name)) continue;
    if (allowed === null || allowed.has(name)) passed[name] = value;
  }
  return {...passed, ...rule.set, ...ours};
};
