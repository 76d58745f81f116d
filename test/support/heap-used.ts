import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** What is reachable, in bytes. */
export const heapUsed = (): number => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  collect();
  return process.memoryUsage().heapUsed;
};
