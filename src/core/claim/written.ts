import {type FoldRules, fold} from './fold.ts';

/**
 * Names as they are written, apart from case.
 *
 * Folding may change how many characters a name has: `ß` becomes `ss`, a trailing dot goes. Patterns count characters,
 * and an agent's own `?` counts those of the name as written, so such a name is held in both spellings.
 */
export const written = (segments: readonly string[], rules: FoldRules): readonly string[] =>
  segments.map((segment) => writtenText(segment, rules));

export const writtenText = (text: string, {caseless}: FoldRules): string =>
  caseless ? text.toLowerCase() : text;

/** Is the name as written another than its key? */
export const hasOtherSpelling = (segments: readonly string[], rules: FoldRules): boolean =>
  segments.some((segment) => writtenText(segment, rules) !== fold(segment, rules));
