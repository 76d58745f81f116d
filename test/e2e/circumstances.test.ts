import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {folderWith, resultOf, runCli} from '../support/cli.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

describe('what is no bug is not called one', () => {
  test('a folder for temporary files that is not there', async () => {
    const TMPDIR = path.join(temporaryFolder(), 'nowhere');
    const {code, stderr} = await runCli(['demo'], {cwd: temporaryFolder(), env: {TMPDIR}});
    expect(stderr).toMatch(/^disjoint: E_IO: ENOENT: .+nowhere.+ Hint: check what lies there\.\n$/u);
    expect(code).toBe(74);
  });

  test('a folder where init has to write its file', async () => {
    const cwd = folderWith({'disjoint.yaml/a': ''});
    const {code, stderr} = await runCli(['init', '--force'], {cwd});
    expect(stderr).toMatch(/^disjoint: E_IO: EISDIR: .+disjoint\.yaml.+ Hint: check what lies there\.\n$/u);
    expect(code).toBe(74);
  });

  test('a file where init has to make its folder; and init can be run again once it is gone', async () => {
    const cwd = folderWith({'.disjoint': ''});
    for (const _ of ['once', 'again']) {
      const {code, stderr} = await runCli(['init'], {cwd});
      expect(stderr).toMatch(/^disjoint: E_IO: EEXIST: .+\.disjoint.+ Hint: check what lies there\.\n$/u);
      expect(code).toBe(74);
      expect(existsSync(path.join(cwd, 'disjoint.yaml'))).toBe(false);
    }
  });

  test('a current folder that was removed', async () => {
    const gone = path.join(temporaryFolder(), 'gone');
    const script = 'mkdir "$1" && cd "$1" && rmdir "$1" && exec "$2" "$3" overlap a b';
    const child = spawn('sh', ['-c', script, 'sh', gone, process.execPath, CLI], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(await resultOf(child)).toEqual({
      code: 74,
      stdout: '',
      stderr: 'disjoint: E_IO: the current folder is not there any more. Hint: go to one that is there.\n',
    });
  });
});
