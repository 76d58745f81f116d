import type {Secret} from './secrets.ts';

/** In these many ways a secret comes up in what programs print. */
const utf8 = new TextEncoder();

/** Each byte of the UTF-8 form as one character: how bytes are looked through that are no text yet. */
export const asBytes = (text: string): string => String.fromCharCode(...utf8.encode(text));

/** Base64 of a text depends on what stands before it: the part of it that is the same, for each of three places. */
const base64Of = (bytes: string): readonly string[] =>
  [0, 1, 2].map((before) => {
    const encoded = btoa('\0'.repeat(before) + bytes).replace(/=+$/u, '');
    // The first characters hold bits of what stands before, the last one may hold bits of what follows.
    const from = before === 0 ? 0 : before + 1;
    const isWhole = (before + bytes.length) % 3 === 0;
    return encoded.slice(from, isWhole ? undefined : -1);
  });

const SHORTEST = 4;

/**
 * How a secret is spelled: as it is, in JSON, in an address, in base64 of both alphabets. The lines of one that has several
 * are secrets by themselves.
 */
export const spellingsOf = ({value}: Secret): readonly string[] => {
  const lines = value.split(/\r?\n/u).filter((line) => line.trim().length >= 2 * SHORTEST);
  const isOneLine = !/[\r\n]/u.test(value.trim());
  const plain = new Set([value.trim(), ...(isOneLine ? [] : lines)]);
  const all = new Set<string>();
  for (const one of plain) {
    // What has several lines is looked for line by line: programs print it so.
    if (isOneLine || one !== value.trim()) all.add(one);
    all.add(JSON.stringify(one).slice(1, -1));
    if (one.isWellFormed()) all.add(encodeURIComponent(one));
    for (const encoded of base64Of(asBytes(one))) {
      all.add(encoded);
      all.add(encoded.replaceAll('+', '-').replaceAll('/', '_'));
    }
  }
  return [...all].filter((one) => one.length >= SHORTEST);
};
