import {mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {PathPolicy} from '../../../src/api/options.ts';
import {rulesFor} from '../../../src/api/path-rules.ts';
import {PORTABLE} from '../../../src/core/claim/fold.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

describe('the rules for names', () => {
  test('are the portable ones by default, and nothing is written to find them', () => {
    const root = temporaryFolder();
    expect(rulesFor('portable', root, path.join(root, '.disjoint'))).toBe(PORTABLE);
    expect(readdirSync(root)).toEqual([]);
  });

  test('are the portable ones for a policy that does not exist: they keep the most apart', () => {
    const root = temporaryFolder();
    for (const policy of ['Native', '', null, undefined] as unknown as readonly PathPolicy[]) {
      expect(rulesFor(policy, root, path.join(root, '.disjoint'))).toBe(PORTABLE);
    }
    expect(readdirSync(root)).toEqual([]);
  });

  test('are those of the volume with "native", and only the state folder is left behind', () => {
    const root = temporaryFolder();
    const rules = rulesFor('native', root, path.join(root, '.disjoint'));
    expect(rules).not.toEqual(PORTABLE);
    expect(readdirSync(root)).toEqual(['.disjoint']);
    expect(readdirSync(path.join(root, '.disjoint'))).toEqual(['.gitignore']);
  });

  test('are the portable ones if the state lies on another volume, or nowhere', () => {
    const root = temporaryFolder();
    // A file system of the kernel's own is never the one that holds a temporary folder.
    expect(rulesFor('native', root, '/proc/self')).toBe(PORTABLE);
    mkdirSync(path.join(root, 'repo'));
    expect(rulesFor('native', path.join(root, 'gone'), path.join(root, 'repo'))).toBe(PORTABLE);
  });
});
