import {describe, expect, test} from 'vitest';
import type {ClaimInput} from '../../../src/core/claim/claim.ts';
import {DEFAULT_COMPANIONS, resolveCompanions} from '../../../src/core/claim/companions.ts';
import {isSameLook, type Look} from '../../../src/core/claim/look.ts';
import {overlap} from '../../../src/core/claim/overlap.ts';
import type {DisjointEvent} from '../../../src/core/events.ts';
import {type ClaimSets, LockTable} from '../../../src/core/lock-table.ts';
import {isSameClaims, reclaimed} from '../../../src/core/reclaim.ts';
import {initialState} from '../../../src/core/state.ts';
import {step} from '../../../src/core/step.ts';
import {claimOf} from '../../support/claim-of.ts';
import {coreSettings} from '../../support/core-settings.ts';

const setsOf = (writes: readonly ClaimInput[], reads: readonly ClaimInput[] = []): ClaimSets => ({
  writes: writes.map((input) => claimOf(input)),
  reads: reads.map((input) => claimOf(input)),
});

describe('claims that are read again', () => {
  test.each<ClaimInput>(['app/[id]/*.tsx', {glob: 'app/[id]/*.tsx'}, {path: 'app/[id]/*.tsx'}, 'a/{b,c}*'])(
    'from %j are what they were, where the disk shows nothing new',
    (input) => {
      const sets = setsOf([input], [input]);
      const now = reclaimed(sets, coreSettings({dev: {}}), () => undefined);
      expect(now.failure).toBe(null);
      expect(isSameClaims(now.sets, sets)).toBe(true);
    },
  );
});

describe('a look', () => {
  const inside: Look = {
    kind: 'inside',
    segments: ['a'],
    ids: ['1:1'],
    links: [],
    exists: true,
    isDirectory: false,
  };

  test.each<readonly [string, Look, Look]>([
    ['of something and of nothing', inside, {...inside, exists: false}],
    ['of a file and of a folder', inside, {...inside, isDirectory: true}],
    ['here and elsewhere', inside, {...inside, segments: ['b']}],
    ['of one file and of another', inside, {...inside, ids: ['1:2']}],
    ['inside and outside', inside, {kind: 'outside', target: '/a'}],
    ['to one place outside and to another', {kind: 'outside', target: '/a'}, {kind: 'outside', target: '/b'}],
    ['of what may not be seen, here and there', {kind: 'denied', at: 'a'}, {kind: 'denied', at: 'b'}],
  ])('%s is another', (_, a, b) => {
    expect([isSameLook(a, a), isSameLook(b, b), isSameLook(a, b), isSameLook(b, a)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

test('a hold grows in what it writes and reads, and does not forget that it overlapped', () => {
  const hold = {fence: 1, taskId: 'a', attempt: 1, agentId: 'dev', quarantined: false, overlapped: false};
  const table = LockTable.empty()
    .take({...hold, ...setsOf(['a'], ['b'])})
    .extend(1, setsOf(['c'], ['d']), true)
    .extend(1, setsOf(['a'], ['b']), false);
  const {writes = [], reads = [], overlapped} = table.get(1) ?? {};
  expect([writes.map(({raw}) => raw), reads.map(({raw}) => raw), overlapped]).toEqual([
    ['a', 'c'],
    ['b', 'd'],
    true,
  ]);
  expect(table.collisions(setsOf(['d']), 1)).toHaveLength(1);
});

test('what comes along with a claim may be what another agent type owns', () => {
  const companions = resolveCompanions(DEFAULT_COMPANIONS);
  if (!companions.ok) throw new Error(companions.failure.problem);
  const settings = {
    ...coreSettings({dev: {owns: ['web/**']}, ops: {owns: ['package-lock.json']}}),
    companions: companions.value,
  };
  let state = initialState(settings, 4);
  const events: DisjointEvent[] = [];
  const send = (input: Parameters<typeof step>[1]): void => {
    const decided = step(state, input);
    ({state} = decided);
    events.push(...decided.events);
  };
  send({type: 'change-mode', at: 1, mode: 'running', queued: 'keep', running: 'finish', reason: 'started'});
  const task = {agentType: 'dev', description: '', sensitive: true, work: {kind: 'function'}} as const;
  send({
    type: 'submit-tasks',
    at: 1,
    submission: 's',
    tasks: [{...task, id: 'a', files: ['web/package.json']}],
  });
  const held = state.lockTable.get(1)?.writes ?? [];
  expect(held.some((claim) => overlap(claim, claimOf('package-lock.json')))).toBe(true);
  send({
    type: 'submit-tasks',
    at: 1,
    submission: 't',
    tasks: [{...task, id: 'b', files: ['package-lock.json']}],
  });
  expect(events.at(-1)).toMatchObject({
    type: 'submission.refused',
    refusal: {code: 'E_OWNERSHIP', owner: 'ops'},
  });
});
