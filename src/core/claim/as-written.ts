import type {Claim} from './claim.ts';
import {fold} from './fold.ts';

/** Folded text as an author spells it, if its ends are those of `spelled` apart from case. */
const respell = (folded: string, spelled: string): string => {
  const head = /^[^*?[({]*/u.exec(spelled)?.[0] ?? '';
  const tail = head.length === spelled.length ? '' : (/[^*?\])}]*$/u.exec(spelled)?.[0] ?? '');
  const isHead = head.length <= folded.length && fold(head) === fold(folded.slice(0, head.length));
  const from = folded.length - tail.length;
  const isTail = from >= head.length && fold(tail) === fold(folded.slice(from));
  return `${isHead ? head : folded.slice(0, head.length)}${isTail ? folded.slice(head.length, from) + tail : folded.slice(head.length)}`;
};

/** Folded names as the claims' authors spell them. */
export const asWritten = (path: readonly string[], claims: readonly Claim[]): string => {
  const texts = claims.flatMap((claim) => claim.text.split('/'));
  return path
    .map((segment) => texts.find((text) => fold(text) === segment) ?? texts.reduce(respell, segment))
    .join('/');
};
