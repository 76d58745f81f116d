import {statSync} from 'node:fs';
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
