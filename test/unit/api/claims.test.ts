import {existsSync, readdirSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {isSensitive} from '../../../src/api/claims.ts';
import {type ClaimOptions, overlap, parseClaim} from '../../../src/index.ts';
import {folderWith} from '../../support/cli.ts';

const thrownBy = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('options for claims that could hide an overlap are refused with E_OPTION', () => {
  const OBJECT = 'the options must be an object';
  const ROOT = 'root must be an absolute path';
  const POLICY = 'policy must be "portable" or "native"';
  test.each<readonly [string, unknown, string]>([
    ['null', null, OBJECT],
    ['the root alone', '/repo', OBJECT],
    ['a list', ['/repo'], OBJECT],
    ['a root that is no text', {root: 1}, ROOT],
    ['a root that is null', {root: null}, ROOT],
    ['an empty root', {root: ''}, ROOT],
    ['a root that depends on where one stands', {root: 'repo'}, ROOT],
    ['a root with a NUL', {root: '/repo\0/x'}, ROOT],
    ['a policy that does not exist', {policy: 'exact'}, POLICY],
    ['a policy in other letters, with a root', {root: '/repo', policy: 'Native'}, POLICY],
    ['a policy that is null', {policy: null}, POLICY],
    ['an option that does not exist', {pathPolicy: 'native'}, 'claims: "pathPolicy" is not known here'],
    ['one that nearly does', {rot: '/repo'}, 'claims: "rot" is not known here'],
  ])('%s', (_, given, message) => {
    const options = given as ClaimOptions;
    for (const act of [() => overlap('a.ts', 'A.ts', options), () => parseClaim('a.ts', options)]) {
      expect(thrownBy(act)).toMatchObject({name: 'DisjointError', code: 'E_OPTION', message});
    }
  });

  test('with the nearest option that exists', () => {
    const options = {rot: '/repo'} as ClaimOptions;
    expect(thrownBy(() => parseClaim('a.ts', options))).toMatchObject({
      field: 'rot',
      hint: 'did you mean "root"',
    });
  });
});

describe('options for claims may', () => {
  test('be left out, one by one or all', () => {
    expect(overlap('a.ts', 'A.ts', {}).overlap).toBe(true);
    const none: Readonly<Record<string, undefined>> = {root: undefined, policy: undefined};
    expect(overlap('a.ts', 'A.ts', none as ClaimOptions).overlap).toBe(true);
  });

  test('name a root, whose links are followed', () => {
    const root = folderWith({'a.ts': ''});
    symlinkSync('a.ts', path.join(root, 'b.ts'));
    expect(overlap('a.ts', 'b.ts', {root, policy: 'portable'}).overlap).toBe(true);
  });

  test('name no root that does not exist, or is a file: a link in it would be overlooked', () => {
    const root = path.join(folderWith({file: ''}), 'gone');
    for (const where of [root, path.join(path.dirname(root), 'file')]) {
      for (const policy of ['portable', 'native'] as const) {
        const failure = expect.objectContaining({code: 'E_REPO', message: `${where} is not a folder`});
        expect(() => overlap('a.ts', 'b.ts', {root: where, policy})).toThrow(failure);
        expect(() => parseClaim('a.ts', {root: where, policy})).toThrow(failure);
        expect(() => isSensitive('a.ts', {root: where, policy})).toThrow(failure);
      }
    }
    expect(existsSync(root)).toBe(false);
  });

  test('leave nothing in a repository whose volume is asked', () => {
    const root = folderWith({'a.ts': ''});
    overlap('a.ts', 'b.ts', {root, policy: 'native'});
    expect(readdirSync(root)).toEqual(['a.ts']);
  });
});
