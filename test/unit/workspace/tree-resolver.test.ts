import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Look} from '../../../src/core/claim/look.ts';
import {TreeResolver} from '../../../src/workspace/tree-resolver.ts';
import {asNobody} from '../../support/as-nobody.ts';
import {bindMount, folderForMounts} from '../../support/bind-mount.ts';
import {skipLoudly} from '../../support/skip-loudly.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

/** A folder with an empty repository in it, so that there is something to leave the repository for. */
const makeRoot = (name = 'repo'): string => {
  const root = path.join(folderForMounts(), name);
  mkdirSync(root);
  mkdirSync(path.join(root, 'src/lib'), {recursive: true});
  return root;
};

const lookIn = (root: string, file: string): Look => new TreeResolver(root).look()(file);

const insideOf = (look: Look): Extract<Look, {kind: 'inside'}> => {
  if (look.kind !== 'inside') throw new Error(`not inside: ${JSON.stringify(look)}`);
  return look;
};

/** Where the path really lies, below the root. */
const placeOf = (root: string, file: string): string => insideOf(lookIn(root, file)).segments.join('/');

const idOf = (file: string): string => {
  const {dev, ino} = lstatSync(file, {bigint: true});
  return `${dev}:${ino}`;
};

describe('where a path leads', () => {
  test('is where it says if nothing is in the way, whether something is there or not', () => {
    const root = makeRoot();
    writeFileSync(path.join(root, 'src/a.ts'), '');
    expect(lookIn(root, 'src/a.ts')).toEqual({
      kind: 'inside',
      segments: ['src', 'a.ts'],
      ids: [idOf(path.join(root, 'src'))],
      links: [],
      exists: true,
      isDirectory: false,
    });
    expect(lookIn(root, 'src/./new//deep/')).toEqual({
      kind: 'inside',
      segments: ['src', 'new', 'deep'],
      ids: [idOf(path.join(root, 'src'))],
      links: [],
      exists: false,
      isDirectory: false,
    });
    expect(lookIn(root, '.')).toEqual({
      kind: 'inside',
      segments: [],
      ids: [],
      links: [],
      exists: true,
      isDirectory: true,
    });
    expect(lookIn(root, '')).toEqual(lookIn(root, '.'));
  });

  test('is through symbolic links to links to a directory, with what is missing below it', () => {
    const root = makeRoot();
    symlinkSync('src', path.join(root, 'l2'));
    symlinkSync('./l2/', path.join(root, 'l1'));
    symlinkSync('l1/lib', path.join(root, 'l0'));
    expect(placeOf(root, 'l1/a.ts')).toBe('src/a.ts');
    expect(placeOf(root, 'l0/new/deep.ts')).toBe('src/lib/new/deep.ts');
    expect(insideOf(lookIn(root, 'l0')).isDirectory).toBe(true);
  });

  test('is the target of a dangling link, which is made by writing to the link', () => {
    const root = makeRoot();
    symlinkSync('src/new.ts', path.join(root, 'dangling'));
    symlinkSync('not/there/yet', path.join(root, 'deep'));
    writeFileSync(path.join(root, 'dangling'), 'written');
    expect(realpathSync(path.join(root, 'dangling'))).toBe(path.join(root, 'src/new.ts'));
    rmSync(path.join(root, 'src/new.ts'));
    expect(placeOf(root, 'dangling')).toBe('src/new.ts');
    expect(placeOf(root, 'deep/x')).toBe('not/there/yet/x');
    expect(insideOf(lookIn(root, 'deep')).exists).toBe(false);
  });

  test('is for ".." above the folder that a link led to, and by the text above what is missing', () => {
    const root = makeRoot();
    mkdirSync(path.join(root, 'deep'));
    symlinkSync('../src/lib', path.join(root, 'deep/up'));
    expect(placeOf(root, 'deep/up/../a.ts')).toBe('src/a.ts');
    expect(placeOf(root, 'deep/../a.ts')).toBe('a.ts');
    expect(placeOf(root, 'missing/../deep/up/../a.ts')).toBe('src/a.ts');
    expect(placeOf(root, 'deep/missing/../../a.ts')).toBe('a.ts');
  });

  test('is below a file by the text: nothing can be there', () => {
    const root = makeRoot();
    writeFileSync(path.join(root, 'file'), '');
    expect(lookIn(root, 'file/x/y')).toEqual({
      kind: 'inside',
      segments: ['file', 'x', 'y'],
      ids: [],
      links: [],
      exists: false,
      isDirectory: false,
    });
  });

  test('is told for .git and its like as for any folder: whoever asks refuses them by name', () => {
    const root = makeRoot();
    mkdirSync(path.join(root, '.git/hooks'), {recursive: true});
    symlinkSync('.git/hooks', path.join(root, 'hooks'));
    expect(placeOf(root, 'hooks/pre-commit')).toBe('.git/hooks/pre-commit');
  });
});

