import {readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {fold} from '../../src/core/claim/fold.ts';
import {runs} from '../support/seed.ts';
import type {Volume, VolumeKind} from '../support/volumes.ts';
import {describeOnVolumes} from '../support/volumes-describe.ts';
import {exfatUpper} from './exfat-upcase.ts';
import {planeNames, spelledNames, TELLING_PAIRS} from './names.ts';
import {type Scan, scan} from './scan.ts';

const IS_LONG_RUN = runs(1) > 1;
const PATIENCE_MS = IS_LONG_RUN ? 15 * 60_000 : 120_000;

/** How many aliases a volume has at least: where it has less, it is not what it should be, and shows nothing. */
const ALIASES_MIN: Readonly<Record<VolumeKind, {plane: number; spellings: number}>> = {
  ntfs: {plane: 900, spellings: 1_500},
  exfat: {plane: 800, spellings: 1_500},
  'zfs-caseless': {plane: 2_500, spellings: 15_000},
  'zfs-formkc': {plane: 1_000, spellings: 10_000},
  'ext4-casefold': {plane: 1_500, spellings: 15_000},
};

/** More names than the halves of surrogate pairs, and some of ASCII, no volume refuses: nearly all have been tried. */
const REFUSED_MAX = 2_048 + 50;

const counts = (keys: Iterable<string>): readonly number[] => {
  const sizes = new Map<string, number>();
  for (const key of keys) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  return [...sizes.values()];
};

const pairs = (sizes: readonly number[]): number =>
  sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);

/** Prints what was found: also what the volume does not accept, and what the fold unites without need. */
const tell = (what: string, names: readonly string[], {accepted, aliases, refused}: Scan): void => {
  const gone = new Set([...refused.values()].flat());
  const usable = names.filter((name) => !gone.has(name));
  const before = new Map(aliases);
  const byVolume = pairs(counts(usable.map((name) => before.get(name) ?? name)));
  const byFold = pairs(counts(usable.map((name) => fold(name))));
  const refusals = [...refused].map(([code, those]) => `${those.length} refused with ${code}`);
  process.stdout.write(
    `${what}: ${names.length} names, ${accepted} files, ${aliases.length} aliases, ` +
      `${[...refusals, ''].join(', ')}fold unites ${byFold} pairs, of which the volume ${byVolume}\n`,
  );
};

const codes = (name: string): string =>
  Array.from(name, (character) => `U+${character.codePointAt(0)?.toString(16)}`).join(' ');

const missed = ({aliases}: Scan): readonly string[] =>
  aliases
    .filter(([name, before]) => fold(name) !== fold(before))
    .map(([name, before]) => `${codes(name)} is ${codes(before)}`);

/** The aliases that a volume must have if it takes names for one whenever they have one key. */
const aliasesBy = (names: readonly string[], keyOf: (name: string) => string): Scan['aliases'] => {
  const firsts = new Map<string, string>();
  return names.flatMap((name) => {
    const first = firsts.get(keyOf(name));
    if (first !== undefined) return [[name, first] as const];
    firsts.set(keyOf(name), name);
    return [];
  });
};

const sumOfUnits = (name: string): number =>
  name.split('').reduce((sum, unit) => sum + unit.charCodeAt(0), 0);

/**
 * To find a name, exFAT looks at all of its folder: with every name in one, that takes minutes. So the names are spread
 * over a hundred folders, where those meet that are one file by the table of the volume, and as many that are not. The
 * table is complete, and what is shown here is that the volume goes by it. The long run has all in one folder.
 */
const scanExfat = async ({freshFolder, image}: Volume, names: readonly string[]): Promise<Scan> => {
  const upper = exfatUpper(image);
  const result = await scan(freshFolder(), names, (name) =>
    IS_LONG_RUN ? 'all' : `${sumOfUnits(upper(name)) % 100}`,
  );
  const refused = new Set([...result.refused.values()].flat());
  const accepted = names.filter((name) => !refused.has(name));
  expect(result.aliases).toEqual(aliasesBy(accepted, upper));
  return result;
};

await describeOnVolumes((kind, mount) => {
  test.each([
    ['characters of the Basic Multilingual Plane', 'plane', planeNames],
    ['spellings of a name', 'spellings', spelledNames],
  ] as const)('two %s that name one file have one key', {timeout: PATIENCE_MS}, async (_, list, names) => {
    const volume = await mount();
    const result = await (kind === 'exfat' ? scanExfat(volume, names) : scan(volume.freshFolder(), names));
    tell(`${list} on ${kind}`, names, result);
    expect(missed(result)).toEqual([]);
    expect([...result.refused.values()].flat().length).toBeLessThanOrEqual(REFUSED_MAX);
    expect(result.aliases.length).toBeGreaterThan(ALIASES_MIN[kind][list]);
  });

  test('which names are one file is what the README says', async () => {
    const {freshFolder} = await mount();
    const {aliases} = await scan(
      freshFolder(),
      TELLING_PAIRS.flatMap(([, one, other]) => [one, other]),
    );
    const areOne = new Set(aliases.map(([name]) => name));
    const row = [`\`${kind}\``, ...TELLING_PAIRS.map(([, , other]) => (areOne.has(other) ? 'one' : '–'))];
    const readme = readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8');
    const titles = ['volume', ...TELLING_PAIRS.map(([title]) => title)];
    expect(readme).toContain(`| ${titles.join(' | ')} |`);
    expect(readme).toContain(`| ${row.join(' | ')} |`);
  });
});
