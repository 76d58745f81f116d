import type {Claim, ClaimInput} from '../../src/core/claim/claim.ts';
import {type FoldRules, PORTABLE} from '../../src/core/claim/fold.ts';
import type {LookUp} from '../../src/core/claim/look.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {TreeResolver} from '../../src/workspace/tree-resolver.ts';
import type {Answer, Fixture} from './path-vectors.ts';

/** What the claims come to, in both directions, or the codes of those that are refused. */
export type Outcome = {readonly overlap: readonly boolean[]} | {readonly refused: readonly string[]};

/** A look at the disk below a root. */
export type LooksIn = (root: string) => LookUp;

const onDisk: LooksIn = (root) => new TreeResolver(root).look();
/** Nobody looks. */
export const byTextAlone: LooksIn = () => () => undefined;

/** The claim with what is seen below the root now, on the disk unless said otherwise. */
export const parse = (root: string, input: ClaimInput, rules: FoldRules, looks: LooksIn = onDisk) =>
  parseClaim(input, {root, rules, look: looks(root)});

/** Does a claim of the one side overlap one of the other? A rename is two. */
export const overlapAny = (some: readonly Claim[], others: readonly Claim[]): boolean =>
  some.some((one) => others.some((other) => overlap(one, other)));

/** What the two claims come to. */
export const outcomeOf = (
  {root, a, b}: Fixture,
  rules: FoldRules = PORTABLE,
  looks: LooksIn = onDisk,
): Outcome => {
  const [one, other] = [parse(root, a, rules, looks), parse(root, b, rules, looks)];
  if (one.ok && other.ok) {
    return {overlap: [overlapAny(one.value, other.value), overlapAny(other.value, one.value)]};
  }
  return {refused: [one, other].flatMap((parsed) => (parsed.ok ? [] : [parsed.failure.code]))};
};

/** What they have to come to, as the vectors write it. */
export const wanted = (answer: Answer, error: string | undefined): Outcome =>
  answer === 'reject' ? {refused: [error ?? '']} : {overlap: [answer === 'yes', answer === 'yes']};
