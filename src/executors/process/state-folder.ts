import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/**
 * Makes the folder for the state of Disjoint, for the user alone, with a `.gitignore` of its own so that no
 * repository ever shows it as new. A folder that cannot be made is not the end of the work: only logs are lost.
 */
export const makeStateFolder = (folder: string): void => {
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700});
    writeFileSync(path.join(folder, '.gitignore'), '*\n', {flag: 'wx'});
  } catch {
    // It is there already, or nothing can be written here.
  }
};
