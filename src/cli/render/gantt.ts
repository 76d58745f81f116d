import stringWidth from 'string-width';
import type {SimulatedPlan} from '../../index.ts';
import type {Colors} from '../terminal.ts';
import {cut, duration, pad} from './text.ts';
import {ticksIn, tickText} from './ticks.ts';

type Attempts = SimulatedPlan['attempts'];

/** Up to so many tasks have a row each; with more, each agent has one. */
const TASK_ROWS_MAX = 40;
/** More agents than this are a number. */
const AGENT_ROWS_MAX = 60;
/** Columns that a moment on the axis needs, with some air. */
const TICK_COLUMNS = 9;
const CHART_COLUMNS_MIN = 10;

export interface GanttInput {
  readonly plan: SimulatedPlan;
  readonly columns: number;
  readonly colors: Colors;
}

type Paint = (text: string) => string;

/** One colour per agent, so that its rows are seen to be one. */
const paints = (attempts: Attempts, colors: Colors): ReadonlyMap<string, Paint> => {
  const all = [colors.cyan, colors.green, colors.yellow, colors.magenta, colors.blue];
  const agents = [...new Set(attempts.map(({agent}) => agent))];
  return new Map(agents.map((agent, i) => [agent, all[i % all.length] ?? colors.cyan]));
};

const widest = (texts: readonly string[], most: number): number =>
  texts.reduce((width, text) => Math.max(width, Math.min(most, stringWidth(text))), 0);

/** The columns of a chart that stand for the time from `startMs` to `endMs`: at least one. */
const span = (
  startMs: number,
  endMs: number,
  makespanMs: number,
  width: number,
): readonly [number, number] => {
  const at = (ms: number): number => (makespanMs === 0 ? 0 : Math.round((ms / makespanMs) * width));
  const from = Math.min(at(startMs), width - 1);
  return [from, Math.max(from + 1, at(endMs))];
};

const axis = (makespanMs: number, width: number): string => {
  let line = '';
  for (const tick of ticksIn(makespanMs, Math.max(1, Math.floor(width / TICK_COLUMNS)))) {
    const [column] = span(tick, tick, makespanMs, width);
    const text = tickText(tick);
    if (column + text.length <= width) line = `${pad(line, column)}${text}`;
  }
  return line;
};

const taskRows = ({plan, columns, colors}: GanttInput): readonly string[] => {
  const {attempts, makespanMs} = plan;
  const [ids, agents] = [attempts.map(({task}) => task), attempts.map(({agent}) => agent)];
  const idWidth = widest(ids, Math.min(20, Math.floor(columns / 5)));
  const agentWidth = widest(agents, Math.min(20, Math.floor(columns / 5)));
  const times = attempts.map(({startMs, endMs}) => duration(endMs - startMs));
  const timeWidth = widest(times, columns);
  const left = idWidth + agentWidth + 4;
  const width = Math.max(CHART_COLUMNS_MIN, columns - left - timeWidth - 2);
  const paintOf = paints(attempts, colors);
  const rows = attempts.map(({task, agent, startMs, endMs}, i) => {
    const [from, to] = span(startMs, endMs, makespanMs, width);
    const names = `${pad(cut(task, idWidth), idWidth)}  ${pad(cut(agent, agentWidth), agentWidth)}`;
    const bar = paintOf.get(agent)?.('█'.repeat(to - from)) ?? '';
    const chart = `${colors.dim('·'.repeat(from))}${bar}${' '.repeat(Math.max(0, width - to))}`;
    return `${names}  ${chart}  ${(times[i] ?? '').padStart(timeWidth)}`;
  });
  return [' '.repeat(left) + colors.dim(axis(makespanMs, width)), ...rows];
};

/** What an agent does, task after task: two shades in turn, so that one is told from the next. */
const agentChart = (own: Attempts, makespanMs: number, width: number): string => {
  const cells = Array.from({length: width}, () => '·');
  for (const [i, {startMs, endMs}] of own.entries()) {
    const [from, to] = span(startMs, endMs, makespanMs, width);
    cells.fill(i % 2 === 0 ? '█' : '▒', from, to);
  }
  return cells.join('');
};

const agentRows = ({plan, columns, colors}: GanttInput): readonly string[] => {
  const {attempts, makespanMs} = plan;
  const byAgent = new Map<string, Attempts[number][]>();
  for (const attempt of attempts)
    byAgent.set(attempt.agent, [...(byAgent.get(attempt.agent) ?? []), attempt]);
  const shown = [...byAgent].slice(0, AGENT_ROWS_MAX);
  const agentWidth = widest(
    shown.map(([agent]) => agent),
    Math.min(24, Math.floor(columns / 3)),
  );
  const counts = shown.map(([, own]) => `${own.length} task${own.length === 1 ? '' : 's'}`);
  const countWidth = widest(counts, columns);
  const width = Math.max(CHART_COLUMNS_MIN, columns - agentWidth - countWidth - 4);
  const paintOf = paints(attempts, colors);
  const rows = shown.map(([agent, own], i) => {
    const chart = agentChart(own, makespanMs, width);
    const name = pad(cut(agent, agentWidth), agentWidth);
    return `${name}  ${paintOf.get(agent)?.(chart) ?? ''}  ${(counts[i] ?? '').padStart(countWidth)}`;
  });
  const more = byAgent.size - shown.length;
  return [
    ' '.repeat(agentWidth + 2) + colors.dim(axis(makespanMs, width)),
    ...rows,
    ...(more > 0 ? [colors.dim(`… and ${more} more agents`)] : []),
    colors.dim(cut('Each row is an agent; --json and --svg tell every task.', columns)),
  ];
};

/**
 * When everything would run, as lines of text that fit the terminal: a row per task in the order of their starts, or a
 * row per agent where there are many tasks.
 */
export const gantt = (input: GanttInput): readonly string[] =>
  input.plan.attempts.length > TASK_ROWS_MAX ? agentRows(input) : taskRows(input);
