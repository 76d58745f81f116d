import type {Claim} from './claim.ts';
import {fold} from './fold.ts';

/** More comparisons than this are not made for the looks of a path. */
const COMPARED_MAX = 5_000;

const PATTERN = /[*?[({]/u;

/** What a pattern spells out at its ends. */
interface Ends {
  readonly head: string;
  readonly tail: string;
}

const endsOf = (pattern: string): Ends => {
  const head = /^[^*?[({]*/u.exec(pattern)?.[0] ?? '';
  return {head, tail: head.length === pattern.length ? '' : (/[^*?\])}]*$/u.exec(pattern)?.[0] ?? '')};
};

/** Folded text as an author spells it, if its ends are those of the pattern apart from case. */
const respell = (folded: string, {head, tail}: Ends): string => {
  const isHead = head.length <= folded.length && fold(head) === fold(folded.slice(0, head.length));
  const from = folded.length - tail.length;
  const isTail = from >= head.length && fold(tail) === fold(folded.slice(from));
  return `${isHead ? head : folded.slice(0, head.length)}${isTail ? folded.slice(head.length, from) + tail : folded.slice(head.length)}`;
};

/** Folded names as the claims' authors spell them. */
export const asWritten = (path: readonly string[], claims: readonly Claim[]): string => {
  const texts = [...new Set(claims.flatMap((claim) => claim.text.split('/')))];
  const spelled = new Map(texts.toReversed().map((text) => [fold(text), text]));
  const folded = new Set(path.filter((segment) => !spelled.has(segment)));
  if (folded.size * texts.length <= COMPARED_MAX) {
    const ends = texts.filter((text) => PATTERN.test(text)).map(endsOf);
    for (const segment of folded) spelled.set(segment, ends.reduce(respell, segment));
  }
  return path.map((segment) => spelled.get(segment) ?? segment).join('/');
};
