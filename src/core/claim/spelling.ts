import {FILE_SYSTEMS} from './file-systems.ts';
import {EXACT, type FoldRules, fold, PORTABLE} from './fold.ts';

/** A set of readings of names, as bits: see `readingsOf`. */
export type Readings = number;

/** However names are read. */
export const ALL_READINGS: Readings = 0xff;

/** One way to read names. */
export interface NameReading {
  /** Its bit; the last one has all that are left, so that together they are all there are. */
  readonly reading: Readings;
  readonly rules: FoldRules;
}

type Flag = Exclude<keyof FoldRules, 'composing'>;
const FLAGS: readonly Flag[] = ['caseless', 'expanding', 'normalized', 'compatible', 'ignoring', 'trimming'];

/** Are names that the first rules tell apart told apart by the second ones, or as many? */
const isWithin = (fine: FoldRules, coarse: FoldRules): boolean =>
  FLAGS.every((flag) => coarse[flag] || !fine[flag]);

const numbered = (rules: readonly FoldRules[]): readonly NameReading[] => {
  const each = [...new Set(rules)];
  return each.map((one, i) => ({
    reading: i < each.length - 1 ? 1 << i : ALL_READINGS & ~((1 << i) - 1),
    rules: one,
  }));
};

const within = (rules: FoldRules): readonly NameReading[] =>
  numbered([
    rules,
    ...FILE_SYSTEMS.map((system) => system.rules).filter((one) => isWithin(one, rules)),
    EXACT,
  ]);

const PORTABLE_READINGS = within(PORTABLE);
const EXACT_READINGS = within(EXACT);

/**
 * The ways in which names are read under these rules: by the rules themselves, and as each file system reads them that
 * tells as much apart or more.
 *
 * Of two names the rules themselves are enough, as they take together whatever any of those does. A pattern is another
 * matter: `?` counts characters, and folding changes how many there are (`ß` becomes `ss`); and `[!a-z]` stands for `B`
 * where case counts. So patterns are compared in each reading, names and patterns read the same way, and they meet if
 * they do in any.
 */
export const readingsOf = (rules: FoldRules): readonly NameReading[] =>
  rules === PORTABLE ? PORTABLE_READINGS : rules === EXACT ? EXACT_READINGS : within(rules);

/** Names as they are read, and in which readings. */
export interface Spelled {
  readonly key: readonly string[];
  readonly readings: Readings;
}

/** Text that is the same in every reading: no upper case, and no dot or space at the end. */
const EVERYDAY = /^[!-@[-~ ]*[!--/-@[-~]$/u;

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((segment, i) => segment === b[i]);

/** These names in all readings, that by the rules themselves first. Those that come to the same are one. */
export const spell = (segments: readonly string[], rules: FoldRules): readonly Spelled[] => {
  if (segments.every((segment) => EVERYDAY.test(segment))) return [{key: segments, readings: ALL_READINGS}];
  const all: {key: readonly string[]; readings: Readings}[] = [];
  for (const {reading, rules: how} of readingsOf(rules)) {
    const key = segments.map((segment) => fold(segment, how));
    const known = all.find((one) => isSame(one.key, key));
    if (known === undefined) all.push({key: isSame(key, segments) ? segments : key, readings: reading});
    else known.readings |= reading;
  }
  return all;
};