describe('what leaves the repository is told with where it leads:', () => {
  test('links out of it, and ".." above the root', () => {
    const root = makeRoot();
    symlinkSync('/', path.join(root, 'top'));
    symlinkSync('../elsewhere', path.join(root, 'next'));
    const above = path.dirname(root);
    expect(lookIn(root, 'next/x')).toEqual({kind: 'outside', target: path.join(above, 'elsewhere/x')});
    expect(lookIn(root, 'top')).toEqual({kind: 'outside', target: '/'});
    expect(lookIn(root, '../x')).toEqual({kind: 'outside', target: path.join(above, 'x')});
    expect(lookIn(root, '../../../../../../../../x')).toEqual({kind: 'outside', target: '/x'});
    expect(lookIn(root, `${root}-evil/x`)).toEqual({kind: 'outside', target: `${root}-evil/x`});
    expect(lookIn(root, above)).toEqual({kind: 'outside', target: above});
  });

  test('a link that goes out and comes back is inside', () => {
    const root = makeRoot();
    symlinkSync('../repo/src', path.join(root, 'round'));
    symlinkSync(`${root}/src`, path.join(root, 'absolute'));
    expect(placeOf(root, 'round/a.ts')).toBe('src/a.ts');
    expect(placeOf(root, 'absolute/a.ts')).toBe('src/a.ts');
    expect(placeOf(root, `${root}/./src//a.ts`)).toBe('src/a.ts');
  });

  test('a folder next to the root whose name only differs by case, where the disk has both', () => {
    const root = makeRoot();
    const other = path.join(path.dirname(root), 'REPO');
    symlinkSync('../REPO/x', path.join(root, 'other'));
    // Nothing is there: on another disk it would be the root.
    expect(placeOf(root, 'other')).toBe('x');
    mkdirSync(other, {recursive: true});
    const look = lookIn(root, 'other');
    const isOne = idOf(other) === idOf(root);
    expect(look.kind).toBe(isOne ? 'inside' : 'outside');
    expect(look).toMatchObject(isOne ? {segments: ['x']} : {target: path.join(other, 'x')});
  });
});

describe('a path that has no end', () => {
  test('is a loop: links that lead to each other, to themselves or below themselves', () => {
    const root = makeRoot();
    symlinkSync('loop2', path.join(root, 'loop'));
    symlinkSync('loop', path.join(root, 'loop2'));
    symlinkSync('self/x', path.join(root, 'self'));
    for (const file of ['loop', 'loop/x', 'loop2/../x', 'self']) {
      expect({file, ...lookIn(root, file)}).toEqual({file, kind: 'loop'});
    }
  });

  test('is a loop after 40 links and no sooner, as for the kernel', () => {
    const root = makeRoot();
    const made = 45;
    for (let i = 1; i <= made; i++) symlinkSync(i === 1 ? 'end' : `l${i - 1}`, path.join(root, `l${i}`));
    writeFileSync(path.join(root, 'end'), '');
    expect(placeOf(root, 'l40')).toBe('end');
    expect(lookIn(root, 'l41')).toEqual({kind: 'loop'});
    if (process.platform !== 'linux') return;
    expect(realpathSync.native(path.join(root, 'l40'))).toBe(path.join(root, 'end'));
    expect(() => writeFileSync(path.join(root, 'l41'), '')).toThrow('ELOOP');
  });

  test('is followed once in each folder: links that double what is to come are cut off as well', () => {
    const root = makeRoot();
    symlinkSync('.', path.join(root, 'l0'));
    for (let i = 1; i <= 30; i++) symlinkSync(`l${i - 1}/l${i - 1}`, path.join(root, `l${i}`));
    expect(lookIn(root, 'l30/x')).toEqual({kind: 'loop'});
  });
});

