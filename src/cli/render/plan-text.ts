import type {SimulatedPlan} from '../../index.ts';
import type {Colors} from '../terminal.ts';
import {duration, plural, safe, wrap} from './text.ts';

/** Below this, "faster" would be an empty word. */
const FASTER = 1.05;
/** More advice than this is a number. */
const ADVICE_MAX = 8;
const NAMES_MAX = 5;

const listed = (names: readonly string[]): string => {
  const more = names.length - NAMES_MAX;
  return names.slice(0, NAMES_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
};

/** What was taken for the estimates that are not there; `null` if all are. */
const assumedText = ({tasks, assumedFor, assumedMs}: SimulatedPlan): string | null => {
  const time = duration(assumedMs);
  if (assumedFor.length === 0) return null;
  return assumedFor.length === tasks
    ? `No task has an estimate, so each is taken to last ${time}; "estimate: 20m" in the plan says better.`
    : `Without an estimate, and taken to last ${time}, the median of the others: ${listed(assumedFor)}.`;
};

const adviceLines = (plan: SimulatedPlan, columns: number): readonly string[] => {
  const {advice, changesTried, changesPossible} = plan;
  const more = advice.length - ADVICE_MAX;
  return [
    advice.length === 0
      ? 'No change that was tried makes it noticeably shorter.'
      : 'What would make it shorter, each alone:',
    ...advice.slice(0, ADVICE_MAX).flatMap(({text}) => wrap(safe(`  ${text}`), columns, '    ')),
    ...(more > 0 ? [`  … and ${more} more: see --json`] : []),
    ...(changesTried < changesPossible
      ? [`${changesTried} of ${changesPossible} possible changes were tried.`]
      : []),
  ];
};

/** How long a plan would take, what binds it, and what would make it shorter: lines that fit the terminal. */
export const planText = (plan: SimulatedPlan, columns: number, colors: Colors): readonly string[] => {
  const {tasks, makespanMs, maxConcurrent, sequentialMs, speedup, lowerBoundMs, lowerBoundBy} = plan;
  const assumed = assumedText(plan);
  const faster = speedup >= FASTER ? `  →  ${colors.bold(`${speedup.toFixed(1)}x faster`)}` : '';
  return [
    `${plural(tasks, 'task')} would take ${colors.bold(duration(makespanMs))}, at most ${maxConcurrent} at once`,
    `  one by one   ${duration(sequentialMs)}${faster}`,
    ...wrap(
      `  at best      ${duration(lowerBoundMs)}, bound by ${safe(lowerBoundBy)}`,
      columns,
      ' '.repeat(15),
    ),
    ...(assumed === null ? [] : wrap(assumed, columns, '')),
    '',
    ...adviceLines(plan, columns),
  ];
};
