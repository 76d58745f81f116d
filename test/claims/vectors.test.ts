import {mkdirSync, statfsSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {describe, expect, test} from 'vitest';
import type {Claim, ClaimInput} from '../../src/core/claim/claim.ts';
import {EXACT, type FoldRules, fold, PORTABLE} from '../../src/core/claim/fold.ts';
import {overlap} from '../../src/core/claim/overlap.ts';
import {parseClaim} from '../../src/core/claim/parse.ts';
import {type ClaimSets, firstCollision, LockTable} from '../../src/core/lock-table.ts';
import {probeVolume} from '../../src/workspace/probe-volume.ts';
import {bindMount, folderForMounts} from '../support/bind-mount.ts';
import {byTextAlone, type Outcome, outcomeOf, overlapAny, parse, wanted} from '../support/claim-outcome.ts';
import {
  areOneFile,
  type Fixture,
  needsDisk,
  setUp,
  titleOf,
  VECTORS,
  type Vector,
  withRoot,
} from '../support/path-vectors.ts';
import {skipLoudly} from '../support/skip-loudly.ts';
import type {VolumeKind} from '../support/volumes.ts';
import {describeOnVolumes} from '../support/volumes-describe.ts';

/** Where the rules of a volume answer otherwise than the vectors allow, and why that is as it should be. */
const NATIVE_ELSEWHERE: Readonly<Record<string, string>> = {
  'PV-077': 'yes instead of no: case is folded as Unicode says, and the own table of NTFS is not read',
  'PV-102': 'no instead of yes: Windows drops the space before NTFS sees it, and the driver here does not',
  'PV-103': 'no instead of yes: Windows drops the dot before NTFS sees it, and the driver here does not',
  'PV-106': 'refused instead of yes: only Windows can tell what a short name stands for',
  'PV-107': 'refused instead of yes: only Windows can tell what a short name stands for',
};

/** What Windows itself makes of a name, before the file system sees it. */
const BY_WINDOWS: ReadonlySet<string> = new Set(['PV-094', 'PV-102', 'PV-103']);

/** The file systems that a vector may be about here. */
const KINDS: Readonly<Record<VolumeKind, readonly string[]>> = {
  ntfs: ['any', 'ntfs'],
  exfat: ['any', 'exfat'],
  'zfs-caseless': ['any'],
  'zfs-formkc': ['any', 'zfs-formKC'],
  'ext4-casefold': ['any', 'ext4-casefold'],
};
const EXT4_MAGIC = 0xef53;

const kindsHere: readonly string[] =
  statfsSync(tmpdir()).type === EXT4_MAGIC ? ['any', 'linux', 'ext4'] : ['any'];

const withTitles = (vectors: readonly Vector[]) =>
  vectors.map((vector) => [titleOf(vector), vector] as const);

const isAboutFiles = ({overlap_portable: answer, same_file: same}: Vector): boolean =>
  answer !== 'reject' && same !== 'covers';

describe('two claims, looked up on the disk, come to what is required on every host:', () => {
  test.for(withTitles(VECTORS))('%s', ([title, vector], context) => {
    const fixture = setUp(folderForMounts(), vector);
    if (fixture.missing !== undefined) return skipLoudly(context, `${title}: ${fixture.missing}`);
    expect(outcomeOf(fixture)).toEqual(wanted(vector.overlap_portable, vector.error));
  });
});

test('without a look at the disk, those that need none come to the same', () => {
  const byText = VECTORS.filter((vector) => vector.setup === undefined && !needsDisk(vector));
  expect(byText.length).toBeGreaterThan(VECTORS.length * 0.7);
  for (const vector of byText) {
    const {root, a, b} = withRoot(vector, '/home/me/repo');
    const title = titleOf(vector);
    const outcome = outcomeOf({root, a, b, missing: undefined}, PORTABLE, byTextAlone);
    expect({title, ...outcome}).toEqual({title, ...wanted(vector.overlap_portable, vector.error)});
  }
});

test('a claim by another spelling of the root is one below it, and one that leaves it that way is refused', () => {
  const root = `${folderForMounts()}/repo`;
  mkdirSync(`${root}/src`, {recursive: true});
  symlinkSync(root, `${root}-link`);
  symlinkSync('repo-link', `${root}-far`);
  for (const [one, other] of [
    [root, `${root}-link`],
    [`${root}-far`, root],
    [`${root}-far`, `${root}-link`],
    [root, root.toUpperCase()],
  ] as const) {
    const outcome = (a: ClaimInput, b: ClaimInput): Outcome =>
      outcomeOf({root: one, a, b, missing: undefined});
    expect(outcome(`${other}/src/a.ts`, 'src/a.ts')).toEqual({overlap: [true, true]});
    expect(outcome(`${other}/src/a.ts`, 'src/b.ts')).toEqual({overlap: [false, false]});
    expect(outcome(`${other}/`, 'src/b.ts')).toEqual({overlap: [true, true]});
    expect(outcome(`${other}-evil/a.ts`, 'src/a.ts')).toEqual({refused: ['E_PATH_ESCAPE']});
    expect(outcome(`${other}/../x`, 'src/a.ts')).toEqual({refused: ['E_PATH_ESCAPE']});
  }
});

test('two places of one claim are both known to the disk, also if their names only differ by case', (context) => {
  const root = folderForMounts();
  for (const folder of ['deep', 'Deep/lib', 'mounted']) mkdirSync(`${root}/${folder}`, {recursive: true});
  symlinkSync('../Deep/lib', `${root}/deep/up`);
  const reason = bindMount(`${root}/Deep`, `${root}/mounted`);
  if (reason !== undefined) return skipLoudly(context, `bind mounts: ${reason}`);
  const claims = {root, a: 'deep/up/../a.ts', b: 'mounted/a.ts', missing: undefined};
  expect(outcomeOf(claims)).toEqual({overlap: [true, true]});
  // It can be deep/a.ts as well, by the text.
  expect(bindMount(`${root}/deep`, `${root}/mounted`)).toBeUndefined();
  expect(outcomeOf(claims)).toEqual({overlap: [true, true]});
});

test('what is refused is refused whatever the rules of the volume are', () => {
  const refused = VECTORS.filter(({overlap_portable: answer}) => answer === 'reject');
  expect(refused.length).toBeGreaterThan(20);
  for (const vector of refused) {
    const fixture = setUp(folderForMounts(), vector);
    expect({title: titleOf(vector), ...outcomeOf(fixture, EXACT)}).toEqual({
      title: titleOf(vector),
      ...wanted('reject', vector.error),
    });
  }
  for (const name of [
    '.GIT/x',
    '.g\u200dit/x',
    '.git./x',
    'Git~1/x',
    '.Disjoint/x',
    'Aux .c',
    'com\u00b9.txt',
    'a/\u2026',
  ]) {
    expect({name, accepted: parseClaim(name, {rules: EXACT}).ok}).toEqual({name, accepted: false});
    expect({name, accepted: parseClaim({glob: `${name}/*`}, {rules: EXACT}).ok}).toEqual({
      name,
      accepted: false,
    });
  }
});

describe('what is written through one name shows up under the other where the vectors say so:', () => {
  const here = VECTORS.filter((vector) => kindsHere.includes(vector.fs) && isAboutFiles(vector));
  test.for(withTitles(here))('%s', ([title, vector], context) => {
    const fixture = setUp(folderForMounts(), vector);
    if (fixture.missing !== undefined) return skipLoudly(context, `${title}: ${fixture.missing}`);
    const areOne = areOneFile(fixture);
    expect(areOne ?? vector.same_file === 'yes').toBe(vector.same_file === 'yes');
    // What was written is there now, and the answer is the same.
    expect(outcomeOf(fixture)).toEqual(wanted(vector.overlap_portable, vector.error));
  });

  test('this is tried with files for most of them', () => {
    const tried = here.filter((vector) => areOneFile(setUp(folderForMounts(), vector)) !== null);
    expect(tried.length).toBeGreaterThan(here.length / 2);
  });
});

describe('the laws hold for the claims of all vectors:', () => {
  const fixtures = (): readonly Fixture[] =>
    VECTORS.map((vector) => setUp(folderForMounts(), vector)).filter(({missing}) => missing === undefined);

  /** The claims of both sides, where both are accepted. */
  const accepted = (): readonly (readonly [readonly Claim[], readonly Claim[]])[] =>
    fixtures().flatMap(({root, a, b}) => {
      const [one, other] = [parse(root, a, PORTABLE), parse(root, b, PORTABLE)];
      return one.ok && other.ok ? [[one.value, other.value] as const] : [];
    });

  const sets = (writes: readonly Claim[]): ClaimSets => ({writes, reads: []});

  const tableWith = (writes: readonly Claim[]): LockTable =>
    LockTable.empty().take({
      fence: 1,
      taskId: 'holder',
      attempt: 1,
      agentId: 'dev',
      writes,
      reads: [],
      quarantined: false,
      overlapped: false,
    });

  test('the order of the two makes no difference', () => {
    for (const [one, other] of accepted()) expect(overlapAny(one, other)).toBe(overlapAny(other, one));
  });

  test('every claim overlaps itself', () => {
    const claims = accepted().flat(2);
    expect(claims.length).toBeGreaterThan(VECTORS.length);
    expect(claims.filter((claim) => !overlap(claim, claim))).toEqual([]);
  });

  test('claims that name one file, or of which one covers the other, overlap or are refused', () => {
    const related = VECTORS.filter(({same_file: same}) => same !== 'no');
    const apart = related.filter((vector) => {
      const fixture = setUp(folderForMounts(), vector);
      const outcome = outcomeOf(fixture);
      return fixture.missing === undefined && 'overlap' in outcome && outcome.overlap.includes(false);
    });
    expect(related.length).toBeGreaterThan(VECTORS.length / 2);
    expect(apart).toEqual([]);
  });

  test('one more claim of a task never takes a conflict away, in the table of those that run as well', () => {
    const all = accepted();
    const extra = all.flatMap(([one]) => one).slice(0, 20);
    const hidden = all.filter(([one, other]) => {
      const conflicts = overlapAny(one, other);
      expect(firstCollision(sets(one), sets(other)) !== null).toBe(conflicts);
      expect(tableWith(one).collides(sets(other))).toBe(conflicts);
      return extra.some(
        (more) =>
          conflicts &&
          !(
            tableWith([more, ...one]).collides(sets(other)) &&
            tableWith(one).collides(sets([more, ...other])) &&
            firstCollision(sets([more, ...one]), sets([...other, more])) !== null
          ),
      );
    });
    expect(hidden).toEqual([]);
  });

  test('the key of a key is the key', () => {
    const names = fixtures()
      .flatMap(({a, b}) => [a, b].flatMap((claim) => JSON.stringify(claim).split(/["/\\]/u)))
      .filter((name) => name !== '');
    expect(names.filter((name) => fold(fold(name)) !== fold(name))).toEqual([]);
  });
});

/** The vectors that come to something else than wanted, with what they come to. */
const differing = (
  vectors: readonly Vector[],
  folder: string,
  check: (fixture: Fixture, vector: Vector) => unknown,
): {readonly wrong: readonly string[]; readonly missing: readonly string[]; readonly tried: number} => {
  mkdirSync(folder);
  const wrong: string[] = [];
  const missing: string[] = [];
  for (const vector of vectors) {
    const fixture = setUp(folder, vector);
    if (fixture.missing !== undefined) {
      missing.push(`${vector.id} (${fixture.missing})`);
      continue;
    }
    const difference = check(fixture, vector);
    if (difference !== undefined) wrong.push(`${titleOf(vector)}: ${JSON.stringify(difference)}`);
  }
  return {wrong, missing, tried: vectors.length - missing.length};
};

const sayMissing = (where: string, missing: readonly string[]): void => {
  if (missing.length > 0) process.stdout.write(`NOT CHECKED on ${where}: ${missing.join(', ')}\n`);
};

const isSame = (a: Outcome, b: Outcome): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Undefined if the answer of the native policy is the one that the vector allows, or differs for a known reason. */
const nativeDifference =
  (rules: FoldRules) =>
  (fixture: Fixture, vector: Vector): unknown => {
    const outcome = outcomeOf(fixture, rules);
    const isWanted = isSame(outcome, wanted(vector.overlap_native, vector.error));
    const isKnown = NATIVE_ELSEWHERE[vector.id] !== undefined;
    return isWanted === isKnown ? outcome : undefined;
  };

test('with the rules of this volume, claims come to what the vectors allow for it', () => {
  const folder = folderForMounts();
  const vectors = VECTORS.filter(({fs}) => kindsHere.includes(fs));
  const {wrong, missing} = differing(vectors, `${folder}/native`, nativeDifference(probeVolume(folder)));
  sayMissing('this volume', missing);
  expect(wrong).toEqual([]);
});

await describeOnVolumes((kind, mount) => {
  const vectors = VECTORS.filter(({fs}) => KINDS[kind].includes(fs));
  const aboutFiles = vectors.filter((vector) => isAboutFiles(vector) && !BY_WINDOWS.has(vector.id));

  test('claims come to what is required, with the portable rules and with those of the volume', async () => {
    const {folder} = await mount();
    const portable = differing(vectors, `${folder}/portable`, (fixture, vector) => {
      const outcome = outcomeOf(fixture);
      return isSame(outcome, wanted(vector.overlap_portable, vector.error)) ? undefined : outcome;
    });
    const native = differing(vectors, `${folder}/native`, nativeDifference(probeVolume(folder)));
    sayMissing(kind, portable.missing);
    expect(portable.wrong).toEqual([]);
    expect(native.wrong).toEqual([]);
    expect(portable.tried).toBeGreaterThan(vectors.length * 0.7);
  });

  test('what is written through one name shows up under the other where the vectors say so', async () => {
    const {folder} = await mount();
    const {wrong, missing} = differing(aboutFiles, `${folder}/truth`, (fixture, {same_file: same}) => {
      const areOne = areOneFile(fixture);
      return areOne === null || areOne === (same === 'yes') ? undefined : areOne;
    });
    sayMissing(kind, missing);
    expect(wrong).toEqual([]);
  });
});
