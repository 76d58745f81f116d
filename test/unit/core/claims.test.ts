import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput} from '../../../src/core/claim/claim.ts';
import {parseClaim} from '../../../src/core/claim/parse.ts';
import {claimOf} from '../../support/claim-of.ts';

const ROOT = '/home/me/repo';

const one = (input: ClaimInput): Claim => claimOf(input, {root: ROOT});

const codeOf = (input: unknown, root: string | undefined = ROOT): string => {
  const parsed = parseClaim(input as ClaimInput, root === undefined ? {} : {root});
  return parsed.ok ? 'accepted' : parsed.failure.code;
};

describe('what a claim is', () => {
  test('a bare string is a path, and with * or ? in it a glob; other brackets are letters', () => {
    expect(one('src/a.ts')).toMatchObject({
      kind: 'path',
      raw: 'src/a.ts',
      text: 'src/a.ts',
      key: ['src', 'a.ts'],
    });
    expect(one('src/*.ts')).toMatchObject({kind: 'glob', raw: 'src/*.ts', text: 'src/*.ts', key: ['src']});
    expect(one('sr?/a').kind).toBe('glob');
    for (const text of ['app/[id]/p.tsx', 'a/{b,c}', 'app/(group)/p']) {
      expect(one(text)).toMatchObject({kind: 'path', key: text.split('/')});
    }
  });

  test('{path} takes a name to the letter, and {glob} reads classes and braces too', () => {
    expect(one({path: 'what*is?this'})).toMatchObject({kind: 'path', key: ['what*is?this']});
    expect(one({glob: 'src/[ab].ts'})).toMatchObject({kind: 'glob', key: ['src']});
    expect(one({glob: 'src/{a,b}/c.ts'})).toMatchObject({
      kind: 'glob',
      key: ['src', 'a', 'c.ts'],
      others: [{key: ['src', 'b', 'c.ts']}],
    });
    expect(one({glob: 'src/a.ts'})).toMatchObject({kind: 'glob', key: ['src', 'a.ts']});
  });

  test('{rename} claims both of its ends', () => {
    const parsed = parseClaim({rename: ['old.ts', 'lib/']});
    expect(parsed.ok && parsed.value.map(({text}) => text)).toEqual(['old.ts', 'lib/']);
    expect(codeOf({rename: ['old.ts', '../new.ts']})).toBe('E_PATH_ESCAPE');
  });

  test('a trailing slash, a trailing dot segment and the root are directories', () => {
    for (const text of ['docs/', 'docs//', 'docs/.', 'docs/./', 'docs/x/..', 'docs\\']) {
      expect(one(text)).toMatchObject({kind: 'directory', text: 'docs/', key: ['docs']});
    }
    for (const text of ['./', '.', 'a/..', ROOT, `${ROOT}/`]) {
      expect(one(text)).toMatchObject({kind: 'directory', text: './', key: []});
    }
  });

  test('separators, empty and dot segments do not matter, and nothing is decoded', () => {
    for (const text of [
      'src/a.ts',
      './src/a.ts',
      'src//a.ts',
      'src\\a.ts',
      'src/x/../a.ts',
      `${ROOT}/src/a.ts`,
    ]) {
      expect(one(text)).toMatchObject({kind: 'path', text: 'src/a.ts', raw: text});
    }
    expect(one('src/a%2Ets').key).toEqual(['src', 'a%2ets']);
  });

  test('an absolute path is understood below the root only, segment by segment and in any case', () => {
    expect(one('/HOME/Me/repo/x')).toMatchObject({text: 'x'});
    for (const text of ['/etc/passwd', `${ROOT}-evil/x`, '/home/me', '/', `${ROOT}/../x`]) {
      expect([text, codeOf(text)]).toEqual([text, 'E_PATH_ESCAPE']);
    }
    expect(codeOf(`${ROOT}/x`, undefined)).toBe('accepted');
    expect(parseClaim(`${ROOT}/x`).ok).toBe(false);
  });
});

