import type {AgentType, AgentTypeName} from './agent-type.ts';
import type {Claim} from './claim/claim.ts';
import {overlap} from './claim/overlap.ts';
import {compileGlob, type Glob} from './glob.ts';

const compiled = new WeakMap<Claim, Glob>();

/** A glob is asked about many paths and compiled once; the claim it came from is immutable. */
const globOf = (owned: Claim): Glob => {
  const known = compiled.get(owned);
  if (known !== undefined) return known;
  const glob = compileGlob(owned.text);
  compiled.set(owned, glob);
  return glob;
};

const isPrefix = (upper: readonly string[], lower: readonly string[]): boolean =>
  upper.length <= lower.length && upper.every((segment, i) => segment === lower[i]);

/** `docs/**`, or a path or directory: everything below one place, so containment is a prefix test. */
const isWholeTree = (owned: Claim): boolean =>
  owned.kind !== 'glob' ||
  owned.text
    .split('/')
    .slice(owned.key.length)
    .every((segment) => segment === '**');

/**
 * Is everything the claim could write inside what is owned? Errs to "no": a glob claim inside a glob that is
 * more than `dir/**` only counts if both are written alike.
 */
const covers = (owned: Claim, claim: Claim): boolean => {
  if (isWholeTree(owned)) return isPrefix(owned.key, claim.key);
  if (claim.kind === 'path') return globOf(owned).matches(claim.key);
  return owned.text === claim.text;
};

/** Could the claim write something that is owned? Errs to "yes". */
const touches = (owned: Claim, claim: Claim): boolean =>
  owned.kind === 'glob' && claim.kind === 'path'
    ? covers(owned, claim) || isPrefix(claim.key, owned.key)
    : overlap(owned, claim);

export type OwnershipAnswer =
  | {readonly allowed: true}
  /** `owner` is `null` if nobody owns the path. */
  | {readonly allowed: false; readonly claim: Claim; readonly owner: AgentTypeName | null};

/** The agent types that own something the claim could write, in the order of the configuration. */
export const ownersOf = (claim: Claim, agentTypes: readonly AgentType[]): readonly AgentTypeName[] =>
  agentTypes.filter((type) => type.owns.some((owned) => touches(owned, claim))).map((type) => type.name);

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
      if (agentType.owns.some((owned) => covers(owned, claim))) continue;
      const owner = ownersOf(claim, agentTypes).find((name) => name !== agentType.name);
      return {allowed: false, claim, owner: owner ?? null};
    }
    const [owner] = ownersOf(claim, agentTypes);
    if (owner !== undefined) return {allowed: false, claim, owner};
  }
  return {allowed: true};
};
