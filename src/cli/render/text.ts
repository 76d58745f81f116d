import stringWidth from 'string-width';

// oxlint-disable-next-line no-control-regex -- control characters are exactly what this looks for
const UNSAFE = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** Text from outside, made safe to print: agents must not be able to move the cursor or forge lines. */
export const safe = (text: string): string =>
  text.replaceAll(UNSAFE, (character) => (character === '\t' ? ' ' : '\uFFFD'));

const GRAPHEMES = new Intl.Segmenter();

/** So many characters can stand in one column: a letter with its accents. */
const FARTHEST = 16;

/** At most `columns` wide, with an ellipsis where something was cut. */
export const cut = (text: string, columns: number): string => {
  // A line of an agent can have 64 KiB, and this is asked ten times a second: what is far beyond is not measured.
  const near = text.slice(0, columns * FARTHEST);
  if (near === text && stringWidth(text) <= columns) return text;
  let kept = '';
  let room = columns - 1;
  // One visible character at a time: measuring what is kept anew for each of them takes seconds for hostile lines.
  for (const {segment} of GRAPHEMES.segment(near)) {
    room -= stringWidth(segment);
    if (room < 0) break;
    kept += segment;
  }
  return `${kept}…`;
};

/** Filled with spaces to `columns`. */
export const pad = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - stringWidth(text)));

/** `0.4s`, `12.3s`, `4m 05s`, `1h 02m` */
export const duration = (ms: number): string => {
  // From here on it would round up to 60.0s.
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
};

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
