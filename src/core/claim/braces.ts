/** More alternatives than this are not written out. */
const ALTERNATIVES_MAX = 200;
/** Nor is more text than this, in characters, all alternatives together. */
const TEXT_MAX = 32_768;

/** Cuts the alternatives of one brace group at its top-level commas. */
const splitAlternatives = (body: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < body.length; i++) {
    if (body[i] === '{') depth++;
    else if (body[i] === '}') depth--;
    else if (body[i] === ',' && depth === 0) {
      parts.push(body.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, body.slice(start)];
};

/** The first `{` that has a partner, and its partner. A brace without one is an ordinary character. */
const firstGroup = (pattern: string): {readonly open: number; readonly close: number} | null => {
  const pending: number[] = [];
  let first: {readonly open: number; readonly close: number} | null = null;
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '{') pending.push(i);
    else if (pattern[i] === '}') {
      const open = pending.pop();
      if (open !== undefined && (first === null || open < first.open)) first = {open, close: i};
    }
  }
  return first;
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
  const pending = [pattern];
  const texts: string[] = [];
  let size = pattern.length;
  let widened = false;
  for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
    const group = firstGroup(text);
    if (group === null) {
      texts.push(text);
      continue;
    }
    const [head, body, tail] = [
      text.slice(0, group.open),
      text.slice(group.open + 1, group.close),
      text.slice(group.close + 1),
    ];
    const parts = splitAlternatives(body);
    if (parts.length === 1 && body.includes('/')) return null;
    widened ||= parts.length === 1;
    const next = parts.length === 1 ? [`${head}*${tail}`] : parts.map((part) => head + part + tail);
    size += next.reduce((sum, {length}) => sum + length, 0) - text.length;
    if (texts.length + pending.length + next.length > ALTERNATIVES_MAX || size > TEXT_MAX) return null;
    pending.push(...next.toReversed());
  }
  return {texts, widened};
};
