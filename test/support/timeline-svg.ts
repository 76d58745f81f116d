import type {DisjointEvent, RunSummary} from '../../src/index.ts';

interface Bar {
  readonly agentId: string;
  readonly taskId: string;
  readonly from: number;
  readonly to: number;
}

/** When each attempt held its agent, from the events of a run. */
const barsOf = (events: readonly DisjointEvent[]): readonly Bar[] => {
  const started = new Map<number, {readonly agentId: string; readonly at: number}>();
  const bars: Bar[] = [];
  for (const event of events) {
    if (event.type === 'attempt.dispatched') started.set(event.fence, {agentId: event.agentId, at: event.at});
    if (event.type !== 'attempt.exited') continue;
    const start = started.get(event.fence);
    if (start !== undefined)
      bars.push({agentId: start.agentId, taskId: event.taskId, from: start.at, to: event.at});
  }
  return bars;
};

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const WIDTH = 860;
const LEFT = 150;
const ROW = 40;
const TOP = 46;
const COLORS = ['#2f6fde', '#0f9d76', '#b4690e', '#8a4fd3', '#c2385b', '#46707e'];

/** A run as a picture: a row for each agent, a bar for each attempt, and what it all came to. */
export const timelineSvg = (events: readonly DisjointEvent[], summary: RunSummary): string => {
  const bars = barsOf(events);
  const agents = [...new Set(bars.map((bar) => bar.agentId))];
  const begin = Math.min(...bars.map((bar) => bar.from));
  const end = Math.max(...bars.map((bar) => bar.to));
  const x = (at: number): number => LEFT + ((at - begin) / (end - begin)) * (WIDTH - LEFT - 24);
  const height = TOP + agents.length * ROW + 64;
  const rows = agents.map((agent, i) => {
    const y = TOP + i * ROW;
    const color = COLORS[i % COLORS.length] ?? '#2f6fde';
    const own = bars
      .filter((bar) => bar.agentId === agent)
      .map((bar) => {
        const left = x(bar.from);
        const width = Math.max(4, x(bar.to) - left - 2);
        return `<g><rect x="${left.toFixed(1)}" y="${y + 6}" width="${width.toFixed(1)}" height="${ROW - 14}" rx="5" fill="${color}"/><text x="${(left + 8).toFixed(1)}" y="${y + 24}" class="bar">${escape(bar.taskId)}</text></g>`;
      });
    return `<line x1="${LEFT}" y1="${y + ROW - 2}" x2="${WIDTH - 24}" y2="${y + ROW - 2}" class="rule"/><text x="${LEFT - 12}" y="${y + 24}" class="agent">${escape(agent)}</text>${own.join('')}`;
  });
  const ticks = Array.from({length: Math.floor((end - begin) / 1_000) + 1}, (_, i) => {
    const at = x(begin + i * 1_000);
    return `<line x1="${at.toFixed(1)}" y1="${TOP - 6}" x2="${at.toFixed(1)}" y2="${TOP + agents.length * ROW}" class="rule"/><text x="${at.toFixed(1)}" y="${TOP - 12}" class="tick">${i} s</text>`;
  });
  const {total, succeeded} = summary.tasks;
  const line = `${succeeded} of ${total} tasks in ${seconds(summary.wallMs)}: one by one ${seconds(summary.sequentialMs)}, so ${summary.speedup.toFixed(1)} times faster. At best ${seconds(summary.lowerBoundMs)}, bound by ${summary.lowerBoundBy}.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(line)}">
<style>text{font:13px ui-sans-serif,system-ui,sans-serif;fill:#1f2933}.agent{text-anchor:end}.bar{fill:#fff;font-weight:600;font-size:12px}.tick{text-anchor:middle;font-size:11px;fill:#7b8794}.rule{stroke:#e4e7eb}</style>
<rect width="100%" height="100%" fill="#ffffff"/>
${ticks.join('\n')}
${rows.join('\n')}
<text x="24" y="${height - 22}">${escape(line)}</text>
</svg>
`;
};
