import {EXACT, type FoldRules} from './fold.ts';

/** A kind of file system, and what it does not tell apart in names as it comes. */
export interface FileSystem {
  readonly name: string;
  readonly rules: FoldRules;
}

const APFS: FoldRules = {...EXACT, caseless: true, normalized: true};
/** It keeps names decomposed, so that is how they come back. */
const HFS_PLUS: FoldRules = {...APFS, ignoring: true, composing: false};
const NTFS: FoldRules = {...EXACT, caseless: true, trimming: true};

/**
 * Which file systems take two names as one. Each as it is set up by default, ext4 and ZFS also as they can be set up.
 * Of two names, the portable fold decides, which is coarser than each of them.
 */
export const FILE_SYSTEMS: readonly FileSystem[] = [
  {name: 'APFS', rules: APFS},
  {name: 'HFS+', rules: HFS_PLUS},
  {name: 'NTFS', rules: NTFS},
  {name: 'exFAT', rules: NTFS},
  {name: 'ext4 with casefold', rules: {...HFS_PLUS, expanding: true}},
  {name: 'ZFS with formKC', rules: {...EXACT, normalized: true, compatible: true}},
  {name: 'ext4', rules: EXACT},
];
