import {chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../../src/core/claim/claim.ts';
import {EXACT, PORTABLE} from '../../../src/core/claim/fold.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import {TreeWorkspace} from '../../../src/workspace/tree-workspace.ts';
import {claimOf} from '../../support/claim-of.ts';
import {folderWith} from '../../support/cli.ts';

const FILES = {
  'src/a.ts': 'a',
  'src/b.ts': 'b',
  'src/deep/c.ts': 'c',
  'docs/Read Me.md': 'd',
  'node_modules/x/index.js': 'x',
};

/** The claimed files that differ after something was done to the tree at this root. */
const changesIn = async (
  root: string,
  claims: readonly ClaimInput[],
  act: (at: (name: string) => string) => void,
): Promise<readonly string[] | null> => {
  const workspace = new TreeWorkspace(root);
  const parsed = claims.flatMap((claim) => {
    const one = parseClaim(claim);
    if (!one.ok) throw new Error(one.failure.message);
    return one.value;
  });
  const picture = await workspace.takePicture(parsed);
  act((name) => path.join(root, name));
  return picture.changes();
};

const changesAfter = (
  claims: readonly ClaimInput[],
  act: (at: (name: string) => string) => void,
  files: Readonly<Record<string, string>> = FILES,
): Promise<readonly string[] | null> => changesIn(folderWith(files), claims, act);

describe('the changes to claimed files', () => {
  test('are none if nothing was done, and none of files that are not claimed', async () => {
    expect(await changesAfter(['src/'], () => {})).toEqual([]);
    expect(await changesAfter(['src/a.ts'], (at) => writeFileSync(at('src/b.ts'), 'new'))).toEqual([]);
  });

  test('are what was written, made, removed, renamed or made executable', async () => {
    const changed = await changesAfter(['src/', 'docs/new/x.md'], (at) => {
      writeFileSync(at('src/a.ts'), 'other text');
      renameSync(at('src/b.ts'), at('src/deep/moved.ts'));
      rmSync(at('src/deep/c.ts'));
      mkdirSync(at('docs/new'));
      writeFileSync(at('docs/new/x.md'), '');
    });
    expect(changed).toEqual(['docs/new/x.md', 'src/a.ts', 'src/b.ts', 'src/deep/c.ts', 'src/deep/moved.ts']);
    expect(await changesAfter(['src/a.ts'], (at) => chmodSync(at('src/a.ts'), 0o755))).toEqual(['src/a.ts']);
  });

  test('are seen although size and times were put back', async () => {
    const changed = await changesAfter(['src/a.ts'], (at) => {
      const long = new Date(0);
      utimesSync(at('src/a.ts'), long, long);
      writeFileSync(at('src/a.ts'), 'z');
      utimesSync(at('src/a.ts'), long, long);
    });
    expect(changed).toEqual(['src/a.ts']);
  });

  test('are those that a glob matches, in any case of the letters', async () => {
    const changed = await changesAfter([{glob: 'docs/*.MD'}, 'src/*.ts'], (at) => {
      writeFileSync(at('docs/Read Me.md'), 'new');
      writeFileSync(at('docs/other.txt'), 'new');
      writeFileSync(at('src/new.ts'), 'new');
      writeFileSync(at('src/deep/c.ts'), 'new');
    });
    expect(changed).toEqual(['docs/Read Me.md', 'src/new.ts']);
  });

  test('are those that a glob matches by the rules of its claim', async () => {
    for (const rules of [PORTABLE, EXACT]) {
      const root = folderWith(FILES);
      const claim = claimOf('docs/R*.md', {rules});
      const picture = await new TreeWorkspace(root, rules).takePicture([claim]);
      writeFileSync(path.join(root, 'docs/Read Me.md'), 'new');
      expect(await picture.changes()).toEqual(['docs/Read Me.md']);
    }
  });

  test('of a whole repository leave out git, our own state and installed packages', async () => {
    const files = {...FILES, '.git/index': 'i', '.disjoint/runs/log': 'l'};
    const changed = await changesAfter(
      ['./'],
      (at) => {
        for (const name of [...Object.keys(files), '.env']) writeFileSync(at(name), 'new text');
      },
      files,
    );
    expect(changed).toEqual(['.env', 'docs/Read Me.md', 'src/a.ts', 'src/b.ts', 'src/deep/c.ts']);
  });

  test('are of a link itself where one lies in a claimed folder, so that no loop is walked for ever', async () => {
    const changed = await changesAfter(['./'], (at) => {
      symlinkSync('..', at('src/loop'));
      symlinkSync('src/a.ts', at('link'));
    });
    expect(changed).toEqual(['link', 'src/loop']);
  });

  describe('behind a link that a claim names', () => {
    const linked = async (
      claims: readonly ClaimInput[],
      links: Readonly<Record<string, string>>,
      act: (at: (name: string) => string) => void,
    ) => {
      const root = folderWith(FILES);
      for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(root, name));
      return changesIn(root, claims, act);
    };

    test('are what was written through it', async () => {
      const links = {'plan.md': 'second.md', 'second.md': 'docs/Read Me.md'};
      expect(await linked(['plan.md'], links, () => {})).toEqual([]);
      expect(await linked(['plan.md'], links, (at) => writeFileSync(at('plan.md'), 'new'))).toEqual([
        'plan.md',
      ]);
      expect(await linked([{glob: 'plan.md'}], links, (at) => writeFileSync(at('plan.md'), 'new'))).toEqual([
        'plan.md',
      ]);
    });

    test('are that its target is made, or goes away', async () => {
      const links = {'plan.md': 'nothere.md'};
      expect(await linked(['plan.md'], links, () => {})).toEqual([]);
      expect(await linked(['plan.md'], links, (at) => writeFileSync(at('plan.md'), ''))).toEqual(['plan.md']);
      expect(await linked(['plan.md'], {'plan.md': 'src/a.ts'}, (at) => rmSync(at('src/a.ts')))).toEqual([
        'plan.md',
      ]);
    });

    test('are that of the link alone where it leads out of the repository', async () => {
      const other = folderWith(FILES);
      const lead = (at: (name: string) => string): void => symlinkSync(other, at('out'));
      for (const claims of [['out'], ['out/'], [{glob: 'out/**'}]]) {
        expect(await linked(claims, {}, lead)).toEqual([expect.stringMatching(/^out\/?$/u)]);
        const write = (): void => writeFileSync(path.join(other, 'src/a.ts'), 'new');
        expect(await linked(claims, {out: other}, write)).toEqual([]);
      }
    });

    test('are none where it leads to itself, before or after', async () => {
      expect(await linked(['a'], {a: 'b', b: 'a'}, () => {})).toEqual([]);
      expect(await linked(['a'], {a: 'b'}, (at) => symlinkSync('a', at('b')))).toEqual([]);
    });

    test('are the files of the folder that it leads to', async () => {
      const write = (at: (name: string) => string) => {
        writeFileSync(at('src/a.ts'), 'new');
        writeFileSync(at('src/deep/c.ts'), 'new');
      };
      expect(await linked(['lnk/'], {lnk: 'src'}, write)).toEqual(['lnk/a.ts', 'lnk/deep/c.ts']);
      expect(await linked(['lnk'], {lnk: 'src'}, write)).toEqual(['lnk/a.ts', 'lnk/deep/c.ts']);
    });

    test('are those that a glob matches in the folder that it leads to', async () => {
      const write = (at: (name: string) => string) => {
        writeFileSync(at('src/a.ts'), 'new');
        writeFileSync(at('src/deep/c.ts'), 'new');
      };
      for (const glob of [
        'lnk/*.ts',
        'lnk/[a-z].ts',
        '{lnk,docs}/*.ts',
        '{lnk/a.ts,docs/*}',
        './!lnk/*.ts',
      ]) {
        const links = {lnk: 'src', '!lnk': 'src'};
        const file = glob.startsWith('./!') ? '!lnk/a.ts' : 'lnk/a.ts';
        expect([glob, await linked([{glob}], links, () => {})]).toEqual([glob, []]);
        expect([glob, await linked([{glob}], links, write)]).toEqual([glob, [file]]);
      }
      expect(await linked(['lnk/*.ts'], {lnk: 'src'}, write)).toEqual(['lnk/a.ts']);
      expect(await linked(['{a,b}/*.ts'], {'{a,b}': 'src'}, write)).toEqual(['{a,b}/a.ts']);
      expect(await linked(['{a,b}/*.ts'], {b: 'src'}, write)).toEqual(['b/a.ts']);
    });
  });

  test('are those of what a claim names to the kernel, and to a shell, where ".." stands behind a link', async () => {
    const root = folderWith({...FILES, 'src/top.ts': '', 'top.ts': ''});
    symlinkSync('src/deep', path.join(root, 'lnk'));
    const changed = (file: string) =>
      changesIn(root, ['lnk/../top.ts'], (at) => writeFileSync(at(file), String(Math.random())));
    expect(await changed('src/top.ts')).toEqual(['lnk/../top.ts']);
    expect(await changed('top.ts')).toEqual(['top.ts']);
    expect(await changed('src/a.ts')).toEqual([]);
  });

  test('are that a claimed folder became a file', async () => {
    expect(await changesAfter(['new/'], (at) => writeFileSync(at('new'), ''))).toEqual(['new']);
    expect(
      await changesAfter(['src/deep/'], (at) => {
        rmSync(at('src/deep'), {recursive: true});
        writeFileSync(at('src/deep'), '');
      }),
    ).toEqual(['src/deep', 'src/deep/c.ts']);
  });

  test('are those of files whose names are no text, and unknown below such a folder', async () => {
    const bytes = (at: (name: string) => string) =>
      Buffer.concat([Buffer.from(at('src/')), Buffer.from([0xe9])]);
    if (process.platform !== 'linux') return;
    expect(await changesAfter(['src/'], (at) => writeFileSync(bytes(at), ''))).toEqual(['src/é']);
    expect(await changesAfter(['src/'], (at) => mkdirSync(bytes(at)))).toBeNull();
  });

  test('are unknown where somebody claims more files than can be looked at', async () => {
    const files = Object.fromEntries(Array.from({length: 20_001}, (_, i) => [`f${i}`, '']));
    expect(await changesAfter(['./'], () => {}, files)).toBeNull();
  });

  test('are seen where the folder of a claimed file goes away, or was never one', async () => {
    expect(await changesAfter(['src/a.ts'], (at) => rmSync(at('src'), {recursive: true}))).toEqual([
      'src/a.ts',
    ]);
    expect(await changesAfter(['src/a.ts/x'], () => {})).toEqual([]);
  });
});
