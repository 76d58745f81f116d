import {expandBraces} from '../../core/claim/braces.ts';
import type {Claim} from '../../core/claim/claim.ts';
import {literalLead} from '../../core/claim/glob-forms.ts';

const segmentsOf = (claim: Claim): readonly string[] =>
  claim.text.split('/').filter((segment) => segment !== '' && segment !== '.');

/** The segments of the path, or of the literal leading directory of a glob, as written. */
export const literalDirectory = (claim: Claim): readonly string[] =>
  claim.kind === 'glob' ? literalLead(segmentsOf(claim)) : segmentsOf(claim);

/** True for a path, and for a glob in which nothing is a pattern. */
export const namesOneFile = (claim: Claim): boolean =>
  claim.kind === 'path' ||
  (claim.kind === 'glob' && literalDirectory(claim).length === segmentsOf(claim).length);

/** True for the root, and for the glob `**`. */
export const coversAll = (claim: Claim): boolean => claim.text === './' || claim.text === '**';

/** The glob without its braces: one pattern for each alternative; with too many, everything in its directory. */
export const alternativesOf = (claim: Claim): readonly string[] =>
  expandBraces(claim.text)?.texts ?? [[...literalDirectory(claim), '**'].join('/')];
