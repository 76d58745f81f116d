import {readdirSync} from 'node:fs';
import {expect, test} from 'vitest';
import {type FoldRules, fold} from '../../src/core/claim/fold.ts';
import {probeVolume} from '../../src/workspace/probe-volume.ts';
import type {Volume, VolumeKind} from '../support/volumes.ts';
import {describeOnVolumes} from '../support/volumes-describe.ts';
import {exfatUpper} from './exfat-upcase.ts';
import {spelledNames} from './names.ts';
import {scan} from './scan.ts';

const PATIENCE_MS = 120_000;

/** What each of them really does. Dots and spaces at the end are dropped by Windows and not by NTFS or exFAT itself. */
const FOLDS: Readonly<Record<VolumeKind, readonly Exclude<keyof FoldRules, 'composing'>[]>> = {
  ntfs: ['caseless'],
  exfat: ['caseless'],
  'zfs-caseless': ['caseless', 'compatible', 'normalized'],
  'zfs-formkc': ['compatible', 'normalized'],
  'ext4-casefold': ['caseless', 'expanding', 'ignoring', 'normalized'],
};

type Pairs = readonly (readonly [name: string, other: string])[];

/** exFAT goes by a table of its own, as the scan of its names shows; to find them on the disk takes minutes. */
const aliasesOnExfat = ({image}: Volume): Pairs => {
  const upper = exfatUpper(image);
  const firsts = new Map<string, string>();
  return spelledNames.flatMap((name) => {
    const first = firsts.get(upper(name));
    if (first !== undefined) return [[name, first] as const];
    firsts.set(upper(name), name);
    return [];
  });
};

await describeOnVolumes((kind, mount) => {
  test('a probe finds what the volume does, and leaves nothing behind', async () => {
    const {folder} = await mount();
    const before = readdirSync(folder);
    const {composing: _, ...rules} = probeVolume(folder);
    expect(
      Object.entries(rules)
        .flatMap(([name, does]) => (does ? [name] : []))
        .toSorted(),
    ).toEqual(FOLDS[kind]);
    expect(readdirSync(folder)).toEqual(before);
  });

  test('names that are one file on it have one key by its own rules', {timeout: PATIENCE_MS}, async () => {
    const volume = await mount();
    const rules = probeVolume(volume.folder);
    const aliases: Pairs =
      kind === 'exfat' ? aliasesOnExfat(volume) : (await scan(volume.folder, spelledNames)).aliases;
    expect(aliases.length).toBeGreaterThan(1_000);
    const missed = aliases.filter(([name, other]) => fold(name, rules) !== fold(other, rules));
    process.stdout.write(`${kind}: ${missed.length} of ${aliases.length} aliases missed by its own rules\n`);
    expect(missed.slice(0, 40).map((pair) => JSON.stringify(pair))).toEqual([]);
  });
});
