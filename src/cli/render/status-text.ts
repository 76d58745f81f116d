import {localTime} from '../../api/local-time.ts';
import type {MachineUse} from '../../api/machine-use.ts';
import type {RunInfo} from '../../api/steered-run.ts';
import {describeFigure, describeWait} from '../../api/words.ts';
import type {Status, TaskStatus} from '../../index.ts';
import type {Colors} from '../terminal.ts';
import {cut, duration, pad, plural, safe} from './text.ts';

export interface StatusInput {
  readonly status: Status;
  /** The run that goes on; `null` if it is over. */
  readonly info: RunInfo | null;
  /** `null` where nobody looked. */
  readonly use: MachineUse | null;
  /** On the clock of events (ms). */
  readonly now: number;
  /** Longer lines are cut. */
  readonly columns: number;
  readonly colors: Colors;
}

/** So many of a list are shown; the rest is a number. */
const SHOWN_MAX = 20;
const GIB = 1024 ** 3;

const width = (texts: readonly string[]): number =>
  Math.min(24, Math.max(0, ...texts.map((text) => text.length)));

/** A heading with a number, and what it counts. */
const section = (
  heading: string,
  items: readonly string[],
  {columns, colors}: StatusInput,
): readonly string[] => {
  const more = items.length - SHOWN_MAX;
  return [
    `${heading} (${items.length})${items.length === 0 ? '' : ':'}`,
    ...items.slice(0, SHOWN_MAX).map((item) => cut(`  ${safe(item)}`, columns)),
    ...(more > 0 ? [colors.dim(`  … and ${more} more`)] : []),
  ];
};

/** What it does besides running, before the time since which it runs. */
const doingText = ({mode}: RunInfo): string => {
  switch (mode) {
    case 'starting':
      return 'Starting, running';
    case 'running':
      return 'Running';
    case 'paused':
      return 'Paused, running';
    case 'draining':
      return 'Stopping once what runs has ended, running';
    case 'stopped':
      return 'Stopped, running';
  }
};

const runLines = (info: RunInfo, {maxParallel, resources}: Status): readonly string[] => {
  const {pid, command, startedAt, now, expectedEnd} = info;
  const {paused, lowered, because} = resources;
  const busy =
    because === null || (!paused && lowered === null)
      ? ''
      : ` (${paused ? 'none more' : `at most ${lowered}`} now: ${describeFigure(because)})`;
  const since = `since ${localTime(startedAt).slice(11)}`;
  const elapsed = duration(Math.max(0, Date.now() - startedAt));
  const end =
    expectedEnd === null
      ? []
      : [
          `Expected to end in ${duration(Math.max(0, expectedEnd.atMs - now))}, ${
            expectedEnd.from === 'estimates' ? 'by estimates' : 'by how long such tasks took'
          }`,
        ];
  return [
    `${doingText(info)} ${since} (${elapsed}), at most ${maxParallel} at once${busy}; disjoint ${command}, pid ${pid}`,
    ...end,
  ];
};

const useLine = ({cpu, memory, memoryBytes}: MachineUse): string => {
  const parts = [
    cpu === null ? '' : `cpu ${Math.round(cpu)} %`,
    memory === null
      ? ''
      : `memory ${Math.round(memory)} % (${((memory / 100) * (memoryBytes / GIB)).toFixed(1)} of ${(memoryBytes / GIB).toFixed(1)} GiB)`,
  ].filter((part) => part !== '');
  return `This machine: ${parts.length === 0 ? 'not known' : parts.join(', ')}`;
};

const doneLine = ({counts, tasks}: Status, {red}: Colors): string => {
  const {succeeded, failed, cancelled, skipped} = counts;
  const others = [
    failed > 0 ? red(`${failed} failed`) : '',
    cancelled > 0 ? `${cancelled} cancelled` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ].filter((part) => part !== '');
  return `Done: ${[`${succeeded} of ${plural(tasks.length, 'task')}`, ...others].join(', ')}`;
};

const waits = ({state}: TaskStatus): boolean =>
  state === 'queued' || state === 'waiting' || state === 'retrying';

/** What runs with its files, what waits for what, which files are held, how busy the machine is, and how long it will take. */
export const statusText = (input: StatusInput): readonly string[] => {
  const {status, info, use, now, colors} = input;
  const running = status.tasks.filter(({agent}) => agent !== null);
  const waiting = status.tasks.filter(waits);
  const agentWidth = width(running.map(({agent}) => agent ?? ''));
  const idWidth = width([...running, ...waiting].map(({id}) => id));
  const runningText = ({agent, id, runningSince, files, state}: TaskStatus): string => {
    const elapsed = duration(Math.max(0, now - (runningSince ?? now))).padStart(6);
    const on = files.length === 0 ? 'writes nothing' : `on ${files.join(', ')}`;
    const what = state === 'stopping' ? `stopping, ${on}` : on;
    return `${pad(cut(agent ?? '', agentWidth), agentWidth)}  ${pad(cut(id, idWidth), idWidth)}  ${elapsed}  ${what}`;
  };
  const waitingText = ({id, waitsFor}: TaskStatus): string =>
    `${pad(cut(id, idWidth), idWidth)}  ${describeWait(waitsFor)}`;
  return [
    ...(info === null ? [] : [...runLines(info, status), '']),
    // Of a run that was cut short nothing is alive any more.
    ...section(
      info === null ? 'Agents that were running' : 'Running agents',
      running.map(runningText),
      input,
    ),
    ...section('Queued tasks', waiting.map(waitingText), input),
    ...section('Active files', status.runningFiles, input),
    doneLine(status, colors),
    ...(use === null ? [] : [useLine(use)]),
  ];
};
