import {readdirSync, readFileSync} from 'node:fs';

const MARK = 'MARKED_FOLDER';

/** For the environment of a program: all that it starts is found by it. */
export const markOf = (folder: string): Readonly<Record<string, string>> => ({[MARK]: folder});

/** The processes with the mark of this folder. */
export const processesOf = (folder: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/u.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARK}=${folder}\0`);
    } catch {
      // It has ended meanwhile, or belongs to somebody else.
      return false;
    }
  });
