/** More alternatives than this are not written out. */
const ALTERNATIVES_MAX = 200;
/** Nor is more text than this, in characters, all alternatives together. */
const TEXT_MAX = 16_384;

/** Text with groups in it: plain text, and the alternatives of a group. */
type Braced = readonly (string | readonly Braced[])[];

/** For each `{` where its `}` is. A brace without a partner is an ordinary character. */
const partnersIn = (pattern: string): ReadonlyMap<number, number> => {
  const partners = new Map<number, number>();
  const pending: number[] = [];
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '{') pending.push(i);
    else if (pattern[i] === '}') {
      const open = pending.pop();
      if (open !== undefined) partners.set(open, i);
    }
  }
  return partners;
};

interface Read {
  readonly alternatives: readonly Braced[];
  /** There is a group without a comma in it. */
  readonly widened: boolean;
}

/** Reads what stands from one place up to another, cut at its commas. `null` if what it stands for has no end. */
const read = (
  pattern: string,
  partners: ReadonlyMap<number, number>,
  from: number,
  to: number,
  isGroup: boolean,
): Read | null => {
  const alternatives: Braced[] = [];
  let pieces: (string | readonly Braced[])[] = [];
  let widened = false;
  let start = from;
  for (let i = from; i < to; i++) {
    const close = partners.get(i);
    if (close !== undefined) {
      const group = read(pattern, partners, i + 1, close, true);
      if (group === null) return null;
      const isWide = group.alternatives.length === 1;
      if (isWide && pattern.slice(i, close).includes('/')) return null;
      widened ||= isWide || group.widened;
      pieces.push(pattern.slice(start, i), isWide ? '*' : group.alternatives);
      i = close;
      start = close + 1;
    } else if (isGroup && pattern[i] === ',') {
      alternatives.push([...pieces, pattern.slice(start, i)]);
      pieces = [];
      start = i + 1;
    }
  }
  alternatives.push([...pieces, pattern.slice(start, to)]);
  return {alternatives, widened};
};

/** How many alternatives there are. */
const count = (braced: Braced): number =>
  braced.reduce<number>(
    (product, piece) =>
      typeof piece === 'string' ? product : product * piece.reduce((sum, one) => sum + count(one), 0),
    1,
  );

/** Writes out all alternatives. `null` if they are too long together. */
const expand = (braced: Braced): readonly string[] | null => {
  let texts: readonly string[] = [''];
  for (const piece of braced) {
    const ends: string[] = typeof piece === 'string' ? [piece] : [];
    for (const one of typeof piece === 'string' ? [] : piece) {
      const more = expand(one);
      if (more === null) return null;
      ends.push(...more);
    }
    texts = texts.flatMap((text) => ends.map((end) => text + end));
    if (texts.reduce((size, {length}) => size + length, 0) > TEXT_MAX) return null;
  }
  return texts;
};

export interface Alternatives {
  readonly texts: readonly string[];
  /** Some group stands for more than its author wrote. */
  readonly widened: boolean;
}

/**
 * `a/{b,c}` gives `a/b` and `a/c`, as a shell would. `null` if there would be more than 200, or too much text.
 *
 * A group without a comma is widened to `*`: `{a}` is `a` to some and `{a}` to others, and `{1..3}` counts.
 */
export const expandBraces = (pattern: string): Alternatives | null => {
  if (!pattern.includes('{')) return {texts: [pattern], widened: false};
  const all = read(pattern, partnersIn(pattern), 0, pattern.length, false);
  const [braced] = all?.alternatives ?? [];
  if (all === null || braced === undefined || count(braced) > ALTERNATIVES_MAX) return null;
  const texts = expand(braced);
  return texts === null ? null : {texts, widened: all.widened};
};
