import {spawnSync} from 'node:child_process';
import {afterEach} from 'vitest';
import {temporaryFolder} from './temporary-folder.ts';

const mounted: string[] = [];

const run = (command: string, args: readonly string[]): string | undefined => {
  const {status, stderr, error} = spawnSync(command, args, {encoding: 'utf8'});
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
};

afterEach(() => {
  for (const place of mounted.splice(0).toReversed()) {
    const complaint = run('umount', [place]);
    if (complaint !== undefined) throw new Error(`${place} is still mounted: ${complaint}`);
  }
});

/** For mounts: what is mounted in it has gone when it is removed, as hooks run from the last one back. */
export const folderForMounts = temporaryFolder;

/**
 * Shows a file or folder in a second place, until the test has finished.
 *
 * @returns Why this machine cannot, in one line; undefined if it is done. Only root may mount.
 */
export const bindMount = (target: string, place: string): string | undefined => {
  const complaint = run('mount', ['--bind', target, place]);
  if (complaint === undefined) mounted.push(place);
  return complaint?.split('\n')[0];
};
