import {createLogUpdate} from 'log-update';
import type {DisjointEvent, Orchestrator, RunSummary} from '../index.ts';
import {eventLine} from './render/event-line.ts';
import {idleText} from './render/idle-text.ts';
import {lastWords} from './render/last-words.ts';
import {liveTable} from './render/live-table.ts';
import {summaryText} from './render/summary-text.ts';
import {safe} from './render/text.ts';
import type {Terminal} from './terminal.ts';

/** Shows a run while it goes on, and what came of it. */
export interface RunView {
  /** Something the user has to know now. */
  notice(text: string): void;
  /** Something the user has to know even after the run. */
  warn(text: string): void;
  /** Ends the live part. */
  stop(): void;
  summary(summary: RunSummary): void;
}

export interface RunViewOptions {
  readonly orchestrator: Orchestrator;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly quiet: boolean;
  /** In ms, on the clock of events. */
  readonly now: () => number;
}

/** How often the live table is drawn. Drawing it may never take more than a tenth of the time. */
const FRAME_MS = 100;
const FRAME_COST_SHARE = 10;

/** What the live table cannot show because it is over by the next frame. */
const WORTH_A_LINE: ReadonlySet<DisjointEvent['type']> = new Set([
  'task.warned',
  'task.succeeded',
  'task.failed',
  'task.cancelled',
  'task.skipped',
  'task.retrying',
  'task.reserved',
  'attempt.quarantined',
  'agent.replaced',
]);

/** NDJSON: every event as it is, then the summary. What a function returned is not data and is left out. */
const jsonView = ({orchestrator, terminal}: RunViewOptions): RunView => {
  const subscription = orchestrator.events$.subscribe((event) => terminal.line(JSON.stringify(event)));
  return {
    notice: (text) => terminal.errorLine(text),
    warn: (text) => terminal.errorLine(text),
    stop: () => subscription.unsubscribe(),
    summary: (summary) => terminal.lastLine(JSON.stringify(summary)),
  };
};

const lineView = ({orchestrator, terminal, quiet, now}: RunViewOptions): RunView => {
  const startedAt = now();
  const subscription = orchestrator.events$.subscribe((event) => {
    const line = quiet ? null : eventLine(event, startedAt);
    if (line === null) return;
    terminal.line(line);
    for (const word of lastWords(event)) terminal.line(word);
  });
  return {
    notice: (text) => terminal.errorLine(text),
    warn: (text) => terminal.errorLine(text),
    stop: () => subscription.unsubscribe(),
    summary: (summary) => {
      for (const line of summaryText(summary, terminal.colors)) terminal.lastLine(line);
      if (quiet) return;
      for (const line of idleText(summary, terminal.colors)) terminal.lastLine(line);
    },
  };
};

const liveView = ({orchestrator, terminal, now}: RunViewOptions): RunView => {
  const startedAt = now();
  const logUpdate = createLogUpdate(terminal.screen);
  const lastLines = new Map<string, string>();
  let noticed: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  let frame = '';

  /** Prints above the table, which is there again at once: it must not flicker with every line. */
  const above = (print: () => void): void => {
    logUpdate.clear();
    print();
    logUpdate(frame);
  };
  const draw = (): void => {
    const began = performance.now();
    const {colors} = terminal;
    const [columns, rows] = [terminal.columns(), terminal.rows()];
    const status = orchestrator.status();
    frame = liveTable({status, lastLines, now: now(), startedAt, columns, rows, colors, notice: noticed});
    logUpdate(frame);
    const cost = performance.now() - began;
    timer = setTimeout(draw, Math.max(FRAME_MS, cost * FRAME_COST_SHARE));
  };
  const begun = new Set<string>();
  const events = orchestrator.events$.subscribe((event) => {
    if (event.type === 'attempt.dispatched') begun.add(event.taskId);
    if (!WORTH_A_LINE.has(event.type)) return;
    // A thousand tasks that never began are a number in the table, not a thousand lines.
    if (event.type === 'task.cancelled' && !begun.has(event.taskId)) return;
    const line = eventLine(event, startedAt);
    if (line === null) return;
    above(() => {
      terminal.line(event.type === 'task.failed' ? terminal.colors.red(line) : line);
      for (const word of lastWords(event)) terminal.line(word);
    });
  });
  const output = orchestrator.output$.subscribe(({taskId, text}) => {
    if (text.trim() !== '') lastLines.set(taskId, safe(text));
  });
  draw();
  return {
    notice: (text) => {
      noticed = text;
    },
    warn: (text) => above(() => terminal.errorLine(text)),
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      events.unsubscribe();
      output.unsubscribe();
      logUpdate.clear();
      logUpdate.done();
    },
    summary: (summary) => {
      for (const line of summaryText(summary, terminal.colors)) terminal.lastLine(line);
      for (const line of idleText(summary, terminal.colors)) terminal.lastLine(line);
    },
  };
};

/** A live table for a person at a terminal, one line per event otherwise, NDJSON where asked for. */
export const createRunView = (options: RunViewOptions): RunView => {
  if (options.json) return jsonView(options);
  return options.terminal.isTty && !options.quiet ? liveView(options) : lineView(options);
};
