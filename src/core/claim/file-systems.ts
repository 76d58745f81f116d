import {EXACT, type FoldRules} from './fold.ts';

/** A kind of file system, and what it does not tell apart in names as it comes. */
export interface FileSystem {
  readonly name: string;
  readonly rules: FoldRules;
}

/**
 * For explanations only: which file systems take two names as one. Each as it is set up by default, ext4 and ZFS also
 * as they can be set up. What decides is the portable fold, which is coarser than each of them.
 */
export const FILE_SYSTEMS: readonly FileSystem[] = [
  {name: 'APFS', rules: {...EXACT, caseless: true, normalized: true}},
  {name: 'HFS+', rules: {...EXACT, caseless: true, normalized: true, ignoring: true}},
  {name: 'NTFS', rules: {...EXACT, caseless: true, trimming: true}},
  {name: 'exFAT', rules: {...EXACT, caseless: true, trimming: true}},
  {
    name: 'ext4 with casefold',
    rules: {...EXACT, caseless: true, expanding: true, normalized: true, ignoring: true},
  },
  {name: 'ZFS with formKC', rules: {...EXACT, normalized: true, compatible: true}},
  {name: 'ext4', rules: EXACT},
];
