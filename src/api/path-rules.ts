import {type FoldRules, PORTABLE} from '../core/claim/fold.ts';
import {makeStateFolder} from '../executors/process/state-folder.ts';
import {probeVolume} from '../workspace/probe-volume.ts';
import type {PathPolicy} from './options.ts';

/** Which names may be one file under this policy. `native` makes the state folder, and files in it for a moment. */
export const rulesFor = (policy: PathPolicy, stateDir: string): FoldRules => {
  if (policy === 'portable') return PORTABLE;
  makeStateFolder(stateDir);
  return probeVolume(stateDir);
};
