import type {AgentType, AgentTypeName} from './agent-type.ts';
import type {Hold} from './lock-table.ts';
import type {TagBound} from './lower-bound.ts';
import type {Refusal} from './refusals.ts';
import type {Settings} from './settings.ts';
import type {CoordinatorState} from './state.ts';
import type {Tag, TagLimits} from './tag.ts';

/** What of a tag keeps an agent type from starting anything. */
export type TagBlock =
  | {readonly kind: 'tag'; readonly tag: Tag; readonly limit: number; readonly holds: readonly Hold[]}
  | {readonly kind: 'tag-paused'; readonly tag: Tag; readonly untilMs: number};

const tagsOf = ({agentTypes}: Settings, agentType: AgentTypeName): readonly Tag[] =>
  agentTypes.get(agentType)?.tags ?? [];

/** What runs of all agent types with this tag. What is quarantined does not count: its place would be lost for good. */
const holdsWith = ({settings, lockTable, tasks}: CoordinatorState, tag: Tag): readonly Hold[] =>
  lockTable.holds().filter(({taskId, quarantined}) => {
    const agentType = tasks.get(taskId)?.spec.agentType;
    return !quarantined && agentType !== undefined && tagsOf(settings, agentType).includes(tag);
  });

/** Everything of its tags that keeps the agent type from starting a task now. */
export const tagBlocks = (state: CoordinatorState, agentType: AgentTypeName): readonly TagBlock[] =>
  tagsOf(state.settings, agentType).flatMap((tag): readonly TagBlock[] => {
    const untilMs = state.tagPauses.get(tag)?.untilMs ?? null;
    const paused: readonly TagBlock[] = untilMs === null ? [] : [{kind: 'tag-paused', tag, untilMs}];
    const limit = state.settings.limits.get(tag);
    if (limit === undefined) return paused;
    const holds = holdsWith(state, tag);
    return holds.length < limit ? paused : [...paused, {kind: 'tag', tag, limit, holds}];
  });

/** May the agent type start a task now, as far as its tags go? */
export const hasTags = (state: CoordinatorState, agentType: AgentTypeName): boolean =>
  tagBlocks(state, agentType).length === 0;

/** The agent types that may have waited for an end of this one: it, and those that share a tag with it. */
export const sharingTags = (settings: Settings, agentType: AgentTypeName): readonly AgentTypeName[] => {
  const tags = tagsOf(settings, agentType);
  if (tags.length === 0) return [agentType];
  return [...settings.agentTypes.values()]
    .filter((type) => type.name === agentType || type.tags.some((tag) => tags.includes(tag)))
    .map(({name}) => name);
};

export const typesWithTag = ({agentTypes}: Settings, tag: Tag): readonly AgentTypeName[] =>
  [...agentTypes.values()].filter(({tags}) => tags.includes(tag)).map(({name}) => name);

/** The limits as the lower bound of a run takes them. */
export const tagBounds = (settings: Settings): readonly TagBound[] =>
  [...settings.limits].map(([tag, limit]) => ({tag, limit, agentTypes: typesWithTag(settings, tag)}));

/**
 * What is wrong with the limits: one is of a tag that no agent type has, or an agent type has two tags with limits.
 *
 * Of two limits that a task waits for, one could be free whenever the other is not, for ever, while others take them one by
 * one. With one it cannot starve: what frees its last agent or slot frees the tag in the same moment.
 */
export const refuseLimits = (
  agentTypes: ReadonlyMap<AgentTypeName, AgentType>,
  limits: TagLimits,
): Refusal | null => {
  const types = [...agentTypes.values()];
  const known = [...new Set(types.flatMap(({tags}) => tags))];
  for (const tag of limits.keys()) if (!known.includes(tag)) return {code: 'E_TAG_UNKNOWN', tag, known};
  for (const {name, tags} of types) {
    const [first, second] = tags.filter((tag) => limits.has(tag));
    if (first !== undefined && second !== undefined) {
      return {code: 'E_TAGS_LIMITED', agentType: name, tags: [first, second]};
    }
  }
  return null;
};
