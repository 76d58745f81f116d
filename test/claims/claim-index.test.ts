import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput} from '../../src/core/claim/claim.ts';
import {ClaimIndex} from '../../src/core/claim/claim-index.ts';
import type {LookUp} from '../../src/core/claim/look.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {type ClaimSets, firstCollision, type Hold, LockTable} from '../../src/core/lock-table.ts';
import type {Place} from '../../src/core/place.ts';
import {claimOf} from '../support/claim-of.ts';
import {patienceMs, runs} from '../support/seed.ts';
import {Tally} from '../support/tally.ts';

/** A small disk: `link` is a symbolic link to `a`, `m` the same directory as `b`, `a/x` and `b/y` are one file. */
const look: LookUp = (path) => {
  const [first = '', ...rest] = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const segments = [first === 'link' ? 'a' : first, ...rest];
  const ids = segments.map((_, i) => {
    const place = segments
      .slice(0, i + 1)
      .join('/')
      .toLowerCase()
      .replace(/^m(?=\/|$)/u, 'b');
    return `1:${place === 'a/x' ? 'b/y' : place}`;
  });
  const known = ids.slice(0, 2);
  return {
    kind: 'inside',
    segments,
    ids: known,
    links: [],
    exists: rest.length < 2,
    isDirectory: rest.length === 0,
  };
};

const folder = fc.constantFrom('a', 'b', 'A', 'm', 'link', '__proto__', 'constructor');
const file = fc.constantFrom('x', 'y', 'X', 'ß', 'ss', 'toString');
const text = fc.oneof(
  fc.tuple(folder, file).map(([above, name]) => `${above}/${name}`),
  fc.tuple(folder, file, file).map((names) => names.join('/')),
  {
    arbitrary: fc.oneof(
      folder,
      folder.map((name) => `${name}/`),
    ),
    weight: 1,
  },
);
const glob = fc.oneof(
  fc
    .tuple(folder, fc.constantFrom('*', '?', 's?', '**', '*x', '**/y', '[xy]', '{x,y}'))
    .map((all) => all.join('/')),
  fc.constantFrom('*/x', '**/y', '?/*', '{a,b}/x', '*/*/x', 'a*/**', '**'),
);
const input: fc.Arbitrary<ClaimInput> = fc.oneof(
  {arbitrary: text.map((path) => ({path})), weight: 3},
  {arbitrary: glob.map((pattern) => ({glob: pattern})), weight: 1},
);
/** Looked up on the disk or taken by its text alone. */
const claim: fc.Arbitrary<Claim> = fc
  .tuple(input, fc.boolean())
  .map(([given, isLooked]) => claimOf(given, isLooked ? {look} : {}));
const claims = fc.array(claim, {maxLength: 4});

const placeOf = (owner: number): Place => ({key: owner, arrival: 0});

describe('the index of claims', () => {
  test(
    'finds exactly those that overlap, of all owners or of those before a place, whatever was added and removed, and older ones stay as they are',
    () => {
      const step = fc.oneof(
        fc.record({type: fc.constant('add' as const), claims}),
        fc.record({type: fc.constant('remove' as const), which: fc.nat(20)}),
      );
      const tries = runs(250);
      const tally = new Tally();
      fc.assert(
        fc.property(
          fc.array(step, {maxLength: 12}),
          fc.array(claim, {minLength: 1, maxLength: 4}),
          fc.option(fc.nat(12), {freq: 2}),
          (steps, asked, before) => {
            let index = ClaimIndex.empty<Place>();
            let held: ReadonlyMap<number, readonly Claim[]> = new Map();
            const versions = [{index, held}];
            for (const [owner, one] of steps.entries()) {
              if (one.type === 'add') {
                index = index.add(placeOf(owner), one.claims);
                held = new Map([...held, [owner, one.claims]]);
              } else {
                const [gone, its] = [...held][one.which % Math.max(1, held.size)] ?? [-1, []];
                index = index.remove(placeOf(gone), its);
                held = new Map([...held].filter(([known]) => known !== gone));
              }
              versions.push({index, held});
            }
            for (const version of versions) {
              for (const ours of asked) {
                const found = new Set<string>();
                version.index.visitOverlapping(
                  ours,
                  ({key}, theirs) => {
                    found.add(`${key} ${[...(version.held.get(key) ?? [])].indexOf(theirs)}`);
                    return false;
                  },
                  before === null ? undefined : placeOf(before),
                );
                const compared = new Set<string>();
                for (const [owner, its] of version.held) {
                  if (before !== null && owner >= before) continue;
                  for (const [i, theirs] of its.entries()) {
                    if (overlap(ours, theirs)) compared.add(`${owner} ${its.indexOf(theirs, i)}`);
                  }
                }
                for (const one of compared) tally.tell(one === '' ? '' : 'overlap');
                expect([ours.raw, found]).toEqual([ours.raw, compared]);
              }
            }
            const empty = [...held].reduce((left, [owner, its]) => left.remove(placeOf(owner), its), index);
            expect(empty.size).toBe(0);
          },
        ),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {overlap: 2})).toEqual([]);
    },
    patienceMs,
  );

  test('stops as soon as it is told that this is enough', () => {
    const index = ClaimIndex.empty<Place>()
      .add(placeOf(1), [claimOf('a/x')])
      .add(placeOf(2), [claimOf('a/')]);
    let asked = 0;
    expect(index.visitOverlapping(claimOf('a/x'), () => ++asked === 1)).toBe(true);
    expect(asked).toBe(1);
    expect(index.visitOverlapping(claimOf('b'), () => true)).toBe(false);
  });
});

