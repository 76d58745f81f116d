import stringWidth from 'string-width';

export {durationText as duration} from '../../api/duration-text.ts';

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

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** In lines of at most `columns`, broken between words; those after the first begin with `indent`. */
export const wrap = (text: string, columns: number, indent: string): readonly string[] => {
  const lines: string[] = [];
  const [lead = ''] = /^ */u.exec(text) ?? [];
  let line = lead;
  let isEmpty = true;
  // What stands between two words of one line is kept as it is. A time such as `4m 05s` is one word.
  for (const [, gap = '', word = ''] of text.slice(lead.length).matchAll(/( *)(\d+[hm] \d\d[ms]|[^ ]+)/gu)) {
    if (!isEmpty && stringWidth(line + gap + word) > columns) {
      lines.push(line);
      line = indent + word;
    } else line += gap + word;
    isEmpty = false;
  }
  return [...lines, line];
};
