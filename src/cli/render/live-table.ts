import stringWidth from 'string-width';
import {describeFigure, describeWait} from '../../api/words.ts';
import type {Status, TaskStatus} from '../../index.ts';
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

/** `3 of 9 tasks done, 1 failed` */
const doneText = ({counts, tasks}: Status, red: (text: string) => string): string => {
  const {succeeded, failed, cancelled, skipped} = counts;
  const notDone = [
    failed > 0 ? red(`${failed} failed`) : '',
    cancelled > 0 ? `${cancelled} cancelled` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ].filter((part) => part !== '');
  return [`${succeeded} of ${plural(tasks.length, 'task')} done`, ...notDone].join(', ');
};

/** ` (none more: cpu at 83 %)`, or nothing as long as the machine has room. */
const busyText = ({resources: {paused, lowered, because}}: Status): string =>
  because === null || (!paused && lowered === null)
    ? ''
    : ` (${paused ? 'none more' : `at most ${lowered}`}: ${describeFigure(because)})`;

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
  // In a narrow terminal the names leave half of each line to what the task says.
  const idWidth = width(shown, (task) => task.id, Math.min(16, Math.floor(columns / 5)));
  const agentWidth = width(
    shown,
    (task) => task.agent ?? task.agentType,
    Math.min(24, Math.floor(columns / 4)),
  );
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
  lines.push(colors.dim('─'.repeat(Math.min(columns, 60))));
  const totals = `${running.length} running of ${status.maxParallel}${busyText(status)} · ${duration(now - startedAt)}`;
  const full = `${doneText(status, colors.red)} · ${totals}`;
  // Cut without its colours: half an escape sequence would colour all that follows.
  const plain = `${doneText(status, (text) => text)} · ${totals}`;
  lines.push(stringWidth(plain) <= columns ? full : cut(plain, columns));
  if (notice !== null) lines.push(colors.yellow(notice));
  return lines.join('\n');
};
