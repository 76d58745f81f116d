import {statSync} from 'node:fs';
import {DisjointError} from '../api/errors.ts';
import {localTime} from '../api/local-time.ts';
import type {PastRunView} from '../api/past-run.ts';
import {findProject, type ProjectPlace} from '../api/project-place.ts';
import type {RunInfo} from '../api/steered-run.ts';
import type {TaskDetails} from '../api/task-details.ts';
import type {Explanation, Status} from '../index.ts';
import {notRunning, RunClient} from '../web/client.ts';
import type {CommandContext} from './command-context.ts';
import {duration, safe} from './render/text.ts';
import type {Terminal} from './terminal.ts';

/** A run to read from: the one that goes on, or the last one, as its journal has it. */
export interface SeenRun {
  readonly place: ProjectPlace;
  /** The one that goes on; `null` if nothing runs. */
  readonly live: {readonly client: RunClient; readonly info: RunInfo} | null;
  /** On the clock of events (ms). */
  readonly now: number;
  status(): Promise<Status>;
  /** @throws DisjointError `E_TASK_UNKNOWN`. */
  task(id: string): Promise<TaskDetails>;
  /** @throws DisjointError `E_TASK_UNKNOWN`. */
  why(id: string): Promise<Explanation>;
}

export const isNotRunning = (error: unknown): boolean =>
  error instanceof DisjointError && error.code === 'E_NOT_RUNNING';

/** What to say before anything is read of a run that is over. */
const pastText = ({run: {startedAt, endedAt, summary}}: PastRunView): string => {
  const began = localTime(startedAt);
  const last = `Nothing runs here. This is the last run, of ${began}`;
  if (endedAt === null || summary === null)
    return `${last}, which was cut short: "disjoint run" goes on with what is left of it.`;
  return `${last}, which took ${duration(Math.max(0, endedAt - startedAt))}.`;
};

/** What is wrong is told where the answer is waited for. */
const read = <T>(from: () => T): Promise<T> =>
  new Promise((resolve) => {
    resolve(from());
  });

/**
 * Finds the run to read from. If nothing runs that is said on stderr, and the last run is read from the journal; nothing is
 * written, and no run is kept from starting.
 *
 * @throws DisjointError `E_NOT_RUNNING` if nothing runs here and nothing ever did.
 */
export const seeRun = async ({globals, cwd, terminal}: CommandContext): Promise<SeenRun> => {
  const place = await findProject(globals.repo, cwd);
  const client = new RunClient(place.root);
  try {
    const info = await client.ask('info');
    tellWhere(terminal, info, place);
    return {
      place,
      live: {client, info},
      now: info.now,
      status: () => client.ask('status'),
      task: (id) => client.ask('show', {id}),
      why: (id) => client.ask('why', {id}),
    };
  } catch (error) {
    if (!isNotRunning(error)) throw error;
  }
  // Loaded only where it is needed: it takes longer than to ask a run.
  const past = await (await import('../api/past-run.ts')).PastRunView.read(place);
  if (past === null) throw notRunning();
  if (globals.quiet !== true) terminal.errorLine(pastText(past));
  return {
    place,
    live: null,
    now: past.now,
    status: () => Promise.resolve(past.status()),
    task: (id) => read(() => past.task(id)),
    why: (id) => read(() => past.why(id)),
  };
};

/** Another folder or worktree of the repository may be the one that is run: then paths and agent types are those of that one. */
export const tellWhere = (terminal: Terminal, {root}: RunInfo, place: ProjectPlace): void => {
  if (isSameFolder(root, place.root)) return;
  terminal.errorLine(safe(`The run is that of ${root}: paths and agent types are taken from there.`));
};

const isSameFolder = (a: string, b: string): boolean => {
  try {
    const [one, other] = [a, b].map((folder) => statSync(folder));
    return one?.dev === other?.dev && one?.ino === other?.ino;
  } catch {
    return a === b;
  }
};

/** The run that goes on, to steer it. */
export const clientOf = async ({globals, cwd}: CommandContext): Promise<RunClient> => {
  const {root} = await findProject(globals.repo, cwd);
  return new RunClient(root);
};
