import {describeWait, type Status, type TaskStatus} from '../../index.ts';
import type {Colors} from '../terminal.ts';
import {cut, duration, pad, plural, safe} from './text.ts';

/** How many waiting tasks are shown at most; the rest is a number. */
const WAITING_ROWS = 8;
/** The lines of a frame that are no task: two counts of what is not shown, the rule, the totals, the notice, one free. */
const OTHER_ROWS = 6;

export interface TableInput {
  readonly status: Status;
  /** The last line each running task printed. */
  readonly lastLines: ReadonlyMap<string, string>;
  /** In ms, on the clock of `runningSince`. */
  readonly now: number;
  readonly startedAt: number;
  readonly columns: number;
  /** Height of the terminal: a frame that is higher could not be drawn over by the next one. */
  readonly rows: number;
  readonly colors: Colors;
  /** Set once the user has asked to stop. */
  readonly notice: string | null;
}

const width = (tasks: readonly TaskStatus[], of: (task: TaskStatus) => string, most: number): number =>
  Math.min(most, Math.max(0, ...tasks.map((task) => of(task).length)));

/** What runs, what waits and for what, and how far it all is: the lines of one frame. */
export const liveTable = ({
  status,
  lastLines,
  now,
  startedAt,
  columns,
  rows,
  colors,
  notice,
}: TableInput): string => {
  const running = status.tasks.filter((task) => task.runningSince !== null);
  const waiting = status.tasks.filter(
    ({state}) => state === 'queued' || state === 'waiting' || state === 'retrying',
  );
  const room = Math.max(2, rows - OTHER_ROWS);
  const shownRunning = running.slice(0, Math.max(1, room - Math.min(waiting.length, 1)));
  const shownWaiting = waiting.slice(0, Math.min(WAITING_ROWS, room - shownRunning.length));
  const shown = [...shownRunning, ...shownWaiting];
  const idWidth = width(shown, (task) => task.id, 16);
  const agentWidth = width(shown, (task) => task.agent ?? task.agentType, 24);
  const row = (mark: string, task: TaskStatus, rest: string): string => {
    const names = `${mark} ${pad(cut(task.id, idWidth), idWidth)}  ${pad(cut(task.agent ?? task.agentType, agentWidth), agentWidth)}  `;
    return names + cut(rest, Math.max(10, columns - idWidth - agentWidth - 6));
  };
  const lines = shownRunning.map((task) => {
    const elapsed = duration(now - (task.runningSince ?? now)).padStart(6);
    const said = task.state === 'stopping' ? 'stopping…' : safe(lastLines.get(task.id) ?? task.description);
    return row(colors.green('●'), task, `${elapsed}  ${said}`);
  });
  const more = (all: number, listed: number, what: string): void => {
    if (all > listed) lines.push(colors.dim(`  … and ${all - listed} more ${what}`));
  };
  more(running.length, shownRunning.length, 'running');
  lines.push(...shownWaiting.map((task) => row(colors.dim('○'), task, describeWait(task.waitsFor))));
  more(waiting.length, shownWaiting.length, 'waiting');
  const {succeeded, failed, cancelled, skipped} = status.counts;
  const notDone = [
    failed > 0 ? colors.red(`${failed} failed`) : '',
    cancelled > 0 ? `${cancelled} cancelled` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ].filter((part) => part !== '');
  const done = [`${succeeded} of ${plural(status.tasks.length, 'task')} done`, ...notDone].join(', ');
  lines.push(colors.dim('─'.repeat(Math.min(columns, 60))));
  lines.push(`${done} · ${running.length} running of ${status.maxParallel} · ${duration(now - startedAt)}`);
  if (notice !== null) lines.push(colors.yellow(notice));
  return lines.join('\n');
};
