import {describeWait, type Status, type TaskStatus} from '../../index.ts';
import type {Colors} from '../terminal.ts';
import {cut, duration, pad, plural, safe} from './text.ts';

/** How many waiting tasks are shown; the rest is a number. */
const WAITING_ROWS = 8;

export interface TableInput {
  readonly status: Status;
  /** The last line each running task printed. */
  readonly lastLines: ReadonlyMap<string, string>;
  /** In ms, on the clock of `runningSince`. */
  readonly now: number;
  readonly startedAt: number;
  readonly columns: number;
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
  colors,
  notice,
}: TableInput): string => {
  const running = status.tasks.filter((task) => task.runningSince !== null);
  const waiting = status.tasks.filter(
    ({state}) => state === 'queued' || state === 'waiting' || state === 'retrying',
  );
  const shown = [...running, ...waiting.slice(0, WAITING_ROWS)];
  const idWidth = width(shown, (task) => task.id, 16);
  const agentWidth = width(shown, (task) => task.agent ?? task.agentType, 24);
  const row = (mark: string, task: TaskStatus, rest: string): string => {
    const names = `${mark} ${pad(cut(task.id, idWidth), idWidth)}  ${pad(cut(task.agent ?? task.agentType, agentWidth), agentWidth)}  `;
    return names + cut(rest, Math.max(10, columns - idWidth - agentWidth - 6));
  };
  const lines = running.map((task) => {
    const elapsed = duration(now - (task.runningSince ?? now)).padStart(6);
    const said = task.state === 'stopping' ? 'stopping…' : safe(lastLines.get(task.id) ?? task.description);
    return row(colors.green('●'), task, `${elapsed}  ${said}`);
  });
  lines.push(
    ...waiting.slice(0, WAITING_ROWS).map((task) => row(colors.dim('○'), task, describeWait(task.waitsFor))),
  );
  if (waiting.length > WAITING_ROWS)
    lines.push(colors.dim(`  … and ${waiting.length - WAITING_ROWS} more waiting`));
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
