import type {AttemptRecord} from '../../api/attempt-history.ts';
import type {TaskDetails} from '../../api/task-details.ts';
import {describeWait} from '../../api/words.ts';
import type {TaskStatus} from '../../index.ts';
import type {Terminal} from '../terminal.ts';
import {cut, duration, pad, safe} from './text.ts';

const STATE_WIDTH = 'succeeded'.length;
const NAME_WIDTH_MAX = 24;

const widest = (texts: readonly string[]): number =>
  Math.min(
    NAME_WIDTH_MAX,
    texts.reduce((most, text) => Math.max(most, text.length), 0),
  );

/** One line for each of these, such as `build  running    dev  Add a test`. */
export const taskRows = (
  tasks: readonly TaskStatus[],
  terminal: Terminal,
): ((task: TaskStatus) => string) => {
  const idWidth = widest(tasks.map((one) => one.id));
  const agentWidth = widest(tasks.map((one) => one.agentType));
  return ({id, state, agentType, description}) => {
    const [first = ''] = description.split('\n');
    const names = `${pad(id, idWidth)}  ${pad(state, STATE_WIDTH)}  ${pad(agentType, agentWidth)}`;
    const row = `${names}  ${safe(first)}`.trimEnd();
    return terminal.isTty ? cut(row, Math.max(40, terminal.columns())) : row;
  };
};

const attemptLine = (
  {attempt, agent, startedAt, endedAt, ended, logPath}: AttemptRecord,
  now: number,
): string => {
  const took = duration(Math.max(0, (endedAt ?? now) - startedAt));
  const what = ended === null ? `has run for ${took}` : `${ended} after ${took}`;
  return `  ${attempt}  ${agent} ${what}${logPath === null ? '' : `, log ${logPath}`}`;
};

const list = (label: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : [`${label.padEnd(13)}${items.join(', ')}`];

const field = (label: string, value: string | number | null): readonly string[] =>
  value === null ? [] : [`${label.padEnd(13)}${value}`];

const span = (ms: number | null): string | null => (ms === null ? null : duration(ms));

/** What is known of a task, one thing to a line. What is not known, or is as it is by default, is left out. */
export const taskLines = (task: TaskDetails, now: number): readonly string[] => {
  const {state, reason, waitsFor, attempts, tail} = task;
  const waiting = waitsFor.length === 0 ? '' : `, ${describeWait(waitsFor)}`;
  return [
    ...field('task', task.id),
    ...field('state', `${state}${reason === null ? waiting : `: ${reason}`}`),
    ...field('agent type', task.agentType),
    ...field(
      'description',
      task.description === '' ? null : task.description.replaceAll('\n', '\n             '),
    ),
    ...list('files', task.files),
    ...list('reads', task.reads),
    ...field('sensitive', task.sensitive ? 'yes' : null),
    ...list('depends on', task.dependsOn),
    ...list('dependents', task.dependents),
    ...field('priority', task.priority === 0 ? null : task.priority),
    ...field('estimate', span(task.estimateMs)),
    ...field('timeout', span(task.timeoutMs)),
    ...field('quiet', span(task.quietTimeoutMs)),
    ...field('attempts', task.maxAttempts === 1 ? null : `at most ${task.maxAttempts}`),
    ...field('key', task.key),
    ...field('retry of', task.retryOf),
    ...(attempts.length === 0 ? [] : ['tries', ...attempts.map((one) => attemptLine(one, now))]),
    ...(tail.length === 0 ? [] : ['last lines', ...tail.map((line) => `  | ${line}`)]),
  ].flatMap((text) => text.split('\n').map(safe));
};
