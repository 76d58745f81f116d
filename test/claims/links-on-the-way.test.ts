import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput} from '../../src/core/claim/claim.ts';
import {companionsOf, DEFAULT_COMPANIONS, resolveCompanions} from '../../src/core/claim/companions.ts';
import {isCovered} from '../../src/core/claim/covers.ts';
import {explainOverlap} from '../../src/core/claim/explain.ts';
import type {Look} from '../../src/core/claim/look.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {sensitivePath} from '../../src/core/claim/sensitive.ts';
import {TreeResolver} from '../../src/workspace/tree-resolver.ts';
import {claimOf} from '../support/claim-of.ts';
import {temporaryFolder} from '../support/temporary-folder.ts';

/** A repository with these files and links, and how claims are read in it. */
const tree = (files: readonly string[], links: Readonly<Record<string, string>>) => {
  const root = temporaryFolder();
  const at = (name: string): string => {
    mkdirSync(path.dirname(path.join(root, name)), {recursive: true});
    return path.join(root, name);
  };
  for (const file of files) writeFileSync(at(file), '');
  for (const [link, target] of Object.entries(links)) symlinkSync(target, at(link));
  const options = {root, look: new TreeResolver(root).look()};
  const parse = (input: ClaimInput) => parseClaim(input, options);
  const claim = (input: ClaimInput): Claim => {
    const parsed = parse(input);
    if (!parsed.ok || parsed.value[0] === undefined) throw new Error(JSON.stringify(parsed));
    return parsed.value[0];
  };
  return {
    parse,
    claim,
    look: options.look,
    /** Also the other way round. */
    meet: (a: ClaimInput, b: ClaimInput): boolean => {
      const [one, other] = [overlap(claim(a), claim(b)), overlap(claim(b), claim(a))];
      expect(one).toBe(other);
      return one;
    },
    companions: (input: ClaimInput): readonly string[] => {
      const table = resolveCompanions(DEFAULT_COMPANIONS);
      return table.ok ? companionsOf(claim(input), table.value, options).map(({text}) => text) : [];
    },
  };
};

