import {execFileSync} from 'node:child_process';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseSubmodules} from '../../../src/workspace/submodules.ts';
import {patienceMs, runs} from '../../support/seed.ts';

/** What git itself reads; undefined if it refuses the file. */
const readByGit = (text: string): readonly string[] | undefined => {
  const args = ['config', '--file', '-', '--null', '--get-regexp', String.raw`^submodule\..*\.path$`];
  try {
    const output = execFileSync('git', args, {
      encoding: 'utf8',
      input: text,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return output
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => entry.slice(entry.indexOf('\n') + 1));
  } catch (error) {
    // 1: there is no such key.
    return (error as {status?: number}).status === 1 ? [] : undefined;
  }
};

describe('the paths of submodules', () => {
  test.each([
    ['as git writes them', '[submodule "lib"]\n\tpath = vendor/lib\n\turl = ../lib\n', ['vendor/lib']],
    ['with Windows line ends', '[submodule "lib"]\r\n\tpath = vendor/lib\r\n', ['vendor/lib']],
    ['quoted', '[submodule "a"]\npath = "a;b\\"c\\\\d # e"\n', ['a;b"c\\d # e']],
    ['with a blank before quotes with nothing in them', '[submodule "a"]\npath = a ""\n', ['a ']],
    ['quoted in part', '[submodule "a"]\npath = a" b "c\n', ['a b c']],
    ['with a comment', '[submodule "a"]\npath = a b ; comment\n# path = c\n', ['a b']],
    ['on the line of the section', '[submodule "a]"] path = x\n', ['x']],
    ['over two lines', '[submodule "a"]\npath = a\\\nb\n', ['ab']],
    ['in any case', '[SubModule "a"]\nPATH=a\n', ['a']],
    ['of several', '[submodule "a"]\npath = a\n[submodule "b"]\npath = b\n', ['a', 'b']],
    ['and of no other section', '[core]\npath = a\n[submodules "b"]\npath = c\n', []],
    ['and no key that only begins so', '[submodule "a"]\npaths = a\nmypath = b\n', []],
    ['of nothing', '', []],
  ])('are found %s', (_, text, paths) => {
    expect(parseSubmodules(text)).toEqual(paths);
    expect(readByGit(text)).toEqual(paths);
  });

  test('are what git reads, whatever the values look like', {timeout: patienceMs}, () => {
    // No tabs, and no line that goes on: what happens to spaces there depends on the version of git.
    const part = fc.constantFrom('a', 'b/c', ' ', '"', '\\"', '\\\\', '\\n', '#', ';', '=', 'é', '[', ']');
    const value = fc.array(part, {maxLength: 8}).map((parts) => parts.join(''));
    let accepted = 0;
    fc.assert(
      fc.property(value, (written) => {
        const text = `[submodule "x"]\n\tpath = ${written}\n`;
        const byGit = readByGit(text);
        if (byGit === undefined) return;
        accepted++;
        expect(parseSubmodules(text)).toEqual(byGit);
      }),
      {numRuns: runs(150)},
    );
    expect(accepted).toBeGreaterThan(runs(150) / 4);
  });

  test('are read from anything without a failure, and fast', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 200}), (text) => {
        expect(Array.isArray(parseSubmodules(text))).toBe(true);
      }),
      {numRuns: runs(1000)},
    );
    const pieces = ['"', '\\', '[', ' ', '[submodule "', 'path = "\\', 'a'];
    const [tookMs = 0, ...hostileMs] = pieces
      .map((piece) => `[submodule "x"]\npath = ${piece.repeat(400_000 / piece.length)}\n`)
      .toReversed()
      // A section that never ends.
      .concat(`[${' '.repeat(400_000)}`, `[a${' '.repeat(400_000)}`, `[submodule ${' '.repeat(400_000)}"`)
      .map((text) => {
        const begun = performance.now();
        parseSubmodules(text);
        return performance.now() - begun;
      });
    // A time that grew with the square of the size would be tens of thousands of times longer than that of a plain name.
    expect(Math.max(...hostileMs)).toBeLessThan(50 * tookMs);
  });
});