describe('what cannot be looked at is denied, and nothing throws:', () => {
  test('names that no file can have, and paths that are too long', () => {
    const root = makeRoot();
    const long = 'x'.repeat(300);
    expect(lookIn(root, 'src/a\0b/c')).toEqual({kind: 'denied', at: `${root}/src/a\0b`});
    expect(lookIn(root, 'src/\uD800')).toEqual({kind: 'denied', at: `${root}/src/\uD800`});
    expect(lookIn(root, `src/${long}/y`)).toEqual({kind: 'denied', at: `${root}/src/${long}`});
    // As long as a path may be, but not below this root; what is below a missing name nobody asks the disk for.
    expect(lookIn(root, 'new/'.repeat(1000)).kind).toBe('inside');
  });

  test('a link whose target is no text, as it would be another name once it is text', () => {
    const root = makeRoot();
    const link = path.join(root, 'latin');
    symlinkSync(Buffer.from([0x73, 0xff, 0x72]), link);
    expect(lookIn(root, 'latin/x')).toEqual({kind: 'denied', at: link});
  });

  test('what lies in a folder that may not be searched, with that folder', (context) => {
    const root = makeRoot();
    const locked = path.join(root, 'locked');
    mkdirSync(path.join(locked, 'in'), {recursive: true});
    symlinkSync('locked/in', path.join(root, 'through'));
    chmodSync(locked, 0o600);
    const seen = asNobody(root, () => ['locked', 'locked/in', 'through/x'].map((file) => lookIn(root, file)));
    chmodSync(locked, 0o700);
    if (seen === undefined) {
      skipLoudly(context, 'permissions: this user cannot be another one');
      return;
    }
    const [folder, below, through] = seen;
    expect(insideOf(folder!).isDirectory).toBe(true);
    expect(below).toEqual({kind: 'denied', at: locked});
    expect(through).toEqual({kind: 'denied', at: locked});
  });

  test('all of it, if the root cannot be looked at', () => {
    const folder = temporaryFolder();
    const root = path.join(folder, 'loop');
    symlinkSync('loop', root);
    expect(lookIn(root, 'a')).toEqual({kind: 'loop'});
    expect(lookIn(`${folder}/a\0b`, 'a').kind).toBe('denied');
    // One that does not exist yet has paths below it all the same.
    expect(placeOf(path.join(folder, 'new'), 'a/b')).toBe('a/b');
    expect(placeOf(path.join(folder, 'new'), `${folder}/NEW/a`)).toBe('a');
  });
});

describe('the root', () => {
  test('may be reached through links, and claims may come by any of its spellings', () => {
    const root = makeRoot();
    const folder = path.dirname(root);
    symlinkSync('repo', path.join(folder, 'link'));
    symlinkSync(folder, path.join(folder, 'around'));
    for (const one of [
      root,
      `${folder}/link`,
      `${folder}/around/link/`,
      `${folder}/around/../${path.basename(folder)}/repo`,
    ]) {
      for (const other of [root, `${folder}/link`, `${folder}/around/repo`]) {
        expect({one, place: placeOf(one, `${other}/src/a.ts`)}).toEqual({one, place: 'src/a.ts'});
      }
      expect(placeOf(one, 'src/a.ts')).toBe('src/a.ts');
      expect(lookIn(one, '../x')).toEqual({kind: 'outside', target: path.join(folder, 'x')});
    }
  });

  test('may be moved between two looks, but not within one', () => {
    const root = makeRoot();
    const folder = path.dirname(root);
    const link = path.join(folder, 'current');
    symlinkSync('repo', link);
    const resolver = new TreeResolver(link);
    const before = resolver.look();
    before('src');
    renameSync(root, path.join(folder, 'moved'));
    rmSync(link);
    symlinkSync('moved', link);
    expect(insideOf(resolver.look()(`${folder}/moved/src/a.ts`)).segments).toEqual(['src', 'a.ts']);
    expect(insideOf(before('src')).exists).toBe(true);
    expect(before(`${folder}/moved/src/a.ts`).kind).toBe('inside');
  });

  test('may have spaces and all of Unicode in its path', () => {
    const root = makeRoot(' My Répertoire (1) 🦀 e\u0301 ');
    symlinkSync(`${root}/src`, path.join(root, 'lînk 🦀'));
    expect(placeOf(root, 'lînk 🦀/ä b.ts')).toBe('src/ä b.ts');
    expect(placeOf(root, `${root}/src`)).toBe('src');
  });

  test('may be the root of the file system', () => {
    const {segments, isDirectory} = insideOf(lookIn('/', '..'));
    expect({segments, isDirectory}).toEqual({segments: [], isDirectory: true});
    expect(placeOf('/', '/no-such-name/x')).toBe('no-such-name/x');
  });
});