describe('who replaces a link, instead of writing through it, writes where the link lies:', () => {
  test('behind a linked folder', () => {
    const {meet} = tree(['app/x.ts'], {latest: 'app', 'app/cur.ts': 'x.ts'});
    for (const claim of ['latest/cur.ts', {path: 'latest/cur.ts'}, {glob: 'latest/cur.ts'}]) {
      expect([claim, meet(claim, 'app/c*.ts')]).toEqual([claim, true]);
      expect([claim, meet(claim, {glob: 'app/[cz]ur.ts'})]).toEqual([claim, true]);
      expect([claim, meet(claim, 'app/x.ts')]).toEqual([claim, true]);
      expect([claim, meet(claim, 'app/d*.ts')]).toEqual([claim, false]);
    }
  });

  test('in the middle of a chain, however the claim is written', () => {
    const {meet} = tree(['c'], {a: 'b', b: './c', 'away/d': '../a'});
    for (const claim of ['a', 'away/d', {glob: '{a,zz}'}, {glob: 'a/**'}, 'x/../a', 'away/./d']) {
      expect([claim, meet(claim, {glob: '[bz]'})]).toEqual([claim, true]);
      expect([claim, meet(claim, {glob: '[cz]'})]).toEqual([claim, true]);
      expect([claim, meet(claim, {glob: '[ez]'})]).toEqual([claim, false]);
    }
    expect(meet('away/d', {glob: '[az]'})).toBe(true);
    // Who writes to it does not touch what leads to it.
    expect(meet('b', {glob: '[az]'})).toBe(false);
  });

  test('and the reason names the place', () => {
    const {claim} = tree(['c/x'], {'here/a': '../b', b: 'c'});
    const reasonOf = (a: ClaimInput, b: ClaimInput): string => explainOverlap(claim(a), claim(b)).reason;
    expect(reasonOf('here/a', 'b*')).toBe('here/a and b* lead to b, through symbolic links');
    expect(reasonOf('b*', 'here/a')).toBe('b* and here/a lead to b, through symbolic links');
    expect(reasonOf('here/a', 'c/*')).toBe('here/a and c/* lead into c, through symbolic links');
  });

  test('and with two dots behind it, it is a folder if one of both places is', () => {
    const {claim} = tree(['deep/x/a.ts', 'app/z/b.ts', 'app/x', 'deep/y', 'app/y/c.ts'], {
      'deep/link': '../app/z',
    });
    expect(claim('deep/link/../x').kind).toBe('directory');
    expect(claim('deep/link/../y').kind).toBe('directory');
    expect(claim('deep/../app/x').kind).toBe('path');
  });

  test('a folder, but nothing below the link: that lies where the link leads', () => {
    const {meet} = tree(['c/x'], {'here/a': '../b', b: 'c'});
    expect(meet('here/a/', {glob: '[bz]'})).toBe(true);
    expect(meet('here/a/', 'c/x')).toBe(true);
    expect(meet('here/a/x', {glob: '[bz]'})).toBe(false);
  });

  test('behind a folder that has another name as well', () => {
    // As with `x/d` mounted on `m`, where `x/d/t` leads to `lib/u`.
    const real = {exists: true, isDirectory: false, ids: ['1:3']};
    const look = (file: string): Look =>
      file.startsWith('m/')
        ? {kind: 'inside', segments: ['lib', 'u'], ...real, links: [{segments: ['m', 't'], ids: ['1:9']}]}
        : {kind: 'inside', segments: file.split('/'), ...real, ids: ['1:1', '1:9'], links: []};
    for (const claim of ['m/t', {glob: 'm/t'}, {glob: '{m/t,zz}'}]) {
      expect([claim, overlap(claimOf(claim, {look}), claimOf('x/d/', {look}))]).toEqual([claim, true]);
      expect([claim, overlap(claimOf({glob: 'x/d/*'}, {look}), claimOf(claim, {look}))]).toEqual([
        claim,
        true,
      ]);
    }
  });

  test('below a folder that is mounted in itself', () => {
    const look = (file: string): Look => {
      const segments = file.split('/');
      const ids = segments.filter((name) => name !== 'x').map(() => '1:1');
      return {kind: 'inside', segments, ids, links: [], exists: false, isDirectory: false};
    };
    const meet = (a: string, b: string): boolean => overlap(claimOf(a, {look}), claimOf(b, {look}));
    expect(meet('a/b/x', 'a/x')).toBe(true);
    expect(meet('a/x', 'a/b/x')).toBe(true);
  });

  test('of a place that a claim may not have, it may not have it', () => {
    const {parse} = tree(['a'], {'.git/x': '../a', l: '.git/x'});
    for (const claim of ['l', {glob: 'l'}]) {
      expect(parse(claim)).toMatchObject({ok: false, failure: {code: 'E_PATH_GITDIR'}});
    }
  });

  test('and of a sensitive place, it needs the word', () => {
    const {claim} = tree(['a'], {'.husky/x': '../a', l: '.husky/x', m: 'a'});
    expect(sensitivePath(claim('l'))).toBe('.husky/');
    expect(sensitivePath(claim({glob: '{l,a}'}))).toBe('.husky/');
    expect(sensitivePath(claim('m'))).toBeNull();
  });

  test('so an agent has to own that as well', () => {
    const {claim} = tree(['mine/a'], {'theirs/x': '../mine/a', 'mine/l': '../theirs/x'});
    expect(isCovered(claim('mine/l'), [claim('mine/')])).toBe(false);
    expect(isCovered(claim('mine/l'), [claim('mine/'), claim('theirs/x')])).toBe(true);
    expect(isCovered(claim('mine/a'), [claim('mine/')])).toBe(true);
  });
});

describe('companions come along', () => {
  test('with every file on the way, also where a glob names the link', () => {
    const {companions} = tree(['web/package.json', 'web/yarn.lock'], {
      'app/go.mod': '../web/package.json',
      'mid.json': 'app/go.mod',
    });
    for (const claim of ['mid.json', {glob: 'mid.json'}, {glob: '{mid,zz}.json'}]) {
      expect([claim, companions(claim)]).toEqual([
        claim,
        expect.arrayContaining(['web/yarn.lock', 'app/go.sum']),
      ]);
    }
    expect(companions({glob: '[m]id.json'})).toEqual([]);
  });
});

describe('an absolute claim in a folder beside the root', () => {
  test('whose name differs by case is refused, where the disk has both', () => {
    const above = temporaryFolder();
    const [root, other] = [path.join(above, 'repo'), path.join(above, 'REPO')];
    mkdirSync(root);
    mkdirSync(other, {recursive: true});
    const options = {root, look: new TreeResolver(root).look()};
    expect(parseClaim(path.join(root, 'x'), options)).toMatchObject({ok: true, value: [{text: 'x'}]});
    writeFileSync(path.join(other, 'only-here'), '');
    const isOne = new TreeResolver(root).look()('only-here');
    if (isOne.kind === 'inside' && isOne.exists) return;
    expect(parseClaim(path.join(other, 'x'), options)).toMatchObject({
      ok: false,
      failure: {code: 'E_PATH_ESCAPE', message: expect.stringContaining(`is outside the repository ${root}`)},
    });
  });
});
