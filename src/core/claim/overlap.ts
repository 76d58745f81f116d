import type {Claim} from './claim.ts';

/** True if one key is a segment-wise prefix of the other. */
const related = (a: readonly string[], b: readonly string[]): boolean => {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return false;
  return true;
};

/**
 * Could the two claims name a common file? Symmetric, reflexive, and never wrongly "no".
 *
 * A glob counts as everything below its literal leading directory, so `src/*.ts` and `src/x.md` overlap here
 * although no path matches both. A plain path is treated as a file and as a directory at once, since which one
 * it becomes is not known before the task ran: `docs/a` overlaps `docs/a/b`.
 */
export const overlap = (a: Claim, b: Claim): boolean => related(a.key, b.key);

/** Which rule decided, for people who ask why. */
export type OverlapRule = 'same-path' | 'directory-covers' | 'glob-leading-directory' | 'different-paths';

export interface OverlapAnswer {
  readonly overlap: boolean;
  readonly rule: OverlapRule;
  /** One sentence, without a full stop. */
  readonly reason: string;
}

const shown = (key: readonly string[]): string => (key.length === 0 ? 'the whole repository' : key.join('/'));

/** The answer of `overlap`, with the rule that decided it. */
export const explainOverlap = (a: Claim, b: Claim): OverlapAnswer => {
  if (!overlap(a, b)) {
    return {
      overlap: false,
      rule: 'different-paths',
      reason: `${shown(a.key)} and ${shown(b.key)} part ways before either ends`,
    };
  }
  if (a.kind === 'glob' || b.kind === 'glob') {
    const glob = a.kind === 'glob' ? a : b;
    return {
      overlap: true,
      rule: 'glob-leading-directory',
      reason: `the glob ${glob.raw} counts as everything in ${shown(glob.key)}, which meets the other claim`,
    };
  }
  if (a.key.length === b.key.length) {
    return {overlap: true, rule: 'same-path', reason: `both name ${shown(a.key)}`};
  }
  const [upper, lower] = a.key.length < b.key.length ? [a, b] : [b, a];
  return {overlap: true, rule: 'directory-covers', reason: `${shown(lower.key)} lies in ${shown(upper.key)}`};
};
