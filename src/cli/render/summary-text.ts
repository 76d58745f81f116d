import type {RunSummary} from '../../index.ts';
import type {Colors} from '../terminal.ts';
import {duration, plural} from './text.ts';

/** Below this, "faster" would be an empty word. */
const FASTER = 1.05;

/** The end of a run: tasks by outcome, the times, and what kept it from being shorter. */
export const summaryText = (summary: RunSummary, colors: Colors): readonly string[] => {
  const {tasks, wallMs, sequentialMs, speedup, lowerBoundMs, lowerBoundBy, maxConcurrent} = summary;
  const allWell = tasks.succeeded === tasks.total;
  const outcomes = [
    `${tasks.succeeded} succeeded`,
    tasks.failed > 0 ? colors.red(`${tasks.failed} failed`) : '',
    tasks.cancelled > 0 ? `${tasks.cancelled} cancelled` : '',
    tasks.skipped > 0 ? `${tasks.skipped} skipped` : '',
  ].filter((part) => part !== '');
  return [
    `${allWell ? colors.green('✔') : colors.red('✘')} ${plural(tasks.total, 'task')}: ${outcomes.join(', ')}`,
    `  took         ${duration(wallMs)}, at most ${maxConcurrent} at once`,
    `  one by one   ${duration(sequentialMs)}${speedup >= FASTER ? `  →  ${colors.bold(`${speedup.toFixed(1)}x faster`)}` : ''}`,
    `  at best      ${duration(lowerBoundMs)}, bound by ${lowerBoundBy}`,
  ];
};