describe('what lies under two names', () => {
  test('has an id on the disk: each directory on the way, and a file that has several names', () => {
    const root = makeRoot();
    const at = (file: string): string => path.join(root, file);
    writeFileSync(at('src/lib/one.ts'), '');
    writeFileSync(at('src/lib/two.ts'), '');
    linkSync(at('src/lib/two.ts'), at('also-two.ts'));
    const directories = [idOf(at('src')), idOf(at('src/lib'))];
    expect(insideOf(lookIn(root, 'src/lib/one.ts')).ids).toEqual(directories);
    expect(insideOf(lookIn(root, 'src/lib/two.ts')).ids).toEqual([...directories, idOf(at('also-two.ts'))]);
    expect(insideOf(lookIn(root, 'also-two.ts')).ids).toEqual([idOf(at('src/lib/two.ts'))]);
    expect(insideOf(lookIn(root, 'src/lib/new/x.ts')).ids).toEqual(directories);
  });

  test('has one id in both places where a directory is mounted', (context) => {
    const root = makeRoot();
    mkdirSync(path.join(root, 'mounted'));
    const reason = bindMount(path.join(root, 'src'), path.join(root, 'mounted'));
    if (reason !== undefined) return skipLoudly(context, `bind mounts: ${reason}`);
    expect(insideOf(lookIn(root, 'mounted/new.ts')).ids).toEqual([idOf(path.join(root, 'src'))]);
    expect(placeOf(root, 'mounted/../a')).toBe('a');
  });

  test('is below the root where the root, or what is above it, is mounted in the root once more', (context) => {
    const root = makeRoot();
    mkdirSync(path.join(root, 'again'));
    mkdirSync(path.join(root, 'above'));
    const reason = bindMount(root, path.join(root, 'again'));
    if (reason !== undefined) return skipLoudly(context, `bind mounts: ${reason}`);
    expect(bindMount(path.dirname(root), path.join(root, 'above'))).toBeUndefined();
    expect(placeOf(root, 'again/src/a.ts')).toBe('src/a.ts');
    expect(placeOf(root, 'above/repo/src/a.ts')).toBe('src/a.ts');
    expect(placeOf(root, 'above/other')).toBe('above/other');
    expect(placeOf(root, 'again/../x')).toBe('x');
  });
});

