import {type FoldRules, fold} from './fold.ts';

/**
 * Is the name as it is written another than its key?
 *
 * Folding may change how many characters a name has: `ß` becomes `ss`, a trailing dot goes. And it makes one of `B` and
 * `b`, which `[!a-z]` tells apart. Patterns are asked of names as they are written as well, so such a name is held in
 * both spellings.
 */
export const hasOtherSpelling = (segments: readonly string[], rules: FoldRules): boolean =>
  segments.some((segment) => segment !== fold(segment, rules));
