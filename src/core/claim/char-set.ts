/** A set of characters: the bounds of its ranges, low and high in turn, sorted, apart from each other. */
export interface CharSet {
  readonly ranges: readonly number[];
  /**
   * Of a set that holds more than its author wrote: the bounds of what it holds in any case. Whoever asks what two
   * patterns could share wants the whole, whoever asks what one grants wants this.
   */
  readonly certain?: readonly number[];
}

const LAST_CODE_POINT = 0x10_ff_ff;

/** Every character. A name holds no `/`, so nothing has to be left out. */
export const ANY: CharSet = {ranges: [0, LAST_CODE_POINT]};

/** The set of all characters in any of the ranges `[low, high]`. Ranges that run backwards hold none. */
export const charSet = (ranges: Iterable<readonly [low: number, high: number]>): CharSet => {
  const sorted = [...ranges].filter(([low, high]) => low <= high).toSorted((a, b) => a[0] - b[0]);
  const joined: number[] = [];
  for (const [low, high] of sorted) {
    const end = joined.at(-1);
    if (end !== undefined && low <= end + 1) joined[joined.length - 1] = Math.max(end, high);
    else joined.push(low, high);
  }
  return {ranges: joined};
};

/** All characters that the set does not hold. */
export const complement = ({ranges}: CharSet): CharSet => {
  const bounds = [-1, ...ranges, LAST_CODE_POINT + 1];
  const gaps: [number, number][] = [];
  for (let i = 0; i < bounds.length; i += 2) gaps.push([(bounds[i] ?? 0) + 1, (bounds[i + 1] ?? 0) - 1]);
  return charSet(gaps);
};

export const holds = ({ranges}: CharSet, codePoint: number): boolean => {
  for (let i = 0; i < ranges.length; i += 2) {
    if (codePoint <= (ranges[i + 1] ?? -1)) return codePoint >= (ranges[i] ?? 0);
  }
  return false;
};

/** The characters that both sets hold. */
export const common = (a: CharSet, b: CharSet): CharSet => {
  const both: [number, number][] = [];
  for (let i = 0; i < a.ranges.length; i += 2) {
    for (let j = 0; j < b.ranges.length; j += 2) {
      both.push([
        Math.max(a.ranges[i] ?? 0, b.ranges[j] ?? 0),
        Math.min(a.ranges[i + 1] ?? -1, b.ranges[j + 1] ?? -1),
      ]);
    }
  }
  return charSet(both);
};

/** Do the two sets share a character? Allocates nothing. */
export const meets = (a: CharSet, b: CharSet): boolean => {
  let i = 0;
  let j = 0;
  while (i < a.ranges.length && j < b.ranges.length) {
    const [lowA = 0, highA = -1] = [a.ranges[i], a.ranges[i + 1]];
    const [lowB = 0, highB = -1] = [b.ranges[j], b.ranges[j + 1]];
    if (lowA <= highB && lowB <= highA) return true;
    if (highA < highB) i += 2;
    else j += 2;
  }
  return false;
};

/** Is everything in `inner` also in `outer`? Ranges are apart, so each has to lie within one. Allocates nothing. */
export const includes = (outer: CharSet, inner: CharSet): boolean => {
  let i = 0;
  for (let j = 0; j < inner.ranges.length; j += 2) {
    const [low = 0, high = -1] = [inner.ranges[j], inner.ranges[j + 1]];
    while (i < outer.ranges.length && (outer.ranges[i + 1] ?? -1) < high) i += 2;
    if (i >= outer.ranges.length || (outer.ranges[i] ?? 0) > low) return false;
  }
  return true;
};
