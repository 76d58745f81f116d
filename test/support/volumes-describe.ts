import {describe, expect, test} from 'vitest';
import {mountVolume, VOLUME_KINDS, type Volume, type VolumeKind, whyNotMounted} from './volumes.ts';

/** Volumes whose absence is a failure where DISJOINT_TEST_VOLUMES is `required`; the others are for who has them. */
const REQUIRED: readonly VolumeKind[] = ['ntfs', 'exfat'];

const isRequired = (kind: VolumeKind): boolean =>
  process.env['DISJOINT_TEST_VOLUMES'] === 'required' && REQUIRED.includes(kind);

type Tests = (kind: VolumeKind, mount: () => Promise<Volume>) => void;

const describePresent = (kind: VolumeKind, tests: Tests): void => {
  describe(`on ${kind}`, () => {
    tests(kind, () => mountVolume(kind));
  });
};

const tellMissing = (kind: VolumeKind, reason: string): void => {
  test(`NOT CHECKED on ${kind}, which cannot be mounted here: ${reason}`, (context) => {
    expect(isRequired(kind), `DISJOINT_TEST_VOLUMES=required, but ${reason}`).toBe(false);
    process.stdout.write(`NOT CHECKED on ${kind}, which cannot be mounted here: ${reason}\n`);
    context.skip(reason);
  });
};

/**
 * Tests about each kind of volume. Each test mounts its own, which is gone when it has finished.
 *
 * Where this machine cannot mount one, a single test says so in its title, in the output and as skipped, or fails if
 * the volume is required.
 */
export const describeOnVolumes = async (tests: Tests): Promise<void> => {
  for (const kind of VOLUME_KINDS) {
    const reason = await whyNotMounted(kind);
    if (reason === undefined) describePresent(kind, tests);
    else tellMissing(kind, reason);
  }
};
