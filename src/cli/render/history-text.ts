import type {PastRun} from '../../api/journal-reading.ts';
import {localTime} from '../../api/local-time.ts';
import type {RunSummary} from '../../index.ts';
import type {Colors} from '../terminal.ts';
import {duration, plural} from './text.ts';

/** `9 tasks: 8 succeeded, 1 failed`, and how much faster than one by one. */
const cameTo = ({tasks, speedup}: RunSummary): string => {
  const {total, succeeded, failed, cancelled, skipped} = tasks;
  const counts = Object.entries({succeeded, failed, cancelled, skipped})
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const faster = speedup > 1 ? `, ${speedup}x faster than one by one` : '';
  return `${plural(total, 'task')}: ${counts.join(', ')}${faster}`;
};

/** One line for each run, the latest last, where a person looks first. */
export const historyText = (runs: readonly PastRun[], colors: Colors): readonly string[] =>
  runs.length === 0
    ? ['nothing was run in this repository yet']
    : runs.map(({startedAt, endedAt, summary}) => {
        const took = endedAt === null ? '' : duration(Math.max(0, endedAt - startedAt));
        const what =
          endedAt === null
            ? colors.yellow('has not ended')
            : summary === null
              ? colors.yellow('was cut short')
              : cameTo(summary);
        return `${localTime(startedAt)}  ${took.padStart(7)}  ${what}`;
      });
