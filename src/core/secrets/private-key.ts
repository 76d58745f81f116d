const BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----/gu;
const ENDS = /-----END [A-Z ]*PRIVATE KEY-----/u;

/** Behind the end of a private key in the text; -1 if none ends there. */
export const keyEnd = (text: string): number => {
  const end = ENDS.exec(text);
  return end === null ? -1 : end.index + end[0].length;
};

/** Does a private key begin in the text that does not end in it? */
export const isKeyOpen = (text: string): boolean => {
  const last = [...text.matchAll(BEGINS)].at(-1);
  return last !== undefined && !ENDS.test(text.slice(last.index));
};
