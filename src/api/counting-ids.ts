import type {Ids} from '../ports/ids.ts';

/** Ids by number: `t1`, `t2`, ... */
export const countingIds = (): Ids => {
  let last = 0;
  return {taskId: () => `t${++last}`};
};