describe('the lock table', () => {
  const sets = fc.record({writes: claims, reads: claims});
  const holdOf = (fence: number, {writes, reads}: ClaimSets): Hold => ({
    fence,
    taskId: `t${fence}`,
    attempt: 1,
    agentId: `agent-${fence}`,
    writes,
    reads,
    quarantined: false,
    overlapped: false,
  });
  /** Every pair that collides, by comparing all. */
  const pairsBetween = (ours: ClaimSets, theirs: ClaimSets): ReadonlySet<string> => {
    const compared = [
      ...ours.writes.flatMap((mine) =>
        [...theirs.writes, ...theirs.reads].map((other) => [mine, other] as const),
      ),
      ...ours.reads.flatMap((mine) => theirs.writes.map((other) => [mine, other] as const)),
    ];
    return new Set(
      compared.filter(([mine, other]) => overlap(mine, other)).map(([a, b]) => `${a.text} ${b.text}`),
    );
  };
  const fences = (table: LockTable, asked: ClaimSets): readonly number[] =>
    table.collisions(asked, 1).map(({holder}) => holder.fence);

  test(
    'tells of exactly the holders that collide, by the index as by comparing all',
    () => {
      const step = fc.oneof(
        {arbitrary: fc.record({type: fc.constant('take' as const), sets}), weight: 3},
        {
          arbitrary: fc.record({type: fc.constantFrom('release', 'quarantine'), which: fc.nat(20)}),
          weight: 1,
        },
        {arbitrary: fc.record({type: fc.constant('reclaim' as const), which: fc.nat(20), sets}), weight: 1},
      );
      const tries = runs(250);
      const tally = new Tally();
      fc.assert(
        fc.property(
          fc.array(step, {maxLength: 12}),
          fc.array(sets, {minLength: 1, maxLength: 3}),
          (steps, asked) => {
            let table = LockTable.empty();
            const versions = [table];
            for (const [i, one] of steps.entries()) {
              const holds = table.holds();
              const fence = 'which' in one ? (holds[one.which % Math.max(1, holds.length)]?.fence ?? -1) : i;
              if (one.type === 'take' && 'sets' in one) table = table.take(holdOf(fence, one.sets));
              else if (one.type === 'reclaim' && 'sets' in one) table = table.reclaim(fence, one.sets);
              else table = one.type === 'release' ? table.release(fence) : table.quarantine(fence);
              versions.push(table);
            }
            for (const version of versions) {
              for (const ours of asked) {
                const compared = version.holds().filter((hold) => firstCollision(ours, hold) !== null);
                tally.tell(compared.length > 0 ? 'collides' : 'free');
                expect(fences(version, ours)).toEqual(compared.map(({fence}) => fence));
                expect(version.collides(ours)).toBe(compared.length > 0);
                for (const {holder, pairs, morePairs} of version.collisions(ours, Infinity)) {
                  const told = pairs.map(([mine, theirs]) => `${mine.text} ${theirs.text}`);
                  expect(told.toSorted()).toEqual([...pairsBetween(ours, holder)].toSorted());
                  expect(morePairs).toBe(0);
                  const [few] = version.collisions(ours, 1).filter((one) => one.holder === holder);
                  expect(few).toMatchObject({pairs: pairs.slice(0, 1), morePairs: pairs.length - 1});
                }
              }
            }
          },
        ),
        {numRuns: tries},
      );
      expect(tally.tooRare(tries, {collides: 1, free: 1})).toEqual([]);
    },
    patienceMs,
  );

  test(
    'loses no conflict when a claim is added, to what is held or to what is asked for',
    () => {
      fc.assert(
        fc.property(
          fc.array(sets, {minLength: 1, maxLength: 5}),
          sets,
          sets,
          fc.boolean(),
          (held, asked, more, isRead) => {
            const table = held.reduce((all, one, i) => all.take(holdOf(i, one)), LockTable.empty());
            const wider: ClaimSets = isRead
              ? {...asked, reads: [...asked.reads, ...more.reads]}
              : {...asked, writes: [...asked.writes, ...more.writes]};
            const before = fences(table, asked);
            expect(fences(table, wider)).toEqual(expect.arrayContaining([...before]));
            expect(fences(table.take(holdOf(held.length, more)), asked)).toEqual(
              expect.arrayContaining([...before]),
            );
            const [first] = held;
            const widened: ClaimSets = {
              writes: [...(first?.writes ?? []), ...more.writes],
              reads: [...(first?.reads ?? []), ...more.reads],
            };
            expect(fences(table.reclaim(0, widened), asked)).toEqual(expect.arrayContaining([...before]));
          },
        ),
        {numRuns: runs(300)},
      );
    },
    patienceMs,
  );
});
