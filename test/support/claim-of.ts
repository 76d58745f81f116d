import type {Claim, ClaimInput} from '../../src/core/claim/claim.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import type {ParseOptions} from '../../src/core/claim/parse-options.ts';

/** The one claim that this is. */
export const claimOf = (input: ClaimInput, options: ParseOptions = {}): Claim => {
  const parsed = parseClaim(input, options);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const [claim, ...more] = parsed.value;
  if (claim === undefined || more.length > 0) throw new Error(`not one claim: ${JSON.stringify(input)}`);
  return claim;
};
