import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {expandBraces} from '../../../src/core/claim/braces.ts';
import type {Claim} from '../../../src/core/claim/claim.ts';
import {coversPath, overlap} from '../../../src/core/claim/overlap.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import {claimOf} from '../../support/claim-of.ts';
import {namesOf} from '../../support/names-of.ts';

const globOf = (pattern: string): Claim => claimOf({glob: pattern});

const matches = (pattern: string, file: string): boolean => coversPath(globOf(pattern), namesOf(file));

describe('a glob', () => {
  test.each([
    ['*.md', ['a.md', '.md', 'A.MD'], ['a.mdx', 'docs/a.md', 'amd']],
    ['docs/*.md', ['docs/a.md', 'docs/.x.md'], ['docs/sub/a.md', 'docs/a.txt', 'a.md', 'xdocs/a.md']],
    ['docs/**', ['docs', 'docs/a', 'docs/a/b/c'], ['doc', 'docsx/a', 'a/docs']],
    ['**/*.ts', ['a.ts', 'a/b.ts', 'a/b/c.ts'], ['a.tsx', 'a/ts']],
    ['src/**/test/*.ts', ['src/test/a.ts', 'src/a/b/test/c.ts'], ['src/a.ts', 'src/test/a/b.ts']],
    ['a?c', ['abc', 'a😀c'], ['ac', 'abbc', 'a/c']],
    ['[ab].ts', ['a.ts', 'B.ts'], ['c.ts', 'ab.ts']],
    ['[!a]x', ['bx', 'Ax', 'ax'], ['x']],
    ['[!aA]x', ['bx'], ['ax', 'Ax', 'x']],
    ['[]a]', [']', 'a'], ['b']],
    ['[!]aA]', ['b', '[', '!'], [']', 'a']],
    ['[^b-dB-D]', ['a', 'é'], ['b', 'c', 'D']],
    ['[^b-d]', ['a', 'é', 'D', 'd'], ['dd']],
    ['[!]', ['[!]'], ['a']],
    ['[a', ['[a'], ['a']],
    ['[z-a]', ['a', 'z', 'm'], ['-', 'A1']],
    ['{a,b}/{c,d}.ts', ['a/c.ts', 'b/d.ts'], ['a/b.ts', 'c/a.ts']],
    ['x{,y{1,2}}', ['x', 'xy1', 'xy2'], ['xy', 'xy3']],
    ['a{b', ['a{b'], ['ab']],
    ['a.b+c(d)|e^$', ['a.b+c(d)|e^$', 'a.b+cd|e^$'], ['aXb+c(d)|e^$']],
    ['a[[:alpha:]]', ['ab', 'a1'], ['a', 'abc']],
    ['x/@(a|b)/y', ['x/a/y', 'x/c/y'], ['x/y', 'x/a/b/y']],
    ['x/@(a/b|c)/y', ['x/a/b/y', 'x/c'], ['y', 'a/x']],
    ['src/*/', ['src/a', 'src/a/b/c'], ['src', 'lib/a']],
    ['{1..3}', ['1', '2', '7'], ['1/2']],
    ['**', ['a', 'a/b'], []],
    ['./a//b', ['a/b'], ['a']],
    ['STRASSE/*', ['straße/x'], ['strase/x']],
    ['*a*b*', ['ab', 'xaxbx', 'aab'], ['ba', 'a']],
  ] as const)('%s matches what it says and no more', (pattern, yes, no) => {
    for (const file of yes) expect([file, matches(pattern, file)]).toEqual([file, true]);
    for (const file of no) expect([file, matches(pattern, file)]).toEqual([file, false]);
  });

  test('agrees with the definition, on all small patterns and names', () => {
    /** The definition, word for word: every way in which a pattern can begin. */
    const defined = (pattern: string, name: string): boolean => {
      if (pattern === '') return name === '';
      if (pattern.startsWith('*'))
        return defined(pattern.slice(1), name) || (name !== '' && defined(pattern, name.slice(1)));
      return (
        name !== '' &&
        (pattern[0] === '?' || pattern[0] === name[0]) &&
        defined(pattern.slice(1), name.slice(1))
      );
    };
    const small = fc
      .array(fc.constantFrom('a', 'b', '*', '?'), {minLength: 1, maxLength: 7})
      .map((parts) => parts.join(''));
    const name = fc
      .array(fc.constantFrom('a', 'b'), {minLength: 1, maxLength: 8})
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        small.filter((pattern) => pattern !== '**'),
        name,
        (pattern, file) => {
          expect(matches(pattern, file)).toBe(defined(pattern, file));
        },
      ),
      {numRuns: 3_000},
    );
  });

  test('agrees with the definition of ** as well', () => {
    const defined = (pattern: readonly string[], file: readonly string[]): boolean => {
      const [first, ...rest] = pattern;
      if (first === undefined) return file.length === 0;
      if (first === '**') return defined(rest, file) || (file.length > 0 && defined(pattern, file.slice(1)));
      return file.length > 0 && (first === '*' || first === file[0]) && defined(rest, file.slice(1));
    };
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '**'), {minLength: 1, maxLength: 6});
    const file = fc.array(fc.constantFrom('a', 'b', 'c'), {minLength: 1, maxLength: 6});
    fc.assert(
      fc.property(pattern, file, (segments, names) => {
        expect(coversPath(globOf(segments.join('/')), namesOf(names.join('/')))).toBe(
          defined(segments, names),
        );
      }),
      {numRuns: 3_000},
    );
  });

  test('that matches a file overlaps every claim on that file', () => {
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '**', '?', '{a,b}', '[ab]', 'A*'), {
      minLength: 1,
      maxLength: 4,
    });
    const file = fc.array(fc.constantFrom('a', 'b', 'A', 'ab'), {minLength: 1, maxLength: 4});
    fc.assert(
      fc.property(pattern, file, (segments, names) => {
        const [glob, path] = [parseClaim({glob: segments.join('/')}), parseClaim({path: names.join('/')})];
        if (!glob.ok || !path.ok) throw new Error('both are claims');
        fc.pre(matches(segments.join('/'), names.join('/')));
        expect(overlap(glob.value[0]!, path.value[0]!)).toBe(true);
      }),
      {numRuns: 2_000},
    );
  });

  test('with many stars is no slower on a name that it almost matches than on one that it matches', () => {
    const timeOf = (pattern: string, name: string): number => {
      const [glob, names] = [globOf(pattern), namesOf(name)];
      const startedAt = performance.now();
      for (let i = 0; i < 100; i++) coversPath(glob, names);
      return performance.now() - startedAt;
    };
    const stars = '*a'.repeat(20);
    timeOf(stars, 'a'.repeat(250));
    const easy = timeOf(stars, 'a'.repeat(250));
    expect(timeOf(`${stars}b`, 'a'.repeat(250))).toBeLessThan(easy * 100);
  });

  test('takes any pattern and any name without throwing', () => {
    const odd = fc.string({
      unit: fc.constantFrom(
        '[',
        ']',
        '{',
        '}',
        ',',
        '*',
        '?',
        '!',
        '^',
        '-',
        '\\',
        '/',
        'a',
        '(',
        '.',
        '\u0000',
        '😀',
        '\ud800',
      ),
    });
    fc.assert(
      fc.property(odd, odd, (pattern, name) => {
        const glob = parseClaim({glob: pattern});
        const answer = glob.ok ? String(coversPath(glob.value[0]!, namesOf(name))) : glob.failure.code;
        expect(answer).toMatch(/^(?:true|false|E_(?:PATH|GLOB)_[A-Z]+)$/u);
      }),
      {numRuns: 3_000},
    );
  });
});

describe('braces', () => {
  test('give one pattern for each alternative, inner ones too', () => {
    expect(expandBraces('a{b,c{d,e}}f')).toEqual({texts: ['abf', 'acdf', 'acef'], widened: false});
    expect(expandBraces('a')).toEqual({texts: ['a'], widened: false});
  });

  test('without a comma are taken for anything, since shells and libraries differ on them', () => {
    expect(expandBraces('{a}x')).toEqual({texts: ['*x'], widened: true});
    expect(expandBraces('v{1..3}')).toEqual({texts: ['v*'], widened: true});
    expect(globOf('v{1..3}').widened).toBe(true);
    expect(globOf('v{1,3}').widened).toBe(false);
  });

  test('with more than 200 alternatives count as everything in the leading directory', () => {
    const many = '{a,b,c,d,e,f,g}'.repeat(3);
    expect(expandBraces(many)).toBeNull();
    expect(globOf(`src/${many}/x`).widened).toBe(true);
    expect(matches(`src/${many}/x`, 'src/anything/else')).toBe(true);
    expect(matches(`src/${many}/x`, 'lib/abc/x')).toBe(false);
    expect(expandBraces('{a,b}'.repeat(7))?.texts).toHaveLength(128);
  });
});
