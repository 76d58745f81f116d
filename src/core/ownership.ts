import type {AgentType, AgentTypeName} from './agent-type.ts';
import type {Claim} from './claim/claim.ts';
import {isCovered} from './claim/covers.ts';
import {overlap} from './claim/overlap.ts';

export type OwnershipAnswer =
  | {readonly allowed: true}
  /** `owner` is `null` if nobody owns the path. */
  | {readonly allowed: false; readonly claim: Claim; readonly owner: AgentTypeName | null};

/** The agent types that own something the claim could write, in the order of the configuration. */
export const ownersOf = (claim: Claim, agentTypes: readonly AgentType[]): readonly AgentTypeName[] =>
  agentTypes.filter((type) => type.owns.some((owned) => overlap(owned, claim))).map((type) => type.name);

/**
 * May this agent type write these claims? With `owns`, only what it owns; without, only what nobody owns.
 *
 * The first claim outside is named with its owner. Errs to "no" where containment cannot be decided.
 */
export const checkOwnership = (
  agentType: AgentType,
  writes: readonly Claim[],
  agentTypes: readonly AgentType[],
): OwnershipAnswer => {
  for (const claim of writes) {
    if (agentType.owns.length > 0) {
      if (isCovered(claim, agentType.owns)) continue;
      const owner = ownersOf(claim, agentTypes).find((name) => name !== agentType.name);
      return {allowed: false, claim, owner: owner ?? null};
    }
    const [owner] = ownersOf(claim, agentTypes);
    if (owner !== undefined) return {allowed: false, claim, owner};
  }
  return {allowed: true};
};