describe('a directory', () => {
  test('is one also through links, and a pipe, a socket or a device is a file that nobody opens', async () => {
    const root = makeRoot();
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    symlinkSync('/dev/null', path.join(root, 'device'));
    symlinkSync('src', path.join(root, 'link'));
    const server = createServer();
    // Relative, as the path of a socket may not be long.
    await new Promise<void>((resolve) =>
      server.listen(path.relative('.', path.join(root, 'socket')), resolve),
    );
    const kinds = ['src', 'link', 'pipe', 'socket'].map((file) => {
      const {exists, isDirectory, ids} = insideOf(lookIn(root, file));
      return {file, exists, isDirectory, hasId: ids.length > 0};
    });
    await new Promise((resolve) => server.close(resolve));
    expect(kinds).toEqual([
      {file: 'src', exists: true, isDirectory: true, hasId: true},
      {file: 'link', exists: true, isDirectory: true, hasId: true},
      {file: 'pipe', exists: true, isDirectory: false, hasId: false},
      {file: 'socket', exists: true, isDirectory: false, hasId: false},
    ]);
    expect(lookIn(root, 'pipe/x').kind).toBe('inside');
    expect(lookIn(root, 'device')).toEqual({kind: 'outside', target: '/dev/null'});
    expect(lookIn('/', 'dev/null')).toMatchObject({kind: 'inside', isDirectory: false});
  });

  test('is the root of a submodule, also where nothing is checked out, and by any spelling', () => {
    const root = makeRoot();
    writeFileSync(
      path.join(root, '.gitmodules'),
      '[submodule "lib"]\n\tpath = vendor/lib\n\turl = ../lib\n[submodule "x y"]\n\tpath = "./vendor/x y/"\n',
    );
    const isDirectory = (file: string): boolean => insideOf(lookIn(root, file)).isDirectory;
    expect(isDirectory('vendor/lib')).toBe(true);
    expect(isDirectory('Vendor/LIB')).toBe(true);
    expect(isDirectory('vendor/x y')).toBe(true);
    expect(isDirectory('vendor/lib2')).toBe(false);
    expect(isDirectory('vendor/lib/x.c')).toBe(false);
    expect(isDirectory('vendor')).toBe(false);
    expect(insideOf(lookIn(root, 'vendor/lib')).exists).toBe(false);
  });

  test('is the root of a submodule of a submodule, and below a repository that begins further up', () => {
    const top = makeRoot();
    const root = path.join(top, 'apps/web');
    mkdirSync(path.join(root, 'vendor/lib'), {recursive: true});
    mkdirSync(path.join(top, '.git'));
    const list = (folder: string, ...paths: readonly string[]): void =>
      writeFileSync(
        path.join(folder, '.gitmodules'),
        paths.map((one) => `[submodule "${one}"]\npath = ${one}\n`).join(''),
      );
    list(top, 'apps/web/vendor/lib', 'vendor/lib', 'apps/web2');
    list(path.join(root, 'vendor/lib'), 'deep/er', 'x');
    // The repository has one list, and this is another folder of it.
    list(root, 'none');
    const isDirectory = (file: string): boolean => insideOf(lookIn(root, file)).isDirectory;
    const roots = ['vendor/lib', 'vendor/lib/deep/er', 'vendor/lib/x', 'VENDOR/lib/X'];
    expect(roots.map(isDirectory)).toEqual(
      roots.map((file) => file !== 'VENDOR/lib/X' || isDirectory('VENDOR')),
    );
    const others = ['none', 'deep/er', 'apps/web/vendor/lib', 'vendor/lib/deep/e', 'vendor/lib/x/y', '2'];
    expect(others.filter(isDirectory)).toEqual([]);
  });

  test('is no submodule where .gitmodules is a pipe, a link, a directory or larger than a mebibyte', () => {
    const root = makeRoot();
    const list = path.join(root, '.gitmodules');
    const text = '[submodule "lib"]\n\tpath = vendor/lib\n';
    const isDirectory = (): boolean => insideOf(lookIn(root, 'vendor/lib')).isDirectory;
    const makers: readonly (() => void)[] = [
      () => execFileSync('mkfifo', [list]),
      () => mkdirSync(list),
      () => {
        writeFileSync(path.join(root, 'list'), text);
        symlinkSync('list', list);
      },
      () => writeFileSync(list, text + '#'.repeat(1024 * 1024)),
    ];
    for (const make of makers) {
      make();
      expect(isDirectory()).toBe(false);
      rmSync(list, {recursive: true});
    }
    writeFileSync(list, text + '#'.repeat(1024 * 1024 - text.length));
    expect(isDirectory()).toBe(true);
  });
});

describe('one look', () => {
  test('tells of a name what it saw at first, and the next one what is there now', () => {
    const root = makeRoot();
    const resolver = new TreeResolver(root);
    const before = resolver.look();
    expect(insideOf(before('link/a')).segments).toEqual(['link', 'a']);
    symlinkSync('src', path.join(root, 'link'));
    writeFileSync(path.join(root, '.gitmodules'), '[submodule "lib"]\n\tpath = vendor/lib\n');
    expect(insideOf(before('link/a')).segments).toEqual(['link', 'a']);
    expect(insideOf(before('vendor/lib')).isDirectory).toBe(false);
    const after = resolver.look();
    expect(insideOf(after('link/a')).segments).toEqual(['src', 'a']);
    expect(insideOf(after('vendor/lib')).isDirectory).toBe(true);
  });
});
