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

const escape = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|]/u, '\\$&');

/** One segment of a pattern as a test of one folded segment of a path. */
const segmentTest = (pattern: string): ((segment: string) => boolean) => {
  const folded = fold(pattern);
  let source = '';
  for (let i = 0; i < folded.length; i++) {
    const character = folded.charAt(i);
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[') {
      const close = folded.indexOf(']', i + 2);
      if (close === -1) {
        source += '\\[';
        continue;
      }
      const body = folded
        .slice(i + 1, close)
        .replace(/^!/u, '^')
        .replaceAll('\\', '\\\\')
        .replaceAll('[', '\\[');
      source += `[${body}]`;
      i = close;
    } else source += escape(character);
  }
  try {
    const test = new RegExp(`^(?:${source})$`, 'su');
    return (segment) => test.test(segment);
  } catch {
    // A range that runs backwards (`[z-a]`) matches nothing.
    return () => false;
  }
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
