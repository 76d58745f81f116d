import {fail, ok, type Result} from '../result.ts';
import type {Claim, ClaimFailure, ClaimInput} from './claim.ts';
import {parseGlob} from './parse-glob.ts';
import type {ParseOptions} from './parse-options.ts';
import {parsePath} from './parse-path.ts';
import {claimFailure} from './refuse-text.ts';

const STARS = /[*?]/u;

type Parsed<T> = Result<T, ClaimFailure>;

/** In a bare string brackets and braces are ordinary characters; where it has stars, they may be meant as more. */
const parseBare = (raw: string, options: ParseOptions): Parsed<Claim> =>
  STARS.test(raw) ? parseGlob(raw, options, true) : parsePath(raw, options);

const notText = (claim: unknown): ClaimFailure =>
  claimFailure(
    'E_PATH_TYPE',
    claim,
    'is not a claim',
    'write a path, {path}, {glob}, {rename: [from, to]} or {readOnly: true}',
  );

/** What a claim says: how its texts are to be taken, and the texts. */
interface Said {
  readonly as: 'bare' | 'path' | 'glob';
  readonly texts: readonly unknown[];
}

const saidBy = (claim: unknown): Said | null => {
  if (typeof claim === 'string') return {as: 'bare', texts: [claim]};
  // Two forms in one object: whichever were taken, the other would be lost.
  if (typeof claim !== 'object' || claim === null || Object.keys(claim).length !== 1) return null;
  if ('path' in claim) return {as: 'path', texts: [claim.path]};
  if ('glob' in claim) return {as: 'glob', texts: [claim.glob]};
  if ('rename' in claim && Array.isArray(claim.rename) && claim.rename.length === 2) {
    const ends: readonly unknown[] = claim.rename;
    return {as: 'path', texts: [...ends]};
  }
  return 'readOnly' in claim && claim.readOnly === true ? {as: 'path', texts: []} : null;
};

/**
 * Understands one claim as its author wrote it. A rename claims both ends, so it gives two; `{readOnly: true}` claims
 * nothing, so it gives none.
 *
 * Total: what cannot be understood gives a failure, whatever it is. Pure: what was seen on the disk comes in as data.
 */
export const parseClaim = (input: ClaimInput, options: ParseOptions = {}): Parsed<readonly Claim[]> => {
  let said: Said | null;
  try {
    // The types say what may come; plans, sockets and JavaScript callers are not held to types.
    said = saidBy(input);
  } catch {
    // A getter or a proxy of the caller failed, and would again if the object were shown.
    return fail(notText('an object that cannot be read'));
  }
  if (said === null) return fail(notText(input));
  const claims: Claim[] = [];
  for (const text of said.texts) {
    if (typeof text !== 'string') return fail(notText(input));
    const parsed =
      said.as === 'bare'
        ? parseBare(text, options)
        : said.as === 'path'
          ? parsePath(text, options)
          : parseGlob(text, options, false);
    if (!parsed.ok) return parsed;
    claims.push(parsed.value);
  }
  return ok(claims);
};
