import type {Claim} from '../../core/claim/claim.ts';
import {expandBraces} from '../../core/glob.ts';

const segmentsOf = (claim: Claim): readonly string[] =>
  claim.text.split('/').filter((segment) => segment !== '' && segment !== '.');

/** The segments of the path, or of the literal leading directory of a glob, as written. */
export const literalDirectory = (claim: Claim): readonly string[] =>
  segmentsOf(claim).slice(0, claim.key.length);

/** True for a path, and for a glob in which nothing is a pattern. */
export const namesOneFile = (claim: Claim): boolean =>
  claim.kind === 'path' || (claim.kind === 'glob' && segmentsOf(claim).length === claim.key.length);

/** True for the root, and for the glob `**`. */
export const coversAll = (claim: Claim): boolean => claim.text === './' || claim.text === '**';

/** The glob without its braces: one pattern for each alternative; with too many, everything in its directory. */
export const alternativesOf = (claim: Claim): readonly string[] =>
  expandBraces(claim.text) ?? [[...literalDirectory(claim), '**'].join('/')];
