import {statSync} from 'node:fs';
import type {AgentType} from '../core/agent-type.ts';
import type {Claim, ClaimFailure, ClaimInput} from '../core/claim/claim.ts';
import {
  answerOverlap,
  explainOverlap,
  type OverlapAnswer,
  type OverlapExplained,
} from '../core/claim/explain.ts';
import {parseClaim as parseInput} from '../core/claim/parse.ts';
import type {ParseOptions} from '../core/claim/parse-options.ts';
import {sensitivePath} from '../core/claim/sensitive.ts';
import {ownersOf as ownersOfClaim, ownsAllOf} from '../core/ownership.ts';
import {fail, ok, type Result} from '../core/result.ts';
import {TreeResolver} from '../workspace/tree-resolver.ts';
import {assertOptions, CLAIM_OPTIONS} from './check-options.ts';
import {ClaimError, DisjointError} from './errors.ts';
import {unknownClaimOption} from './known-options.ts';
import type {ClaimOptions} from './options.ts';
import {knownRules} from './path-rules.ts';
import {ReadClaims} from './read-claims.ts';

/**
 * How claims are read under these options, from one look at the disk on.
 *
 * @throws DisjointError `E_OPTION` for an option that is not what it must be: overlooked, it could hide an overlap;
 * `E_REPO` for a root that is no folder: nothing could be looked up in it, and an overlap would be hidden.
 */
const readingOf = (options: ClaimOptions): (() => ParseOptions) => {
  assertOptions(options, CLAIM_OPTIONS);
  const unknown = unknownClaimOption(options);
  if (unknown !== null) throw unknown;
  const {root, policy = 'portable'} = options;
  if (root === undefined) return () => ({});
  if (!isFolder(root))
    throw new DisjointError('E_REPO', `${root} is not a folder`, 'name the root of a repository');
  const rules = knownRules(policy, root);
  const resolver = new TreeResolver(root);
  return () => ({root, rules, look: resolver.look()});
};

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

const claimsIn = (input: ClaimInput, options: ParseOptions): readonly Claim[] => {
  const parsed = parseInput(input, options);
  if (parsed.ok) return parsed.value;
  const {code, message, hint, claim} = parsed.failure;
  throw new ClaimError(code, message, hint, claim);
};

/** The first pair that overlaps, else any; the answer for claims that name nothing if there is none. */
const decide = <T extends OverlapAnswer>(
  a: readonly Claim[],
  b: readonly Claim[],
  answer: (one: Claim, other: Claim) => T,
): T | OverlapAnswer => {
  let last: T | OverlapAnswer = {overlap: false, rule: 'read-only', example: null};
  for (const one of a) {
    for (const other of b) {
      last = answer(one, other);
      if (last.overlap) return last;
    }
  }
  return last;
};

const NOTHING: OverlapExplained = {
  overlap: false,
  rule: 'read-only',
  example: null,
  reason: 'a read-only claim names no file',
  differs: null,
};

/**
 * Understands a claim. A rename claims both of its ends, so it gives two claims; `{readOnly: true}` gives none.
 *
 * @throws ClaimError if it cannot be understood, or names something that no task may write; DisjointError `E_OPTION`
 * for an option that is not what it must be.
 */
export const parseClaim = (input: ClaimInput, options: ClaimOptions = {}): readonly Claim[] =>
  claimsIn(input, readingOf(options)());

/**
 * Could the two claims touch the same file? The same test that decides which tasks may run together.
 *
 * @throws ClaimError if one of them cannot be understood; DisjointError `E_OPTION` for an option that is not what it
 * must be, `E_REPO` for a root that is no folder.
 */
export const overlap = (a: ClaimInput, b: ClaimInput, options: ClaimOptions = {}): OverlapExplained => {
  const reading = readingOf(options)();
  const found = decide(claimsIn(a, reading), claimsIn(b, reading), explainOverlap);
  return 'reason' in found ? found : NOTHING;
};

/**
 * Does the claim name a file that makes programs run, so that only a task that says so may write it?
 *
 * @throws ClaimError if it cannot be understood.
 */
export const isSensitive = (input: ClaimInput, options: ClaimOptions = {}): boolean =>
  claimsIn(input, readingOf(options)()).some((claim) => sensitivePath(claim) !== null);

/** Answers for many pairs. */
export interface OverlapTest {
  /** Looks at the disk anew: what is asked from here on is answered from what is there now. */
  lookAgain(): void;
  /** The short answer for a pair, or why one of its claims was refused. */
  ask(a: ClaimInput, b: ClaimInput): Result<OverlapAnswer, ClaimFailure>;
}

export const overlapTest = (options: ClaimOptions): OverlapTest => {
  const begin = readingOf(options);
  let claims = new ReadClaims(begin());
  return {
    lookAgain: () => {
      claims = new ReadClaims(begin());
    },
    ask: (a, b) => {
      const [left, right] = [claims.read(a), claims.read(b)];
      if (!left.ok) return fail(left.failure);
      return right.ok ? ok(decide(left.value, right.value, answerOverlap)) : fail(right.failure);
    },
  };
};

/** Who owns what a claim could write. Agent types in the order of the configuration. */
export interface Owners {
  /** Those that own something of it. */
  readonly owners: readonly string[];
  /** Those of them that do not own all of it, and so may not claim it. */
  readonly inPart: readonly string[];
}

export const ownersOf = (
  input: ClaimInput,
  agentTypes: readonly AgentType[],
  options: ClaimOptions = {},
): Owners => {
  const claims = claimsIn(input, readingOf(options)());
  const owning = new Set(claims.flatMap((claim) => ownersOfClaim(claim, agentTypes)));
  const types = agentTypes.filter(({name}) => owning.has(name));
  const inPart = types.filter((type) => !claims.every((claim) => ownsAllOf(type, claim)));
  return {owners: types.map(({name}) => name), inPart: inPart.map(({name}) => name)};
};
