import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

const folders: string[] = [];

/** An empty folder that is removed when the process ends. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'disjoint-bench-'));
  folders.push(folder);
  return folder;
};

process.on('exit', () => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true});
});
