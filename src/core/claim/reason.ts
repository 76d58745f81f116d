import {asWritten} from './as-written.ts';
import type {Claim, Form} from './claim.ts';
import type {Meeting} from './overlap.ts';
import {showClaim} from './refuse-text.ts';

/** Which rule decided. */
export type OverlapRule =
  /** Both are the same path. */
  | 'same-path'
  /** One is a directory, the other lies in it. */
  | 'directory-covers'
  /** Nothing is known to be a directory, but one would have to be for the other to exist. */
  | 'path-below-path'
  /** The glob stands for the path. */
  | 'glob-matches-path'
  /** The glob stands for something in the directory. */
  | 'glob-in-directory'
  /** Both globs stand for one path. */
  | 'globs-meet'
  /** By their texts they are apart, but symbolic links or `..` lead to one place. */
  | 'link'
  /** Two names of one file or directory on the disk: hard links, or a mount. */
  | 'same-file'
  /** One of them claims nothing. */
  | 'read-only'
  | 'different-paths';

const shown = (form: Form, claim: Claim): string =>
  showClaim(asWritten(form.key, [claim]) || 'the repository as a whole');

/** A name with brackets may have been meant as a pattern. */
const bracketsNote = (claims: readonly Claim[]): string => {
  const [claim] = claims.filter(({kind, raw}) => kind !== 'glob' && /[[{]/u.test(raw));
  return claim === undefined ? '' : `; the brackets in ${showClaim(claim.raw)} are part of the name`;
};

/** Why not. */
export const apartReason = (a: Claim, b: Claim): string =>
  `${showClaim(a.raw)} and ${showClaim(b.raw)} have no path in common${bracketsNote([a, b])}`;

/** What has to be said beside a yes. */
export const widenedNote = (claims: readonly Claim[]): string => {
  const [claim] = claims.filter(({widened}) => widened);
  return claim === undefined ? '' : `; ${showClaim(claim.raw)} is taken for more than it says`;
};

const NO_EXAMPLE = ': such patterns are not looked into to the end';

const inGlob = (glob: Claim, plain: Claim, example: string | null): string => {
  const folder = plain.text === './' ? 'the repository' : showClaim(plain.raw);
  if (example === plain.text.replace(/\/$/u, '')) return `${showClaim(glob.raw)} covers ${folder} itself`;
  return example === null
    ? `${showClaim(glob.raw)} may cover files in ${folder}${NO_EXAMPLE}`
    : `${showClaim(glob.raw)} covers files in ${folder}, such as ${showClaim(example)}`;
};

const inGlobs = (a: Claim, b: Claim, example: string | null): string => {
  if (a.text === b.text) return `both are ${showClaim(a.raw)}`;
  return example === null
    ? `some paths may match both${NO_EXAMPLE}`
    : `some paths match both, such as ${showClaim(example)}`;
};

const throughLinks = (one: Form, other: Form, a: Claim, b: Claim): string => {
  // A glob that begins with a pattern begins at the root, which says nothing: the plain claim says where.
  const isRootless = (form: Form): boolean => form.kind === 'glob' && form.key.length === 0;
  const isPlainer =
    isRootless(one) === isRootless(other) || (one.kind === 'glob' && other.kind === 'glob')
      ? null
      : !isRootless(one);
  const [upper, claim] = (isPlainer ?? one.key.length <= other.key.length) ? [one, a] : [other, b];
  const isOne =
    upper.kind === 'path' &&
    (isPlainer !== null || (one.kind === other.kind && one.key.length === other.key.length));
  return `${showClaim(a.raw)} and ${showClaim(b.raw)} lead ${isOne ? 'to' : 'into'} ${shown(upper, claim)}, through symbolic links`;
};

/** Why, in one sentence without a full stop. Long names are cut. */
export const reasonOf = (
  rule: OverlapRule,
  a: Claim,
  b: Claim,
  {a: one, b: other}: Meeting,
  example: string | null,
): string => {
  const [upper, lower] =
    one.key.length <= other.key.length ? [shown(one, a), shown(other, b)] : [shown(other, b), shown(one, a)];
  const [glob, plain] = a.kind === 'glob' ? [a, b] : [b, a];
  switch (rule) {
    case 'same-path':
      if (a.text !== b.text) return `${showClaim(a.text)} and ${showClaim(b.text)} can be one path`;
      return a.text === './' ? `both name ${upper}` : `both name ${showClaim(a.text)}`;
    case 'directory-covers':
      return `${lower} lies in ${upper}`;
    case 'path-below-path':
      return `${example === null ? lower : showClaim(example)} can only exist if ${upper} is a directory`;
    case 'glob-matches-path':
      return example === null
        ? `${showClaim(glob.raw)} may cover ${showClaim(plain.raw)}${NO_EXAMPLE}`
        : `${showClaim(glob.raw)} covers ${showClaim(plain.raw)}`;
    case 'glob-in-directory':
      return inGlob(glob, plain, example);
    case 'globs-meet':
      return inGlobs(a, b, example);
    case 'link':
      return throughLinks(one, other, a, b);
    case 'same-file':
      return `${showClaim(a.raw)} and ${showClaim(b.raw)} are, or lie in, one file or directory with two names`;
    case 'read-only':
    case 'different-paths':
      return apartReason(a, b);
  }
};
