import {mkdirSync} from 'node:fs';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {probeVolume} from '../../src/workspace/probe-volume.ts';
import {outcomeOf, wanted} from '../support/claim-outcome.ts';
import {areOneFile, type Fixture} from '../support/path-vectors.ts';
import {runs} from '../support/seed.ts';
import {describeOnVolumes} from '../support/volumes-describe.ts';

const YES = wanted('yes', undefined);

const LETTERS = Array.from('aéßẞﬁσςΣKÅıİ가ǆΐⅳⒶａд');
const letter = fc.constantFrom(...LETTERS, 'e\u0301', '\u1100\u1161', '.', ' ');
type Change = (text: string) => string;
const change = fc.oneof(
  {
    arbitrary: fc.constantFrom<Change>(
      (text) => text,
      (text) => text.toUpperCase(),
      (text) => text.toLowerCase(),
      (text) => text.normalize('NFC'),
      (text) => text.normalize('NFD'),
      (text) => text.normalize('NFKC'),
    ),
    weight: 12,
  },
  {
    arbitrary: fc.constantFrom<Change>(
      (text) => `${text}\u200d`,
      (text) => `\ufe0f${text}`,
      (text) => `${text}.`,
      (text) => `${text} `,
    ),
    weight: 1,
  },
);
const name = fc.array(letter, {minLength: 1, maxLength: 3}).map((letters) => `_${letters.join('')}`);
/** A path, and the same with each of its names spelled in some other way. */
const spelledTwice = fc
  .array(fc.tuple(name, change, change), {minLength: 1, maxLength: 3})
  .map(
    (names) =>
      [
        names.map(([one]) => one).join('/'),
        names.map(([one, first, second]) => second(first(one))).join('/'),
      ] as const,
  );

/** Null if the volume does not accept one of the names. */
const areOneIfPossible = (fixture: Fixture): boolean | null => {
  try {
    return areOneFile(fixture);
  } catch {
    return null;
  }
};

await describeOnVolumes((kind, mount) => {
  test('generated paths that are one file on it overlap or are refused', {timeout: 120_000}, async () => {
    const {folder} = await mount();
    const rules = probeVolume(folder);
    let [n, one] = [0, 0];
    fc.assert(
      fc.property(spelledTwice, ([a, b]) => {
        n++;
        // In a folder of its own: what the looks at another have seen, a FUSE kernel goes on to say here.
        const truth: Fixture = {root: `${folder}/truth-${n}`, a, b, missing: undefined};
        const fixture: Fixture = {...truth, root: `${folder}/claims-${n}`};
        mkdirSync(truth.root);
        mkdirSync(fixture.root);
        if (areOneIfPossible(truth) !== true) return;
        const outcomes = [
          outcomeOf(fixture),
          outcomeOf(truth),
          outcomeOf(fixture, rules),
          outcomeOf(truth, rules),
        ];
        if (outcomes.some((outcome) => 'refused' in outcome)) return;
        if (a !== b) one++;
        expect(outcomes).toEqual([YES, YES, YES, YES]);
      }),
      {numRuns: runs(400)},
    );
    process.stdout.write(`${kind}: ${one} of ${n} generated pairs are one file by two names\n`);
    expect(one).toBeGreaterThan(n / 50);
  });
});
