import type {AgentTypeStatistics, Statistics} from '../../api/statistics.ts';
import {duration, pad, plural, safe} from './text.ts';

const percent = (rate: number | null): string => (rate === null ? '–' : `${Math.round(100 * rate)} %`);
const time = (ms: number | null): string => (ms === null ? '–' : duration(ms));

const HEAD = ['agent type', 'tasks', 'succeeded', 'median', 'longest', 'together'] as const;

const cellsOf = (one: AgentTypeStatistics): readonly string[] => [
  one.agentType,
  String(one.succeeded + one.failed + one.cancelled + one.skipped),
  percent(one.successRate),
  time(one.medianMs),
  time(one.longestMs),
  time(one.totalMs),
];

/** Names to the left, numbers to the right. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? pad(cell, widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
};

/** What became of all tasks: every one is in one of these counts. */
const endsText = (agentTypes: readonly AgentTypeStatistics[]): string =>
  (['succeeded', 'failed', 'cancelled', 'skipped'] as const)
    .map((end) => ({end, count: agentTypes.reduce((sum, one) => sum + one[end], 0)}))
    .filter(({end, count}) => count > 0 || end === 'succeeded')
    .map(({end, count}) => `${count} ${end}`)
    .join(', ');

/** What past runs tell: how fast, how well, and for each agent type how long. */
export const statsText = ({
  runs,
  tasks,
  speedup,
  speedupToday,
  agentTypes,
}: Statistics): readonly string[] => {
  if (tasks === 0) return ['nothing was run in this repository yet'];
  const all = speedup === null ? '' : ` (all runs: ${speedup}x)`;
  return [
    `${plural(runs, 'run')} that ended, ${plural(tasks, 'task')}: ${endsText(agentTypes)}`,
    speedupToday === null ? `Speedup today: no run yet${all}` : `Speedup today: ${speedupToday}x${all}`,
    '',
    ...table([HEAD, ...agentTypes.map(cellsOf)]).map(safe),
  ];
};
