import {resolveAgentTypes} from '../core/agent-options.ts';
import {type CompanionTable, DEFAULT_COMPANIONS, resolveCompanions} from '../core/claim/companions.ts';
import {DEFAULT_SETTINGS, type Settings} from '../core/settings.ts';
import {refuseLimits} from '../core/tags.ts';
import {PRESETS} from '../executors/presets/index.ts';
import type {PathResolver} from '../ports/path-resolver.ts';
import {errorForRefusal} from './errors.ts';
import type {LibraryAgentOptions, PathPolicy} from './options.ts';
import {rulesFor} from './path-rules.ts';

export interface SettingsOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  /** Absolute path of the folder for state, where the volume is probed. */
  readonly stateDir: string;
  readonly agents: ReadonlyMap<string, LibraryAgentOptions>;
  /** How many tasks of each tag may run at once. */
  readonly limits?: Readonly<Record<string, number>> | undefined;
  readonly companions?: CompanionTable | undefined;
  readonly sharedOwnership?: boolean | undefined;
  readonly pathPolicy?: PathPolicy | undefined;
  /** `null`: claims are taken by their texts alone. */
  readonly resolver: PathResolver | null;
}

/**
 * The settings of the core for agent types and claims, with the defaults.
 *
 * @throws DisjointError what is wrong with an agent type, a limit or the companions.
 */
export const coreSettings = (options: SettingsOptions): Settings => {
  const {
    root,
    stateDir,
    agents,
    limits = {},
    companions,
    sharedOwnership = false,
    pathPolicy = 'portable',
    resolver,
  } = options;
  const rules = rulesFor(pathPolicy, root, stateDir);
  const look = resolver?.look();
  const resolved = resolveAgentTypes(agents, {
    root,
    presets: PRESETS.map((preset) => preset.name),
    rules,
    sharedOwnership,
    ...(look !== undefined && {look}),
  });
  if (!resolved.ok) throw errorForRefusal(resolved.failure);
  const tagLimits = new Map(Object.entries(limits));
  const refusal = refuseLimits(resolved.value, tagLimits);
  if (refusal !== null) throw errorForRefusal(refusal);
  const table = resolveCompanions({...DEFAULT_COMPANIONS, ...companions});
  if (!table.ok) throw errorForRefusal({code: 'E_COMPANIONS', ...table.failure});
  return {
    ...DEFAULT_SETTINGS,
    agentTypes: resolved.value,
    limits: tagLimits,
    root,
    rules,
    companions: table.value,
  };
};
