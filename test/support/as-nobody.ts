import {chmodSync, lstatSync} from 'node:fs';
import path from 'node:path';

const NOBODY = 65_534;

/**
 * Does something, at once and not later, as a user whom permissions bind: as root they do not. Undefined if that cannot
 * be. The folders above are opened for others to go through, as those of a test are for its user alone.
 */
export const asNobody = <T>(folder: string, act: () => T): T | undefined => {
  const {getuid, seteuid} = process;
  if (getuid === undefined || seteuid === undefined) return undefined;
  if (getuid() !== 0) return act();
  for (const above of [folder, path.dirname(folder), path.dirname(path.dirname(folder))]) {
    const {mode} = lstatSync(above);
    if ((mode & 0o001) === 0) chmodSync(above, 0o711);
  }
  seteuid(NOBODY);
  try {
    return act();
  } finally {
    seteuid(0);
  }
};
