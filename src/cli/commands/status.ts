import {createLogUpdate} from 'log-update';
import {MachineWatch} from '../../api/machine-use.ts';
import type {RunInfo} from '../../api/steered-run.ts';
import type {Status} from '../../index.ts';
import type {RunClient} from '../../web/client.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {readerGone} from '../reader-gone.ts';
import {statusText} from '../render/status-text.ts';
import {clientOf, seeRun} from '../seen-run.ts';
import type {Terminal} from '../terminal.ts';

export interface StatusOptions {
  readonly watch?: true;
}

/** At most so often something new is shown (ms), and at least so often while nothing happens: times go on. */
const FRAME_MS = 250;
const QUIET_MS = 2_000;

/** What is piped on is not cut. */
const columnsOf = (terminal: Terminal): number =>
  terminal.isTty ? Math.max(40, terminal.columns()) : Number.POSITIVE_INFINITY;

/** Draws over what it drew before, or prints one status after the other. */
const screenOf = ({
  terminal,
  globals,
}: CommandContext): {readonly show: (status: Status, info: RunInfo) => void; readonly done: () => void} => {
  if (globals.json === true) {
    return {show: (status) => terminal.line(JSON.stringify(status)), done: () => {}};
  }
  const watch = new MachineWatch();
  const draw = terminal.isTty ? createLogUpdate(terminal.screen) : null;
  return {
    show: (status, info) => {
      const {colors} = terminal;
      const columns = columnsOf(terminal);
      const lines = statusText({status, info, use: watch.read(), now: info.now, columns, colors});
      // A frame that is higher than the terminal could not be drawn over.
      if (draw !== null) draw(lines.slice(0, Math.max(5, terminal.rows() - 1)).join('\n'));
      else for (const line of [...lines, '']) terminal.line(line);
    },
    done: () => draw?.done(),
  };
};

/** Tells when something has happened, or it is time to look again. */
class Changes {
  #wake: () => void = () => {};
  #hasChanged = false;
  isOver = false;

  /** Follows the events of a run after a number, to its end. */
  async follow(client: RunClient, since: number, signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of client.events(since, signal)) this.#tell();
    } finally {
      this.isOver = true;
      this.#tell();
    }
  }

  /** Resolves when something has happened since the last time, or `withinMs` later; `null`: when something has. */
  async next(withinMs: number | null): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    if (!this.#hasChanged) {
      await new Promise<void>((resolve) => {
        const timer = withinMs === null ? null : setTimeout(resolve, withinMs);
        this.#wake = () => {
          if (timer !== null) clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#hasChanged = false;
  }

  #tell(): void {
    this.#hasChanged = true;
    this.#wake();
  }
}

const watchStatus = async (context: CommandContext): CommandResult => {
  const client = await clientOf(context);
  const screen = screenOf(context);
  const changes = new Changes();
  let info = await client.ask('info');
  const reader = readerGone(context.terminal);
  const followed = changes.follow(client, info.lastSeq, reader.signal);
  // Told of where it is waited for.
  followed.catch(() => {});
  try {
    while (!changes.isOver) {
      screen.show(await client.ask('status'), info);
      // On a screen times go on; who reads lines is told of changes alone.
      await changes.next(context.terminal.isTty ? QUIET_MS : null);
      if (!changes.isOver) info = await client.ask('info');
    }
  } catch (error) {
    // It ended between two questions.
    if (!changes.isOver) throw error;
  } finally {
    screen.done();
    reader.dispose();
  }
  await followed;
  context.terminal.errorLine('The run has ended.');
  return ExitCode.ok;
};

/** `disjoint status`: what runs, what waits and for what. */
export const status = async (context: CommandContext, {watch}: StatusOptions): CommandResult => {
  if (watch === true) return watchStatus(context);
  const {terminal, globals} = context;
  const run = await seeRun(context);
  const seen = await run.status();
  if (globals.json === true) {
    terminal.line(JSON.stringify(seen));
    return ExitCode.ok;
  }
  const info = run.live?.info ?? null;
  const use = info === null ? null : await MachineWatch.once();
  const {colors} = terminal;
  for (const line of statusText({
    status: seen,
    info,
    use,
    now: run.now,
    columns: columnsOf(terminal),
    colors,
  }))
    terminal.line(line);
  return ExitCode.ok;
};
