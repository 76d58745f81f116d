import {mkdirSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {expect, test, vi} from 'vitest';
import {TreeResolver} from '../../../src/workspace/tree-resolver.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

// Some file systems number nothing, and nobody can mount one here: what is named so has no number.
vi.mock(import('node:fs'), async (importOriginal) => {
  const original = await importOriginal();
  const lstatSync = (place: string, options: {bigint: true; throwIfNoEntry: false}): unknown => {
    const stats = original.lstatSync(place, options);
    if (stats !== undefined && place.endsWith('unnumbered')) stats.ino = 0n;
    return stats;
  };
  return {...original, lstatSync: lstatSync as typeof original.lstatSync};
});

test('directories without a number on the disk have no ids, nor has what is below them', () => {
  const root = temporaryFolder();
  mkdirSync(path.join(root, 'a/unnumbered/b'), {recursive: true});
  const look = new TreeResolver(root).look();
  expect(look('a/unnumbered/b/c')).toMatchObject({
    kind: 'inside',
    ids: [expect.stringMatching(/^\d+:[1-9]\d*$/u)],
    links: [],
    exists: false,
  });
  expect(look('a/unnumbered')).toMatchObject({isDirectory: true, exists: true});
});

test('a root without a number is known by its name, in any case and through links', () => {
  const root = path.join(temporaryFolder(), 'unnumbered');
  mkdirSync(path.join(root, 'src'), {recursive: true});
  symlinkSync(`${root}/src`, path.join(root, 'link'));
  const look = new TreeResolver(root).look();
  const inside = {kind: 'inside', segments: ['src', 'a']};
  expect(look('link/a')).toMatchObject(inside);
  expect(look(`${path.dirname(root)}/Unnumbered/src/a`)).toMatchObject(inside);
  expect(look(`${root}-not/src/a`)).toMatchObject({kind: 'outside'});
  expect(look('../src/a')).toMatchObject({kind: 'outside'});
});
