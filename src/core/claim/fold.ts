const DEFAULT_IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const TRAILING_DOTS_AND_SPACES = /(?<=[^. ])[. ]+$/u;
const ASCII = /^\p{ASCII}*$/u;
/** A name settles in two rounds (U+1E9E needs both); more would mean that Unicode itself does not settle. */
const ROUNDS_MAX = 6;

const foldOnce = (name: string): string =>
  name.normalize('NFKD').replace(DEFAULT_IGNORABLE, '').toUpperCase().toLowerCase().normalize('NFKC');

/**
 * The key of one path segment: two names with the same key may be one file on some file system.
 *
 * It is coarser than each of APFS, HFS+, NTFS, exFAT, ext4 casefold and ZFS, because they disagree with each
 * other (sigma and final sigma are one file on exFAT and two on NTFS), and a missed alias loses work while a
 * needless one only costs a wait. Upper case before lower case makes `ß` equal `ss`. Locale-free on purpose.
 */
export const fold = (segment: string): string => {
  if (ASCII.test(segment)) return segment.toLowerCase().replace(TRAILING_DOTS_AND_SPACES, '');
  let folded = segment;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const next = foldOnce(folded);
    if (next === folded) break;
    folded = next;
  }
  return folded.replace(TRAILING_DOTS_AND_SPACES, '');
};
