import {linkSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {ClaimIndex} from '../../../src/core/claim/claim-index.ts';
import {describeMeeting, explainOverlap} from '../../../src/core/claim/explain.ts';
import {EXACT} from '../../../src/core/claim/fold.ts';
import type {Look, LookUp} from '../../../src/core/claim/look.ts';
import type {Place} from '../../../src/core/place.ts';
import {type ClaimInput, overlap} from '../../../src/index.ts';
import {claimOf} from '../../support/claim-of.ts';
import {folderWith} from '../../support/cli.ts';

/** A tree with a folder, a link to it, and a file with two names. */
const tree = (): string => {
  const root = folderWith({'src/a.ts': '', 'docs/a.md': ''});
  symlinkSync('src', path.join(root, 'link'));
  linkSync(path.join(root, 'src/a.ts'), path.join(root, 'hard.ts'));
  return root;
};

type Case = readonly [
  a: ClaimInput,
  b: ClaimInput,
  rule: string,
  example: string | null,
  reason: string,
  reversed?: string,
];

describe('why two claims overlap or not', () => {
  const cases: readonly Case[] = [
    ['a.ts', './a.ts', 'same-path', 'a.ts', 'both name a.ts'],
    ['a.ts', 'A.ts', 'same-path', 'a.ts', 'a.ts and A.ts can be one path', 'A.ts and a.ts can be one path'],
    ['new', 'new/', 'same-path', 'new', 'new and new/ can be one path', 'new/ and new can be one path'],
    ['./', '.', 'same-path', 'x', 'both name the repository as a whole'],
    ['src/', 'src/a.ts', 'directory-covers', 'src/a.ts', 'src/a.ts lies in src'],
    ['src', 'src/b/', 'directory-covers', 'src/b/x', 'src/b lies in src'],
    ['x/y', './', 'directory-covers', 'x/y', 'x/y lies in the repository as a whole'],
    ['new', 'new/a', 'path-below-path', 'new/a', 'new/a can only exist if new is a directory'],
    [
      'new',
      {glob: 'new/*.ts'},
      'path-below-path',
      'new/x.ts',
      'new/x.ts can only exist if new is a directory',
    ],
    ['src/**', 'src/a.ts', 'glob-matches-path', 'src/a.ts', 'src/** covers src/a.ts'],
    [
      '**/*.ts',
      'docs/',
      'glob-in-directory',
      'docs/x.ts',
      '**/*.ts covers files in docs/, such as docs/x.ts',
    ],
    ['*', 'docs', 'glob-in-directory', 'docs', '* covers docs itself'],
    ['*', 'docs/', 'glob-in-directory', 'docs', '* covers docs/ itself'],
    ['src/**', './', 'glob-in-directory', 'src/x', 'src/** covers files in the repository, such as src/x'],
    ['src/a*', 'src/*.ts', 'globs-meet', 'src/a.ts', 'some paths match both, such as src/a.ts'],
    ['**/*.ts', '**/*.ts', 'globs-meet', 'x.ts', 'both are **/*.ts'],
    [
      'link/a.ts',
      'src/a.ts',
      'link',
      'src/a.ts',
      'link/a.ts and src/a.ts lead to src/a.ts, through symbolic links',
      'src/a.ts and link/a.ts lead to src/a.ts, through symbolic links',
    ],
    [
      'link/**',
      'src/a.ts',
      'link',
      'src/a.ts',
      'link/** and src/a.ts lead into src, through symbolic links',
      'src/a.ts and link/** lead into src, through symbolic links',
    ],
    [
      'hard.ts',
      'src/a.ts',
      'same-file',
      'hard.ts',
      'hard.ts and src/a.ts are, or lie in, one file or directory with two names',
      'src/a.ts and hard.ts are, or lie in, one file or directory with two names',
    ],
    [
      '+(a)*.ts',
      'b.ts',
      'glob-matches-path',
      'b.ts',
      '+(a)*.ts covers b.ts; +(a)*.ts is taken for more than it says',
    ],
    [{readOnly: true}, './', 'read-only', null, 'a read-only claim names no file'],
    [
      'a.ts',
      'b.ts',
      'different-paths',
      null,
      'a.ts and b.ts have no path in common',
      'b.ts and a.ts have no path in common',
    ],
    [
      '{a,b}.ts',
      'a.ts',
      'different-paths',
      null,
      '{a,b}.ts and a.ts have no path in common; the brackets in {a,b}.ts are part of the name',
      'a.ts and {a,b}.ts have no path in common; the brackets in {a,b}.ts are part of the name',
    ],
  ];
  for (const [a, b, rule, example, reason, reversed = reason] of cases) {
    test(`${JSON.stringify(a)} and ${JSON.stringify(b)}`, () => {
      const root = tree();
      expect(overlap(a, b, {root})).toMatchObject({rule, example, reason});
      expect(overlap(b, a, {root})).toMatchObject({rule, reason: reversed});
    });
  }
});

describe('patterns that no person wrote', () => {
  const many = (text: string, times: number, between = ''): string => Array(times).fill(text).join(between);

  test('are not looked into to the end for an example, and the answer says so', () => {
    const [one, other] = [`**/${many(many('*a', 60), 10, '/')}*`, `**/${many(many('*b*a', 40), 10, '/')}*`];
    expect(overlap({glob: one}, {glob: other})).toMatchObject({
      overlap: true,
      rule: 'globs-meet',
      example: null,
      reason: 'some paths may match both: such patterns are not looked into to the end',
    });
    const deep = {path: `${many('a', 1_000, '/')}/b`};
    expect(overlap({glob: `${many('**/a', 500, '/')}/b`}, deep)).toMatchObject({
      overlap: true,
      rule: 'glob-matches-path',
      example: null,
      reason: expect.stringMatching(/ may cover .*: such patterns are not looked into to the end$/u),
    });
  });

  test('nor for whether they meet: nothing is said that is not so', () => {
    const numbers = Array.from({length: 200}, (_, i) => i).join(',');
    const pairs = [
      [`**/${'a*/'.repeat(20)}c{${numbers}}/**`, `{${numbers}}/${'a?/'.repeat(20)}b`],
      [`{${numbers}}*${'aab*'.repeat(17)}`, `?{${numbers}}${'a?'.repeat(30)}`],
    ] as const;
    for (const [one, other] of pairs) {
      for (const [a, b] of [
        [one, other],
        [other, one],
      ] as const) {
        expect(overlap({glob: a}, {glob: b})).toMatchObject({
          overlap: true,
          rule: 'globs-meet',
          example: null,
          reason: 'some paths may match both: such patterns are not looked into to the end',
        });
        // And whoever is looked up among many is compared in the same way.
        const index = ClaimIndex.empty<Place>().add({key: 1, arrival: 0}, [claimOf({glob: a})]);
        expect(index.visitOverlapping(claimOf({glob: b}), () => true)).toBe(true);
      }
    }
  });

  test('and long names are shown with a part of their text', () => {
    const {reason} = overlap(many('a', 1_000, '/'), many('b', 1_000, '/'));
    expect(reason.length).toBeLessThan(300);
    expect(reason).toMatch(/^a\/a\/.*… and b\/b\/.*… have no path in common$/u);
  });
});

describe('where the answer differs by file system', () => {
  const differs = (a: ClaimInput, b: ClaimInput, rules = {}) =>
    explainOverlap(claimOf(a, rules), claimOf(b, rules)).differs;

  test('is told with those on which it is yes, and those on which it is no', () => {
    expect(differs('a', 'A')?.apart).toEqual(['ZFS with formKC', 'ext4']);
    expect(differs('a.', 'a')?.meet).toEqual(['NTFS', 'exFAT']);
    expect(differs('e\u0301', '\u00e9')?.meet).toEqual([
      'APFS',
      'HFS+',
      'ext4 with casefold',
      'ZFS with formKC',
    ]);
    expect(differs('SRC/', 'src/*.ts')?.apart).toEqual(['ZFS with formKC', 'ext4']);
    // No single one of them does all of this; together they could.
    expect(differs('①.', '1')).toMatchObject({meet: []});
  });

  test('is not told where it is the same on all, and not where links decide', () => {
    expect(differs('src/', 'src/a.ts')).toBeNull();
    expect(differs('a', 'b')).toBeNull();
    expect(overlap('LINK/a.ts', 'src/a.ts', {root: tree()}).differs).toBeNull();
  });

  test('is told of a no as well, where the rules of one volume decided', () => {
    expect(differs('a', 'A', {rules: EXACT})).toMatchObject({apart: ['ZFS with formKC', 'ext4']});
    expect(differs('a', 'b', {rules: EXACT})).toBeNull();
  });
});

describe('what a blocker adds to two claims', () => {
  const between = (a: ClaimInput, b: ClaimInput): string | null => describeMeeting(claimOf(a), claimOf(b));

  test('is nothing where their texts say it all', () => {
    expect(between('src/', 'src/a.ts')).toBeNull();
    expect(between('a', './a')).toBeNull();
    expect(between('a', 'b')).toBeNull();
  });

  test('is on which file systems they are one file, where only some take them so', () => {
    expect(between('Readme.md', 'README.md')).toBe('one file on APFS, HFS+, NTFS');
    expect(between('a.', 'a')).toBe('one file on NTFS, exFAT');
    expect(between('①.', '1')).toBe('one file on some file systems');
  });

  test('is that they lead to one place where links do', () => {
    const look: LookUp = (at) => {
      const segments = at.replace('link', 'src').split('/');
      return {kind: 'inside', segments, ids: [], links: [], exists: true, isDirectory: false};
    };
    const [link, src] = [claimOf('link/a.ts', {look}), claimOf('SRC/a.ts', {look})];
    expect(describeMeeting(link, src)).toBe('they lead to one place through links');
    const named = (name: string): LookUp => {
      const seen: Look = {
        kind: 'inside',
        segments: [name],
        ids: ['1:2'],
        links: [],
        exists: true,
        isDirectory: false,
      };
      return () => seen;
    };
    expect(describeMeeting(claimOf('x', {look: named('x')}), claimOf('y', {look: named('y')}))).toBe(
      'two names of one file or directory',
    );
  });

  test('is what a claim came with that nobody wrote', () => {
    const companion = {...claimOf('go.sum'), companionOf: 'go.mod'};
    expect(describeMeeting(claimOf('go.sum'), companion)).toBe('go.sum comes with go.mod');
    expect(describeMeeting(companion, claimOf('go.sum'))).toBe('go.sum comes with go.mod');
  });
});
