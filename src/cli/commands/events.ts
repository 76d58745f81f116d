import {findProject} from '../../api/project-place.ts';
import type {DisjointEvent} from '../../index.ts';
import {notRunning, RunClient} from '../../web/client.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {readerGone} from '../reader-gone.ts';
import {eventLine} from '../render/event-line.ts';
import {lastWords} from '../render/last-words.ts';
import {isNotRunning} from '../seen-run.ts';

export interface EventsOptions {
  readonly since?: number;
}

/** Prints events: as data all of them, as text those that say something, with the time since the first. */
const printer = ({terminal, globals}: CommandContext): ((event: DisjointEvent) => void) => {
  let startedAt: number | null = null;
  return (event) => {
    if (globals.json === true) {
      terminal.line(JSON.stringify(event));
      return;
    }
    startedAt ??= event.at;
    const line = eventLine(event, startedAt);
    if (line === null) return;
    for (const text of [line, ...lastWords(event)]) terminal.line(text);
  };
};

/** From the journal: what came after the number, or all of the last run. */
const pastEvents = async (root: string, since: number | undefined): Promise<readonly DisjointEvent[]> => {
  const {eventsAfter, lastRunOf} = await import('../../api/journal-reading.ts');
  if (since !== undefined) {
    const events = await eventsAfter(root, since);
    if (events !== null) return events;
  }
  const last = await lastRunOf(root);
  if (last === null) throw notRunning();
  return last.left.events;
};

/** What is written faster than it is read waits: nothing of the past has to be dropped. */
const CHUNK = 500;

/** `disjoint events`: what happens, until the run ends; if nothing runs, what happened. */
export const events = async (context: CommandContext, {since}: EventsOptions): CommandResult => {
  const {terminal, globals, cwd} = context;
  const {root} = await findProject(globals.repo, cwd);
  const print = printer(context);
  const reader = readerGone(terminal);
  try {
    for await (const received of new RunClient(root).events(since ?? null, reader.signal)) {
      if (received.kind === 'event') print(received.event);
      else if (received.kind === 'reset') {
        const {lastSeq, status} = received;
        if (globals.json === true) terminal.line(JSON.stringify({type: 'stream.reset', lastSeq, status}));
        else terminal.line(`… events up to ${lastSeq} are not kept any more`);
      }
    }
    return ExitCode.ok;
  } catch (error) {
    if (!isNotRunning(error)) throw error;
  } finally {
    reader.dispose();
  }
  const past = await pastEvents(root, since);
  if (globals.quiet !== true) terminal.errorLine('Nothing runs here. These events are from the journal.');
  for (const [i, event] of past.entries()) {
    print(event);
    if (i % CHUNK === 0 && !(await terminal.flush())) break;
    if (terminal.isOver) break;
  }
  return ExitCode.ok;
};
