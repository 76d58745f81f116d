import type {AgentType, AgentTypeName} from './agent-type.ts';
import type {Claim} from './claim/claim.ts';
import {isCovered} from './claim/covers.ts';
import {overlap} from './claim/overlap.ts';

export type OwnershipAnswer =
  | {readonly allowed: true}
  /** `owner` is `null` if nobody else owns the path. `inPart`: the agent type owns some of what it claims, and not all. */
  | {
      readonly allowed: false;
      readonly claim: Claim;
      readonly owner: AgentTypeName | null;
      readonly inPart: boolean;
    };

/** The agent types that own something the claim could write, in the order of the configuration. */
export const ownersOf = (claim: Claim, agentTypes: readonly AgentType[]): readonly AgentTypeName[] =>
  agentTypes.filter((type) => type.owns.some((owned) => overlap(owned, claim))).map((type) => type.name);

/** Does the agent type own all that the claim could write? Errs to "no". */
export const ownsAllOf = (agentType: AgentType, claim: Claim): boolean => isCovered(claim, agentType.owns);

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
      if (ownsAllOf(agentType, claim)) continue;
      const owner = ownersOf(claim, agentTypes).find((name) => name !== agentType.name);
      const inPart = agentType.owns.some((owned) => overlap(owned, claim));
      return {allowed: false, claim, owner: owner ?? null, inPart};
    }
    const [owner] = ownersOf(claim, agentTypes);
    if (owner !== undefined) return {allowed: false, claim, owner, inPart: false};
  }
  return {allowed: true};
};
