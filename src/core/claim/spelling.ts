import {FILE_SYSTEMS} from './file-systems.ts';
import {EXACT, type FoldRules, fold} from './fold.ts';

/** A set of readings of names, as bits: see `readingsFor`. */
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

/** Those of the readings that differ by these flags, each with the bits of all that are like it. */
const differingBy = (all: readonly NameReading[], flags: readonly Flag[]): readonly NameReading[] => {
  const like = new Map<string, NameReading>();
  for (const {reading, rules} of all) {
    const name = flags.map((flag) => rules[flag]).join(' ');
    const first = like.get(name);
    like.set(name, {reading: reading | (first?.reading ?? 0), rules: first?.rules ?? rules});
  }
  return [...like.values()];
};

/** The readings under some rules: all, and those that tell ASCII apart, with and without a dot or blank at its end. */
interface ReadingsUnder {
  readonly all: readonly NameReading[];
  readonly ascii: readonly NameReading[];
  readonly asciiTrimmed: readonly NameReading[];
}

const under = (rules: FoldRules): ReadingsUnder => {
  const all = within(rules);
  return {
    all,
    ascii: differingBy(all, ['caseless']),
    asciiTrimmed: differingBy(all, ['caseless', 'trimming']),
  };
};

/** Rules are made once and asked about for each name. */
const known = new WeakMap<FoldRules, ReadingsUnder>();

const readingsUnder = (rules: FoldRules): ReadingsUnder => {
  const before = known.get(rules);
  if (before !== undefined) return before;
  const now = under(rules);
  known.set(rules, now);
  return now;
};

const ASCII = /^\p{ASCII}*$/u;
/** A class at the end may be a dot. */
const TRIMMED = /[. \]]$/u;

/**
 * The ways in which names are read under these rules: by the rules themselves, and as each file system reads them that
 * tells as much apart or more.
 *
 * Of two names the rules themselves are enough, as they take together whatever any of those does. A pattern is another
 * matter: `?` counts characters, and folding changes how many there are (`ß` becomes `ss`); and `[!a-z]` stands for `B`
 * where case counts. So patterns are compared in each reading, names and patterns read the same way, and they meet if
 * they do in any.
 *
 * @param texts Names, or patterns of names: readings that are the same for all of these come as one.
 */
export const readingsFor = (texts: readonly string[], rules: FoldRules): readonly NameReading[] => {
  const {all, ascii, asciiTrimmed} = readingsUnder(rules);
  if (!texts.every((text) => ASCII.test(text))) return all;
  return texts.some((text) => TRIMMED.test(text)) ? asciiTrimmed : ascii;
};

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
  for (const {reading, rules: how} of readingsFor(segments, rules)) {
    const key = segments.map((segment) => fold(segment, how));
    const like = all.find((one) => isSame(one.key, key));
    if (like === undefined) all.push({key: isSame(key, segments) ? segments : key, readings: reading});
    else like.readings |= reading;
  }
  return all;
};
