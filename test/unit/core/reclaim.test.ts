import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../../src/core/claim/claim.ts';
import {DEFAULT_COMPANIONS, resolveCompanions} from '../../../src/core/claim/companions.ts';
import type {Look} from '../../../src/core/claim/look.ts';
import {reclaim, reclaimed, withCompanions} from '../../../src/core/reclaim.ts';
import {claimOf} from '../../support/claim-of.ts';
import {coreSettings} from '../../support/core-settings.ts';

const table = resolveCompanions(DEFAULT_COMPANIONS);
const SETTINGS = {...coreSettings({dev: {}}), companions: table.ok ? table.value : []};
const OUTSIDE: Look = {kind: 'outside', target: '/etc'};

/** Where it says, but for these. */
const seeing =
  (others: Readonly<Record<string, Look>>) =>
  (path: string): Look =>
    others[path] ?? {
      kind: 'inside',
      segments: path.split('/'),
      ids: [],
      links: [],
      exists: true,
      isDirectory: false,
    };

const claimsOf = (...inputs: readonly ClaimInput[]) => inputs.map((input) => claimOf(input));

describe('claims that are read again', () => {
  test('of a task that does not run yet are refused for what it writes, and for what it reads', () => {
    const sets = {writes: claimsOf('a'), reads: claimsOf('b')};
    expect(reclaim(sets, SETTINGS, seeing({}))).toMatchObject({ok: true});
    for (const path of ['a', 'b']) {
      expect(reclaim(sets, SETTINGS, seeing({[path]: OUTSIDE}))).toMatchObject({
        ok: false,
        failure: {code: 'E_PATH_ESCAPE', claim: path},
      });
    }
  });

  test('of a task that runs stay as they were where they are refused, and all others are as they are now', () => {
    const moved: Look = {...seeing({})('x'), kind: 'inside', segments: ['x']} as Look;
    const sets = {writes: claimsOf('a', 'c'), reads: claimsOf('b')};
    const now = reclaimed(sets, SETTINGS, seeing({a: OUTSIDE, b: OUTSIDE, c: moved}));
    expect(now.failure).toMatchObject({code: 'E_PATH_ESCAPE', claim: 'a'});
    expect(now.sets.writes.map(({text}) => text)).toEqual(['a', 'c']);
    expect(now.sets.writes[0]).toEqual(sets.writes[0]);
    expect(now.sets.writes[1]?.others.map(({key}) => key)).toEqual([['x']]);
    expect(now.sets.reads).toEqual(sets.reads);
  });
});

describe('companions', () => {
  const textsOf = (...inputs: readonly ClaimInput[]): readonly string[] =>
    withCompanions(claimsOf(...inputs), SETTINGS, undefined).map(({kind, text}) => `${kind} ${text}`);

  test('are not repeated where they are declared', () => {
    expect(textsOf('go.mod', 'go.sum')).toEqual(['path go.mod', 'path go.sum']);
  });

  test('come along beside a pattern that only looks the same', () => {
    const declared = textsOf('app/[id]/go.mod', {glob: 'app/[id]/go.sum'});
    expect(declared).toContain('glob app/[id]/go.sum');
    expect(declared).toContain('path app/[id]/go.sum');
  });
});
