import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../src/core/claim/claim.ts';
import {explainOverlap} from '../../src/core/claim/explain.ts';
import {PORTABLE} from '../../src/core/claim/fold.ts';
import type {Look} from '../../src/core/claim/look.ts';
import {coversPath, overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {spell} from '../../src/core/claim/spelling.ts';
import {claimOf} from '../support/claim-of.ts';

const meet = (a: ClaimInput, b: ClaimInput, look?: (path: string) => Look): boolean => {
  const options = look === undefined ? {} : {look};
  return overlap(claimOf(a, options), claimOf(b, options));
};

/** A disk on which each folder is there, with an id of its own, and no file is. */
const folders = (path: string): Look => {
  const segments = path.split('/');
  const ids = segments.slice(0, -1).map((_, i) => `1:${segments.slice(0, i + 1).join('/')}`);
  return {kind: 'inside', segments, ids, links: [], exists: false, isDirectory: false};
};

const listed = (names: readonly string[]): ClaimInput => ({glob: `{${names.join(',')}}`});
const numbered = (folder: string, letter: string, count: number): readonly string[] =>
  Array.from({length: count}, (_, i) => `${folder}/${letter}${i}.ts`);

/** So many folders, of which each is an alternative. */
const alternatives = (count: number): ClaimInput => ({
  glob: `src/{${Array.from({length: count}, (_, i) => `f${i}`).join(',')}}/x.ts`,
});

test('two hundred alternatives are taken exactly, and one more gives the folder that they lie in', () => {
  expect(claimOf(alternatives(200)).widened).toBe(false);
  expect(overlap(claimOf(alternatives(200)), claimOf('src/g/x.ts'))).toBe(false);
  expect(claimOf(alternatives(201)).widened).toBe(true);
  expect(overlap(claimOf(alternatives(201)), claimOf('src/g/x.ts'))).toBe(true);
  expect(overlap(claimOf(alternatives(201)), claimOf('lib/g/x.ts'))).toBe(false);
});

describe('many alternatives', () => {
  test.each([
    ['in one folder', 'src/a/b/c/d', 40],
    ['in one folder, as many as are written out', 'src', 200],
    ['in capitals, which are read in two ways', 'SRC/App', 60],
    ['deep down', 'a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p', 40],
  ])('are compared exactly: %s', (_, folder, count) => {
    const [xs, ys] = [numbered(folder, 'x', count), numbered(folder, 'y', count)];
    for (const look of [undefined, folders]) {
      expect(meet(listed(xs), listed(ys), look)).toBe(false);
      expect(meet(listed(xs), listed([...ys.slice(1), `${folder}/x7.ts`]), look)).toBe(true);
      expect(meet(listed(xs), listed([...ys.slice(1), `${folder}/X7.TS`]), look)).toBe(true);
    }
  });

  test('some of which lie elsewhere are compared from their beginning', () => {
    const xs = [...numbered('src/a', 'x', 30), 'lib/q.ts'];
    const ys = [...numbered('src/a', 'y', 30), 'docs/q.ts'];
    expect(meet(listed(xs), listed(ys), folders)).toBe(false);
    expect(meet(listed(xs), listed([...ys, 'lib/q.ts']), folders)).toBe(true);
    expect(meet(listed([...xs, 'src/b/y1.ts']), listed(ys), folders)).toBe(false);
  });

  test('in a folder that has two names meet in it, and the reason says so', () => {
    const look = (path: string): Look => {
      const seen = folders(path);
      return seen.kind === 'inside' && seen.segments[0] !== 'src' ? {...seen, ids: ['1:src']} : seen;
    };
    const [xs, ys] = [numbered('src', 'x', 30), numbered('mnt', 'y', 30)];
    expect(meet(listed(xs), listed(ys), look)).toBe(false);
    const [a, b] = [listed(xs), listed([...ys, 'mnt/x3.ts'])].map((input) => claimOf(input, {look}));
    if (a === undefined || b === undefined) throw new Error('no claims');
    expect(explainOverlap(a, b)).toMatchObject({overlap: true, rule: 'same-file'});
  });
});

describe('an alternative that is nothing', () => {
  test('names no file, and so not the repository', () => {
    for (const glob of ['{,a}', '{a,}', '{,a}{,b}']) {
      expect([glob, meet({glob}, 'x/y')]).toEqual([glob, false]);
      expect([glob, meet({glob}, 'a')]).toEqual([glob, true]);
    }
    expect(meet({glob: '{,a}{,b}'}, 'ab')).toBe(true);
    expect(meet({glob: './'}, 'x/y')).toBe(true);
  });

  test('is refused where there is nothing else', () => {
    for (const glob of ['{,}', '{,}{,}']) {
      expect(parseClaim({glob})).toMatchObject({ok: false, failure: {code: 'E_PATH_EMPTY'}});
    }
  });
});

describe('a group', () => {
  const covers = (glob: string, path: string): boolean =>
    coversPath(claimOf({glob}), spell(path.split('/'), PORTABLE));

  test('may stand there as often as what follows says to some tools', () => {
    for (const [glob, paths] of [
      ['a(b)?', ['a', 'ab']],
      ['a(b)?c', ['ac', 'abc']],
      ['(a|b)?c', ['c', 'ac']],
      ['(a|b)+', ['ba', 'a']],
      ['@(a|b)+c', ['aac', 'c']],
      ['a(b)*c', ['ac', 'abbc']],
    ] as const) {
      for (const path of paths) expect([glob, path, covers(glob, path)]).toEqual([glob, path, true]);
      expect(claimOf({glob}).widened).toBe(true);
    }
    expect(covers('a(b)?c', 'ax')).toBe(false);
    // Of the next group.
    expect(covers('a(b)?(c)d', 'axd')).toBe(true);
  });
});

describe('a pattern for one name that is longer than any name', () => {
  test('is refused, whatever it looks like', () => {
    for (const glob of ['[ab]'.repeat(64), `[[${':['.repeat(200)}:]`, `*${'.'.repeat(255)}`]) {
      expect([glob, parseClaim({glob})]).toMatchObject([
        glob,
        {ok: false, failure: {code: 'E_PATH_TOOLONG'}},
      ]);
    }
    expect(parseClaim({glob: '[ab]'.repeat(63)}).ok).toBe(true);
  });
});
