import type {IdleCause, RunSummary} from '../../index.ts';
import type {Colors} from '../terminal.ts';
import {duration} from './text.ts';

/** In words, in the order in which equal times are told. */
const CAUSES: Readonly<Record<IdleCause, string>> = {
  noTask: 'no task left to start',
  mode: 'paused or draining',
  agentType: 'agent type busy',
  tag: 'limit of a tag',
  file: 'file conflict',
  resources: 'busy machine',
  reservation: 'reservation',
  dependency: 'dependency',
  backOff: 'retry back-off',
  dispatch: 'dispatch overhead',
};

/** What is shorter reads as nothing. */
const SHOWN_MS_MIN = 50;

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;

/**
 * How near the run came to its lower bound, and what kept slots from working, longest first. Nothing if no slot had
 * any time.
 */
export const idleText = (summary: RunSummary, colors: Colors): readonly string[] => {
  const {efficiency, sequentialMs, slotMs, idleMs, idleByCauseMs} = summary;
  if (slotMs === 0) return [];
  const rows = (Object.keys(CAUSES) as readonly IdleCause[])
    .map((cause) => ({words: CAUSES[cause], ms: idleByCauseMs[cause]}))
    .filter(({ms}) => ms >= SHOWN_MS_MIN)
    .toSorted((a, b) => b.ms - a.ms);
  // Where nothing ran, there is nothing that was done well.
  const lines = sequentialMs === 0 ? [] : [`  efficiency   ${percent(efficiency, 1)}`];
  if (rows.length === 0) return lines;
  const wordsWidth = Math.max(...rows.map(({words}) => words.length));
  const times = rows.map(({ms}) => duration(ms));
  const timeWidth = Math.max(...times.map((time) => time.length));
  return [
    ...lines,
    `  idle slots   ${duration(idleMs)} of ${duration(slotMs)} (${percent(idleMs, slotMs)})`,
    ...rows.map(({words, ms}, i) =>
      colors.dim(
        `    ${words.padEnd(wordsWidth)}  ${(times[i] ?? '').padStart(timeWidth)}  ${percent(ms, idleMs).padStart(5)}`,
      ),
    ),
  ];
};
