/**
 * What a file system does not tell apart in names. Each is a step of the fold; a step that is off keeps the names
 * apart that only differ by it.
 */
export interface FoldRules {
  /** Upper and lower case. */
  readonly caseless: boolean;
  /** If so, also where one letter has several in the other case (`ß` and `SS`). */
  readonly expanding: boolean;
  /** Composed and decomposed characters (NFC, NFD). */
  readonly normalized: boolean;
  /** Characters that are compatible with others (`ﬁ` and `fi`, NFKC). */
  readonly compatible: boolean;
  /** Characters that nobody sees, such as a zero-width joiner. */
  readonly ignoring: boolean;
  /** Dots and spaces at the end. */
  readonly trimming: boolean;
  /**
   * The key of a normalized name is composed (NFC), and not decomposed (NFD). No name is told apart by it, but patterns
   * count the characters of keys.
   */
  readonly composing: boolean;
}

/** What any of APFS, HFS+, NTFS, exFAT, ext4 with casefold and ZFS could take as one name. */
export const PORTABLE: FoldRules = {
  caseless: true,
  expanding: true,
  normalized: true,
  compatible: true,
  ignoring: true,
  trimming: true,
  composing: true,
};

/** A file system that tells every two names apart, such as ext4. */
export const EXACT: FoldRules = {
  caseless: false,
  expanding: false,
  normalized: false,
  compatible: false,
  ignoring: false,
  trimming: false,
  composing: true,
};

const DEFAULT_IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const TRAILING_DOTS_AND_SPACES = /(?<=[^. ])[. ]+$/u;
const ASCII = /^\p{ASCII}*$/u;
/** A name settles in two rounds (U+1E9E needs both); more would mean that Unicode itself does not settle. */
const ROUNDS_MAX = 6;

/**
 * Upper case before lower case makes `ß` equal `ss`. Never the forms that depend on a locale, nor on the letters around:
 * a sigma is one sigma, so that the parts of a name fold as the whole does.
 */
const bothCases = (text: string): string => text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');

/** Case where each letter has one other: how most file systems see it, by a table. */
const oneToOne = (text: string): string =>
  Array.from(text, (letter) => {
    const upper = letter.toUpperCase();
    const one = upper.length === letter.length ? upper : letter;
    const lower = one.toLowerCase();
    return lower.length === one.length ? lower : one;
  }).join('');

const foldOnce = (text: string, rules: FoldRules): string => {
  const {caseless, expanding, normalized, compatible, ignoring, composing} = rules;
  let folded = compatible ? text.normalize('NFKD') : normalized ? text.normalize('NFD') : text;
  if (ignoring) folded = folded.replace(DEFAULT_IGNORABLE, '');
  if (caseless) folded = expanding ? bothCases(folded) : oneToOne(folded);
  if (compatible) return folded.normalize(composing ? 'NFKC' : 'NFKD');
  return normalized ? folded.normalize(composing ? 'NFC' : 'NFD') : folded;
};

/** Folds characters without a look at where the name ends: for the parts of a pattern. */
export const foldCharacters = (text: string, rules: FoldRules = PORTABLE): string => {
  if (ASCII.test(text)) return rules.caseless ? text.toLowerCase() : text;
  let folded = text;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const next = foldOnce(folded, rules);
    if (next === folded) break;
    folded = next;
  }
  return folded;
};

/** Drops dots and spaces at the end, but never all of a name. */
const trimEnd = (folded: string, rules: FoldRules = PORTABLE): string =>
  rules.trimming ? folded.replace(TRAILING_DOTS_AND_SPACES, '') : folded;

/**
 * The key of one path segment: two names with the same key may be one file on some file system.
 *
 * With the portable rules it is coarser than each of APFS, HFS+, NTFS, exFAT, ext4 casefold and ZFS, because they
 * disagree with each other (sigma and final sigma are one file on exFAT and two on NTFS), and a missed alias loses
 * work while a needless one only costs a wait. Idempotent.
 */
export const fold = (segment: string, rules: FoldRules = PORTABLE): string =>
  trimEnd(foldCharacters(segment, rules), rules);
