import {ticksIn, tickText} from './ticks.ts';

/** One attempt in a picture. */
export interface Bar {
  readonly agent: string;
  readonly task: string;
  /** In ms, on any clock. */
  readonly startMs: number;
  readonly endMs: number;
}

// oxlint-disable-next-line no-control-regex -- XML has no way to write these
const NOT_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/gu;

const escape = (text: string): string =>
  text
    .replaceAll(NOT_XML, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const WIDTH = 860;
const ROW = 40;
const TOP = 46;
const RIGHT = 24;
const TICKS_MAX = 10;
/** About how wide (px) a letter is in a bar, in the name of an agent, and in the lines below. */
const BAR_LETTER = 6.9;
const AGENT_LETTER = 7.4;
const CAPTION_LETTER = 6.9;
const CAPTION_LINE = 20;
const COLORS = ['#2f6fde', '#0f9d76', '#b4690e', '#8a4fd3', '#c2385b', '#46707e'];
const STYLE =
  'text{font:13px ui-sans-serif,system-ui,sans-serif;fill:#1f2933}.agent{text-anchor:end}.bar{fill:#fff;font-weight:600;font-size:12px}.tick{text-anchor:middle;font-size:11px;fill:#7b8794}.rule{stroke:#e4e7eb}';

const words = (text: string, lettersMax: number): readonly string[] => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length + 1 > lettersMax) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
};

const span = (bars: readonly Bar[]): readonly [number, number] => {
  let [begin, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const {startMs, endMs} of bars) [begin, end] = [Math.min(begin, startMs), Math.max(end, endMs)];
  return bars.length === 0 ? [0, 0] : [begin, end];
};

/** Attempts as a picture: a row for each agent, a bar for each attempt, and a sentence on what it all came to. */
export const timelineSvg = (bars: readonly Bar[], caption: string): string => {
  const agents = [...new Set(bars.map(({agent}) => agent))];
  const [begin, end] = span(bars);
  const left = Math.max(150, 24 + Math.ceil(Math.max(0, ...agents.map(({length}) => length)) * AGENT_LETTER));
  const room = Math.max(WIDTH - 150 - RIGHT, WIDTH - left - RIGHT);
  const width = left + room + RIGHT;
  const x = (at: number): number => left + ((at - begin) / Math.max(1, end - begin)) * room;
  const captionLines = words(caption, Math.floor((width - 48) / CAPTION_LETTER));
  const bottom = TOP + agents.length * ROW;
  const height = bottom + 44 + captionLines.length * CAPTION_LINE;
  const barOf = (bar: Bar, y: number, color: string): string => {
    const from = x(bar.startMs);
    // Next to each other, with a gap; too short to be seen, they are drawn all the same.
    const wide = Math.max(1.5, x(bar.endMs) - from - 2);
    const radius = Math.min(5, wide / 4).toFixed(1);
    const label =
      bar.task.length * BAR_LETTER + 14 <= wide
        ? `<text x="${(from + 8).toFixed(1)}" y="${y + 24}" class="bar">${escape(bar.task)}</text>`
        : '';
    return `<g><title>${escape(bar.task)}</title><rect x="${from.toFixed(1)}" y="${y + 6}" width="${wide.toFixed(1)}" height="${ROW - 14}" rx="${radius}" fill="${color}"/>${label}</g>`;
  };
  const rows = agents.map((agent, i) => {
    const y = TOP + i * ROW;
    const color = COLORS[i % COLORS.length] ?? '#2f6fde';
    const own = bars.filter((bar) => bar.agent === agent).map((bar) => barOf(bar, y, color));
    return `<line x1="${left}" y1="${y + ROW - 2}" x2="${width - RIGHT}" y2="${y + ROW - 2}" class="rule"/><text x="${left - 12}" y="${y + 24}" class="agent">${escape(agent)}</text>${own.join('')}`;
  });
  const ticks = ticksIn(end - begin, TICKS_MAX).map((ms) => {
    const at = x(begin + ms).toFixed(1);
    return `<line x1="${at}" y1="${TOP - 6}" x2="${at}" y2="${bottom}" class="rule"/><text x="${at}" y="${TOP - 12}" class="tick">${tickText(ms)}</text>`;
  });
  const lines = captionLines.map(
    (line, i) => `<text x="24" y="${bottom + 42 + i * CAPTION_LINE}">${escape(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(caption)}">
<style>${STYLE}</style>
<rect width="100%" height="100%" fill="#ffffff"/>
${ticks.join('\n')}
${rows.join('\n')}
${lines.join('\n')}
</svg>
`;
};