describe('what is no claim', () => {
  const refused: readonly (readonly [string, unknown, string])[] = [
    ['a number', 12, 'E_PATH_TYPE'],
    ['nothing', null, 'E_PATH_TYPE'],
    ['an object without a known key', {file: 'a'}, 'E_PATH_TYPE'],
    ['a path that is a number', {path: 1}, 'E_PATH_TYPE'],
    ['half a rename', {rename: ['a']}, 'E_PATH_TYPE'],
    ['a rename of a number', {rename: ['a', 1]}, 'E_PATH_TYPE'],
    ['an empty path', '', 'E_PATH_EMPTY'],
    ['blanks', ' \u00a0 ', 'E_PATH_EMPTY'],
    ['4097 bytes', 'a/'.repeat(2048) + 'a', 'E_PATH_TOOLONG'],
    ['a name of 256 bytes', 'é'.repeat(128), 'E_PATH_TOOLONG'],
    ['half a surrogate pair', 'a\uD83D', 'E_PATH_SURROGATE'],
    ['a NUL', 'a\0b', 'E_PATH_CONTROL'],
    ['an escape', 'a\u001b[31m', 'E_PATH_CONTROL'],
    ['a C1 control', 'a\u0085', 'E_PATH_CONTROL'],
    ['a line separator', 'a\u2028b', 'E_PATH_CONTROL'],
    ['a direction mark', 'a\u202Eb', 'E_PATH_BIDI'],
    ['a home folder', '~/x', 'E_PATH_TILDE'],
    ['the home folder', '~', 'E_PATH_TILDE'],
    ['a URL', 'file:///etc/passwd', 'E_PATH_SCHEME'],
    ['a negation', '!src/a.ts', 'E_PATH_NEGATION'],
    ['a network path', '\\\\server\\share', 'E_PATH_UNC'],
    ['a device path', '//?/C:/x', 'E_PATH_UNC'],
    ['a drive', 'C:\\x', 'E_PATH_DRIVE'],
    ['a drive without a slash', 'c:x', 'E_PATH_DRIVE'],
    ['a stream', 'a.txt:stream', 'E_PATH_COLON'],
    ['a wide slash', 'a\uFF0Fb', 'E_PATH_CONFUSABLE'],
    ['a wide backslash', 'a\uFF3Cb', 'E_PATH_CONFUSABLE'],
    ['two dots in one character', 'a/\u2025/b', 'E_PATH_CONFUSABLE'],
    ['three dots', 'a/.../b', 'E_PATH_CONFUSABLE'],
    ['a name of blanks', 'a/  /b', 'E_PATH_CONFUSABLE'],
    ['a name that nobody sees', 'a/\u200d', 'E_PATH_CONFUSABLE'],
    ['a blank that nobody sees', '\u{e0000} ', 'E_PATH_CONFUSABLE'],
    ['a device', 'src/NUL', 'E_PATH_RESERVED'],
    ['a device with an extension', 'src/con.tar.gz', 'E_PATH_RESERVED'],
    ['the input of a terminal', 'src/CONIN$', 'E_PATH_RESERVED'],
    ['its output', 'conout$.txt', 'E_PATH_RESERVED'],
    ['a device with a small digit', 'COM\u00b9.log', 'E_PATH_RESERVED'],
    ['a short name', 'DOCUME~1', 'E_PATH_SHORTNAME'],
    ['the git folder', '.git', 'E_PATH_GITDIR'],
    ['a file in it, in another spelling', 'sub/.GIT /hooks/x', 'E_PATH_GITDIR'],
    ['one with an invisible character', '.g\u200dit/config', 'E_PATH_GITDIR'],
    ['its short name', 'GIT~1/config', 'E_PATH_GITDIR'],
    ['our own state', '.disjoint/runs', 'E_PATH_STATE'],
    ['our own state, deeper', 'packages/a/.Disjoint', 'E_PATH_STATE'],
    ['a climb out of the repository', 'src/../../x', 'E_PATH_ESCAPE'],
    ['a glob that climbs', 'src/../*.ts', 'E_GLOB_DOTDOT'],
    ['an absolute glob', `${ROOT}/*.ts`, 'E_GLOB_ABSOLUTE'],
    ['a glob in the git folder', '.git/*', 'E_PATH_GITDIR'],
  ];
  test.each(refused)('%s', (_, input, code) => {
    expect(codeOf(input)).toBe(code);
  });

  test('names that only look like these are claims', () => {
    for (const text of [
      '.github/x',
      '.gitignore',
      'a~',
      '-rf',
      'console.ts',
      'auxiliary',
      'com10',
      'lpt',
      'a..b',
      '.a',
    ]) {
      expect([text, codeOf(text)]).toEqual([text, 'accepted']);
    }
    for (const text of [
      'backups~1.tar',
      'notes~draft',
      'verylongname~1',
      'disjoint',
      'a b',
      '...a',
      'é'.repeat(127),
    ]) {
      expect([text, codeOf(text)]).toEqual([text, 'accepted']);
    }
  });

  test('is shown with at most 80 characters and no control characters', () => {
    const parsed = parseClaim(`a\u001b]0;x\u0007${'\u202e'.repeat(1_000)}`);
    expect(parsed.ok).toBe(false);
    const failure = parsed.ok ? null : parsed.failure;
    expect(failure?.claim.length).toBeLessThanOrEqual(81);
    expect(failure?.message).toMatch(/^claim "a\\u\{1b\}\]0;x\\u\{7\}/u);
    expect(failure?.message).not.toMatch(/\p{Cc}|\u202e/u);
  });
});
