import {closeSync, fdatasyncSync, openSync, writeSync} from 'node:fs';
import path from 'node:path';
import {type Spread, spread} from '../statistics.ts';
import {temporaryFolder} from './folder.ts';

/** How long the disk takes to sync 8 KB at the end of a file (ms): what all else here is to be seen beside. */
export const syncTimes = (count: number): Spread => {
  const file = openSync(path.join(temporaryFolder(), 'file'), 'w');
  const bytes = Buffer.alloc(8_192, 1);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    times.push(performance.now() - startedAt);
  }
  closeSync(file);
  return spread(times);
};
