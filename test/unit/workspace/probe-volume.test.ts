import {mkdirSync, readdirSync, statfsSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {EXACT, PORTABLE} from '../../../src/core/claim/fold.ts';
import {probeVolume} from '../../../src/workspace/probe-volume.ts';
import {asNobody} from '../../support/as-nobody.ts';
import {skipLoudly} from '../../support/skip-loudly.ts';
import {temporaryFolder} from '../../support/temporary-folder.ts';

const EXT4_MAGIC = 0xef53;

describe('the rules of a volume', () => {
  test('keep all names apart on ext4', (context) => {
    const folder = temporaryFolder();
    if (statfsSync(folder).type !== EXT4_MAGIC) return skipLoudly(context, 'ext4: it is not what is here');
    expect(probeVolume(folder)).toEqual(EXACT);
  });

  test('are found without a trace, and without a look at what else is in the folder', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'disjoint-probe-x'), 'mine');
    probeVolume(folder);
    expect(readdirSync(folder)).toEqual(['disjoint-probe-x']);
  });

  test('are the portable ones where nothing is, or may be, written', (context) => {
    const folder = temporaryFolder();
    const closed = path.join(folder, 'closed');
    mkdirSync(closed, {mode: 0o555});
    expect(probeVolume(path.join(folder, 'missing'))).toEqual(PORTABLE);
    expect(probeVolume(`${folder}\0`)).toEqual(PORTABLE);
    writeFileSync(path.join(folder, 'file'), '');
    expect(probeVolume(path.join(folder, 'file'))).toEqual(PORTABLE);
    const asOther = asNobody(closed, () => probeVolume(closed));
    if (asOther === undefined) return skipLoudly(context, 'permissions: this user cannot be another one');
    expect(asOther).toEqual(PORTABLE);
    expect(readdirSync(folder).toSorted()).toEqual(['closed', 'file']);
  });

  test('are the portable ones where the names of the probe are not accepted, and nothing is left there', () => {
    // As long as a path may be, once the folder of the probe is in it: there is no room for a file.
    const pathMax = 4096;
    let folder = temporaryFolder();
    const room = pathMax - '/disjoint-probe-XXXXXX'.length - 8;
    while (folder.length < room) {
      const left = room - folder.length - 1;
      folder += `/${'x'.repeat(Math.max(1, Math.min(200, left)))}`;
      mkdirSync(folder);
    }
    expect(probeVolume(folder)).toEqual(PORTABLE);
    expect(readdirSync(folder)).toEqual([]);
  });
});
