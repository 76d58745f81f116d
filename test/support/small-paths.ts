import picomatch from 'picomatch';

/** Every sequence of these items, up to this long, the empty one first. */
export const sequencesOf = <T>(items: readonly T[], lengthMax: number): readonly (readonly T[])[] => {
  let longest: (readonly T[])[] = [[]];
  const all = [...longest];
  for (let length = 1; length <= lengthMax; length++) {
    longest = longest.flatMap((start) => items.map((item) => [...start, item]));
    all.push(...longest);
  }
  return all;
};

/** Every name over these letters, up to this long. `.` and `..` are no names. */
export const namesOver = (letters: string, lengthMax: number): readonly string[] =>
  sequencesOf(Array.from(letters), lengthMax)
    .map((sequence) => sequence.join(''))
    .filter((name) => name !== '' && name !== '.' && name !== '..');

/** Every path of these names, up to this deep. */
export const pathsOf = (names: readonly string[], depthMax: number): readonly string[] =>
  sequencesOf(names, depthMax)
    .slice(1)
    .map((path) => path.join('/'));

/** The alternatives of a glob, by replacing the innermost braces first. */
export const alternativesOf = (glob: string): readonly string[] => {
  const group = /\{(?<body>[^{}]*,[^{}]*)\}/u.exec(glob);
  if (group === null) return [glob];
  const [head, tail] = [glob.slice(0, group.index), glob.slice(group.index + group[0].length)];
  return (group.groups?.['body'] ?? '').split(',').flatMap((part) => alternativesOf(head + part + tail));
};

/**
 * Does the glob stand for the path as it is written, by picomatch? `/**` at the end stands for what is before it as well, which picomatch
 * says of `a/**` and not of `*` + `/**`. Its fast paths are off: with them `*.*` does not stand for `a.`.
 */
export const oracleOf = (
  glob: string,
  options: {readonly posix?: boolean} = {},
): ((path: string) => boolean) => {
  const tests: RegExp[] = [];
  for (const alternative of alternativesOf(glob)) {
    for (let text = alternative; ; text = text.slice(0, -'/**'.length)) {
      tests.push(
        picomatch.makeRe(text.replaceAll('[!', '[^'), {
          dot: true,
          fastpaths: false,
          ...options,
        }),
      );
      if (!text.endsWith('/**')) break;
    }
  }
  const [only, ...more] = tests;
  if (only !== undefined && more.length === 0) return (path) => only.test(path);
  return (path) => tests.some((test) => test.test(path));
};

/** A set of numbers below a bound that is known before. */
export class Bits {
  readonly #words: Uint32Array;

  constructor(bound: number) {
    this.#words = new Uint32Array(Math.ceil(bound / 32));
  }

  /** The places of what passes the test. */
  static of<T>(items: readonly T[], test: (item: T) => boolean): Bits {
    const bits = new Bits(items.length);
    for (const [i, item] of items.entries()) if (test(item)) bits.add(i);
    return bits;
  }

  add(i: number): void {
    this.#words[i >>> 5] = (this.#words[i >>> 5] ?? 0) | (1 << (i & 31));
  }

  /** The least number that both sets hold, or -1. */
  firstShared(other: Bits): number {
    for (let i = 0; i < this.#words.length; i++) {
      const both = (this.#words[i] ?? 0) & (other.#words[i] ?? 0);
      if (both !== 0) return i * 32 + 31 - Math.clz32(both & -both);
    }
    return -1;
  }

  /** Is every number of this set in the other? */
  isWithin(other: Bits): boolean {
    return this.#words.every((word, i) => (word & ~(other.#words[i] ?? 0)) === 0);
  }
}
