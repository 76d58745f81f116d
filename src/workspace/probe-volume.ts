import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {type FoldRules, PORTABLE} from '../core/claim/fold.ts';

type Pair = readonly [one: string, other: string];

/** What a volume may not tell apart. */
type Fold = Exclude<keyof FoldRules, 'composing'>;

/**
 * For each fold, names that differ by nothing else. Several, as a file system may do a part of it: only ASCII letters,
 * only composed syllables, only some of the characters that nobody sees. `ﬁ` and `fi` are not among them: one file by
 * case on one volume, by compatibility on another.
 */
const PAIRS: Readonly<Record<Fold, readonly Pair[]>> = {
  caseless: [
    ['x', 'X'],
    ['é', 'É'],
    ['д', 'Д'],
    ['σ', 'ς'],
    ['ß', 'ẞ'],
    ['ß', 'ss'],
    ['𐐨', '𐐀'],
  ],
  expanding: [
    ['ß', 'ss'],
    ['ß', 'SS'],
    ['ŉ', 'ʼN'],
    ['ﬁ', 'FI'],
    ['ﬁ', 'fi'],
  ],
  normalized: [
    ['é', 'e\u0301'],
    ['가', '\u1100\u1161'],
    ['\u212B', 'Å'],
    ['a\u0323\u0307', 'a\u0307\u0323'],
  ],
  compatible: [
    ['①', '1'],
    ['ａ', 'a'],
    ['x²', 'x2'],
  ],
  ignoring: [
    ['x\u200D', 'x'],
    ['x\uFE0F', 'x'],
    ['x\u00AD', 'x'],
    ['x\u200B', 'x'],
    ['x\uFEFF', 'x'],
  ],
  trimming: [
    ['x.', 'x'],
    ['x ', 'x'],
    ['x..', 'x'],
  ],
};

/** Two files, as the disk shows: what is written to the one does not come up in the other. */
const areTwoFiles = (one: string, other: string): boolean => {
  writeFileSync(one, 'one');
  writeFileSync(other, 'other');
  return readFileSync(one, 'utf8') === 'one' && readFileSync(other, 'utf8') === 'other';
};

const isDisproved = (prefix: string, pairs: readonly Pair[]): boolean => {
  try {
    return pairs.every(([one, other], i) => areTwoFiles(`${prefix}-${i}-${one}`, `${prefix}-${i}-${other}`));
  } catch {
    // A name that the volume does not accept proves nothing.
    return false;
  }
};

/**
 * Which names are one file on the volume of this folder: for a single host, and for a repository that lies on this
 * volume with all that is in it. A folder with rules of its own, and what is mounted below, is not seen.
 *
 * Makes files in the folder whose names begin with `disjoint-probe-`, and removes them. A fold is dropped only if all
 * its pairs of names were seen to be two files. Where nothing can be written, the portable rules stay.
 *
 * @param folder Absolute path of a folder that exists: that of the state.
 */
export const probeVolume = (folder: string): FoldRules => {
  let probes: string | undefined;
  try {
    probes = mkdtempSync(`${folder}/disjoint-probe-`);
    const prefix = `${probes}/disjoint-probe`;
    const does = (fold: Fold): boolean => !isDisproved(`${prefix}-${fold}`, PAIRS[fold]);
    const caseless = does('caseless');
    return {
      caseless,
      expanding: caseless && does('expanding'),
      normalized: does('normalized'),
      compatible: does('compatible'),
      ignoring: does('ignoring'),
      trimming: does('trimming'),
      composing: true,
    };
  } catch {
    return PORTABLE;
  } finally {
    remove(probes);
  }
};

const remove = (probes: string | undefined): void => {
  if (probes === undefined) return;
  try {
    rmSync(probes, {recursive: true, force: true});
  } catch {
    // What cannot be removed is empty files in the folder of the state: no reason to fail.
  }
};
