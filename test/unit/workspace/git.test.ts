import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {changedFiles, git, gitVersion, initRepository} from '../../../src/workspace/git.ts';
import {folderWith} from '../../support/cli.ts';
import {rejectionOf} from '../../support/orchestrators.ts';

describe('git', () => {
  test('tells its version', async () => {
    expect(await gitVersion()).toMatch(/^\d+\.\d+/u);
  });

  test('makes a repository with one commit of all that is there, whoever the user is', async () => {
    const folder = folderWith({'a.txt': 'a', 'sub/b.txt': 'b'});
    await initRepository(folder);
    expect(await git(folder, ['ls-files'])).toBe('a.txt\nsub/b.txt\n');
    expect(await git(folder, ['log', '--format=%an %s'])).toBe('Disjoint Start\n');
    expect(await changedFiles(folder)).toEqual([]);
  });

  test('names the files that differ from the last commit, whatever they are called', async () => {
    const folder = folderWith({'a.txt': 'a', 'gone.txt': 'x', 'ü \n".txt': 'u'});
    await initRepository(folder);
    writeFileSync(path.join(folder, 'a.txt'), 'other');
    writeFileSync(path.join(folder, 'ü \n".txt'), 'other');
    rmSync(path.join(folder, 'gone.txt'));
    mkdirSync(path.join(folder, 'new'));
    writeFileSync(path.join(folder, 'new', ':(top)x'), '');
    expect(await changedFiles(folder)).toEqual(['a.txt', 'gone.txt', 'new/:(top)x', 'ü \n".txt'].toSorted());
  });

  test('runs no hook and no monitor that somebody put into the repository', async () => {
    const folder = folderWith({'a.txt': 'a'});
    await initRepository(folder);
    const trap = path.join(folder, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\ntouch "${folder}/sprung"\n`);
    chmodSync(trap, 0o755);
    execFileSync('git', ['-C', folder, 'config', 'core.fsmonitor', trap]);
    execFileSync('git', ['-C', folder, 'config', 'core.hooksPath', path.join(folder, 'hooks')]);
    mkdirSync(path.join(folder, 'hooks'));
    execFileSync('cp', [trap, path.join(folder, 'hooks', 'pre-commit')]);
    expect(await changedFiles(folder)).toEqual(['hooks/pre-commit', 'trap.sh']);
    await git(folder, [
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@localhost',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'x',
    ]);
    expect(existsSync(path.join(folder, 'sprung'))).toBe(false);
    // The same call without our options springs the trap: it is a real one.
    execFileSync('git', ['-C', folder, 'status'], {stdio: 'ignore'});
    expect(existsSync(path.join(folder, 'sprung'))).toBe(true);
  });

  test('fails with what git said where there is no repository', async () => {
    const error = await rejectionOf(git(folderWith({}), ['status']));
    expect(String(error)).toMatch(/not a git repository/u);
  });
});
