import {statSync} from 'node:fs';
import path from 'node:path';
import {type FoldRules, PORTABLE} from '../core/claim/fold.ts';
import {makeStateFolder} from '../executors/process/state-folder.ts';
import {probeVolume} from '../workspace/probe-volume.ts';
import type {PathPolicy} from './options.ts';

/** A probe speaks for its own volume alone. */
const areOnOneVolume = (one: string, other: string): boolean => {
  try {
    return statSync(one, {bigint: true}).dev === statSync(other, {bigint: true}).dev;
  } catch {
    return false;
  }
};

/** What was found, by the device and inode of the folder that was probed in. */
const probed = new Map<string, FoldRules>();

/**
 * The same as a run in this repository would have it, for a question: nothing is left there by asking, and the volume is
 * asked once in the life of this program.
 */
export const knownRules = (policy: PathPolicy, root: string): FoldRules => {
  if (policy !== 'native') return PORTABLE;
  const stateDir = path.join(root, '.disjoint');
  const isThere = statSync(stateDir, {throwIfNoEntry: false})?.isDirectory() === true;
  const folder = isThere ? stateDir : root;
  if (!areOnOneVolume(root, folder)) return PORTABLE;
  const {dev, ino} = statSync(folder, {bigint: true});
  const volume = `${dev}:${ino}`;
  const rules = probed.get(volume) ?? probeVolume(folder);
  probed.set(volume, rules);
  return rules;
};

/**
 * Which names may be one file under this policy. Anything but `native` is portable: that keeps the most apart.
 * `native` makes the state folder, and files in it for a moment; if it lies on another volume than the repository, or
 * cannot be written, the portable rules stay.
 */
export const rulesFor = (policy: PathPolicy, root: string, stateDir: string): FoldRules => {
  if (policy !== 'native') return PORTABLE;
  makeStateFolder(stateDir);
  return areOnOneVolume(root, stateDir) ? probeVolume(stateDir) : PORTABLE;
};
