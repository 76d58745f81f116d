import type {AgentType} from '../core/agent-type.ts';
import type {Claim, ClaimInput} from '../core/claim/claim.ts';
import {explainOverlap, type OverlapAnswer} from '../core/claim/explain.ts';
import {parseClaim} from '../core/claim/parse.ts';
import {ownersOf as ownersOfClaim} from '../core/ownership.ts';
import {ClaimError} from './errors.ts';

export interface ClaimOptions {
  /** Absolute path of the repository, so that absolute claims can be understood. */
  readonly root?: string;
}

const parse = (input: ClaimInput, options: ClaimOptions): readonly Claim[] => {
  const parsed = parseClaim(input, options);
  if (parsed.ok) return parsed.value;
  const {code, message, hint, claim} = parsed.failure;
  throw new ClaimError(code, message, hint, claim);
};

/**
 * Could the two claims touch the same file? The same test that decides which tasks may run together.
 *
 * @throws ClaimError if one of them cannot be understood.
 */
export const overlap = (a: ClaimInput, b: ClaimInput, options: ClaimOptions = {}): OverlapAnswer => {
  const pairs = parse(a, options).flatMap((left) =>
    parse(b, options).map((right) => explainOverlap(left, right)),
  );
  const [first] = pairs;
  if (first === undefined) throw new Error('Internal error: a claim without parts');
  return pairs.find((pair) => pair.overlap) ?? first;
};

/** The agent types that own something the claim could write, in the order of the configuration. */
export const ownersOf = (
  input: ClaimInput,
  agentTypes: readonly AgentType[],
  options: ClaimOptions = {},
): readonly string[] => [
  ...new Set(parse(input, options).flatMap((claim) => ownersOfClaim(claim, agentTypes))),
];
