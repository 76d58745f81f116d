import {fold} from './claim/fold.ts';

/** A pattern with more alternatives than this matches nothing exactly; its owner falls back to the safe side. */
const ALTERNATIVES_MAX = 200;

/** Cuts the alternatives of one brace group at its top-level commas. */
const splitAlternatives = (body: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of body) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      part += character;
    }
  }
  return [...parts, part];
};

/** The place of the `}` that closes the `{` at `open`, or -1. */
const closingBrace = (pattern: string, open: number): number => {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '{') depth++;
    if (pattern[i] === '}' && --depth === 0) return i;
  }
  return -1;
};

/** `a/{b,c}` gives `a/b` and `a/c`. `null` if there would be more than 200. A lone brace is a literal. */
export const expandBraces = (pattern: string): readonly string[] | null => {
  let pending = [pattern];
  const done: string[] = [];
  while (pending.length > 0) {
    const next: string[] = [];
    for (const text of pending) {
      const open = text.indexOf('{');
      const close = open === -1 ? -1 : closingBrace(text, open);
      if (open === -1 || close === -1) {
        done.push(text);
        continue;
      }
      for (const alternative of splitAlternatives(text.slice(open + 1, close))) {
        next.push(text.slice(0, open) + alternative + text.slice(close + 1));
      }
    }
    if (done.length + next.length > ALTERNATIVES_MAX) return null;
    pending = next;
  }
  return done;
};

/** `*`, or a test of one character. */
type Token = '*' | ((character: string) => boolean);

const any: Token = () => true;

/** A class such as `[a-c]` or `[!x]`, given what stands between its brackets. */
const classToken = (body: string): Token => {
  const source = body.replace(/^!/u, '^').replaceAll(/[\\[\]]/gu, '\\$&');
  try {
    const one = new RegExp(`^[${source}]$`, 'su');
    return (character) => one.test(character);
  } catch {
    // A range that runs backwards (`[z-a]`) matches nothing.
    return () => false;
  }
};

const tokensOf = (pattern: string): readonly Token[] => {
  const characters = Array.from(fold(pattern));
  const tokens: Token[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? '';
    const isNegated = characters[i + 1] === '!' || characters[i + 1] === '^';
    // A "]" in the first place stands for itself.
    const close = character === '[' ? characters.indexOf(']', i + (isNegated ? 3 : 2)) : -1;
    if (character === '*') tokens.push('*');
    else if (character === '?') tokens.push(any);
    else if (close === -1) tokens.push((other) => other === character);
    else {
      tokens.push(classToken(characters.slice(i + 1, close).join('')));
      i = close;
    }
  }
  return tokens;
};

/**
 * One segment of a pattern as a test of one folded segment of a path.
 *
 * By hand and not as a regular expression: those try every way to share a name out among the stars, and five stars
 * on a name of 200 letters took 24 s. Here only the last star is ever tried again.
 */
const segmentTest = (pattern: string): ((segment: string) => boolean) => {
  const tokens = tokensOf(pattern);
  return (segment) => {
    const characters = Array.from(segment);
    let at = 0;
    let star = -1;
    let afterStar = 0;
    let i = 0;
    while (i < characters.length) {
      const token = tokens[at];
      if (token === '*') {
        star = at++;
        afterStar = i;
      } else if (token?.(characters[i] ?? '') === true) {
        at++;
        i++;
      } else if (star === -1) {
        return false;
      } else {
        at = star + 1;
        i = ++afterStar;
      }
    }
    return tokens.slice(at).every((token) => token === '*');
  };
};

type SegmentPattern = '**' | ((segment: string) => boolean);

const matches = (pattern: readonly SegmentPattern[], path: readonly string[]): boolean => {
  // reached[j]: the pattern so far can match the first j segments.
  let reached: readonly boolean[] = [true, ...path.map(() => false)];
  for (const part of pattern) {
    const next = reached.map(() => false);
    for (let j = 0; j <= path.length; j++) {
      const segment = path[j - 1];
      if (part === '**') next[j] = reached[j] === true || (j > 0 && next[j - 1] === true);
      else next[j] = segment !== undefined && reached[j - 1] === true && part(segment);
    }
    reached = next;
  }
  return reached[path.length] === true;
};

export interface Glob {
  /** True if the pattern matches the path, given as folded segments. Dot files match; `a/**` matches `a`. */
  readonly matches: (path: readonly string[]) => boolean;
}

/**
 * Compiles `*`, `?`, classes, braces and `**` for tests of single paths. A pattern with more than 200 brace
 * alternatives matches nothing, so that what it would have allowed is refused.
 */
export const compileGlob = (pattern: string): Glob => {
  const alternatives = (expandBraces(pattern) ?? []).map((alternative) =>
    alternative
      .split('/')
      .filter((segment) => segment !== '' && segment !== '.')
      .map((segment): SegmentPattern => (segment === '**' ? '**' : segmentTest(segment))),
  );
  return {matches: (path) => alternatives.some((alternative) => matches(alternative, path))};
};
