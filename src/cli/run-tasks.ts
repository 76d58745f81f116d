import {AttemptHistory} from '../api/attempt-history.ts';
import type {InterruptedRun} from '../api/clear-away.ts';
import {DisjointError, stateLost} from '../api/errors.ts';
import type {LeftRun} from '../api/left-run.ts';
import {localTime} from '../api/local-time.ts';
import type {Project} from '../api/project.ts';
import {RepositoryLock} from '../api/repository-lock.ts';
import {RunJournal} from '../api/run-journal.ts';
import {type RunCommand, SteeredRun, stateDirOf} from '../api/steered-run.ts';
import type {Orchestrator, RunSummary, TaskOptions} from '../index.ts';
import {ApiServer} from '../web/api-server.ts';
import {serveRun} from '../web/serve-run.ts';
import {ExitCode} from './exit-code.ts';
import type {HeldSignals} from './held-signals.ts';
import {handleInterrupts} from './interrupts.ts';
import {tellMissingLogs} from './missing-logs.ts';
import type {ScheduleOptions} from './options.ts';
import {safe} from './render/text.ts';
import {createRunView} from './run-view.ts';
import type {Terminal} from './terminal.ts';

export interface RunTasksOptions {
  /** Which command it is; `serve` stays until somebody stops it. */
  readonly command: RunCommand;
  readonly project: Project;
  readonly tasks: readonly TaskOptions[];
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly schedule: ScheduleOptions;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Signals that somebody holds since before this; if one came already, nothing starts. */
  readonly heldSignals?: HeldSignals;
  /** What is left of a run that was cut short is cancelled, and does not go on. */
  readonly fresh?: boolean;
  /** Told before the summary is printed; may print above it. */
  readonly onEnd?: (summary: RunSummary) => Promise<void>;
}

const now = (): number => performance.timeOrigin + performance.now();

const exitCodeOf = (command: RunCommand, {tasks}: RunSummary, interrupted: boolean): ExitCode => {
  if (interrupted) return ExitCode.interrupted;
  // Whoever serves does what others want: how that went is theirs to ask.
  if (command === 'serve') return ExitCode.ok;
  return tasks.succeeded === tasks.total ? ExitCode.ok : ExitCode.negative;
};

/** So many tasks are named; the rest is a number. */
const TASKS_SHOWN = 5;

const listOf = (tasks: readonly string[]): string => {
  const more = tasks.length > TASKS_SHOWN ? ` and ${tasks.length - TASKS_SHOWN} more` : '';
  return `${tasks.slice(0, TASKS_SHOWN).join(', ')}${more}`;
};

/** What to say of a run that did not come to its end. `becomes`: what happens with its tasks now. */
const interruptedText = (
  {startedAt, tasks}: InterruptedRun,
  stopped: readonly number[],
  becomes: string,
): string => {
  const which = tasks.length === 0 ? '' : `: ${listOf(tasks)} had not ended, and ${becomes}`;
  const left = stopped.length === 0 ? '' : `; what still ran of it was stopped (pid ${stopped.join(', ')})`;
  return `the run of ${localTime(startedAt)} was cut short${which}${left}`;
};

/** What goes on, and what is to be handed in besides. */
interface Work {
  readonly left: LeftRun | null;
  readonly rest: readonly TaskOptions[];
  /** What to say before anything starts; `null` if there is nothing. */
  readonly notice: string | null;
}

/** What was stopped although the last run of this project was not cut short: it was of another project of the repository. */
const strayText = (stopped: readonly number[]): string | null =>
  stopped.length === 0
    ? null
    : `what still ran of an earlier run in this repository was stopped (pid ${stopped.join(', ')})`;

const workOf = ({interrupted, stopped}: RunJournal, {project, tasks, environment}: RunTasksOptions): Work => {
  if (interrupted === null) return {left: null, rest: tasks, notice: strayText(stopped)};
  if (interrupted.left === null)
    return {left: null, rest: tasks, notice: interruptedText(interrupted, stopped, '')};
  const left = project.withSecrets(interrupted.left, environment);
  const {isKnown, ended} = project.matchTasks(left, tasks, environment);
  const rest = tasks.filter((_, i) => isKnown[i] !== true);
  const notice = interruptedText(interrupted, stopped, interrupted.tasks.length === 1 ? 'goes on' : 'go on');
  const done =
    ended === 0
      ? ''
      : `; ${ended} of these tasks had ended in it, and ${ended === 1 ? 'is' : 'are'} not repeated`;
  return {left, rest, notice: `${notice}${done}`};
};

const SERVING = 'Serving: hand in tasks with "disjoint submit", end it with "disjoint stop".';

/** A shorter time (ms) is that of a busy machine: nobody has to know. */
const GAP_TOLD_MS = 2_000;

const gapText = (gapMs: number): string =>
  `the clock stood still for ${(gapMs / 1_000).toFixed(1)} s: timeouts wait until what happened meanwhile is known`;

/** So often (ms) it is looked whether what the run has opened is still there. */
const WATCH_MS = 1_000;

/** That what the run has opened is gone says more than that it had to stop for it. */
const reasonOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof DisjointError && error.cause.code === 'E_STATE_LOST'
    ? error.cause
    : error;

interface Outcome {
  readonly code: ExitCode;
  /** `null` if nothing was begun. */
  readonly summary: RunSummary | null;
}

/** What a run has taken. */
interface Taken {
  readonly lock: RepositoryLock;
  readonly apiServer: ApiServer;
  readonly journal: RunJournal;
}

/** Stops the run once nobody can find it or its journal any more: another one could start beside it. */
const watchState = ({journal, lock}: Taken, orchestrator: Orchestrator): NodeJS.Timeout => {
  const timer = setInterval(() => {
    const lost = journal.lost() ?? lock.lost();
    if (lost === null) return;
    clearInterval(timer);
    orchestrator.fail(stateLost(lost));
  }, WATCH_MS);
  return timer.unref();
};

/** Lets other terminals see and steer the run. */
const serveApi = async (
  {lock, apiServer, journal}: Taken,
  orchestrator: Orchestrator,
  left: LeftRun | null,
  {project, environment, command}: RunTasksOptions,
): Promise<void> => {
  const history = new AttemptHistory(stateDirOf(project.root), await journal.runIdOf());
  for (const event of left?.events ?? []) history.apply(event);
  const {store, runId} = journal;
  const startedAt = lock.since;
  const run = {orchestrator, project, store, history, command, runId, startedAt, environment, now};
  serveRun(apiServer, new SteeredRun(run));
};

/** Runs the tasks in a repository that is taken for them. */
const runIn = async (taken: Taken, options: RunTasksOptions): Promise<Outcome> => {
  const {project, terminal, json, quiet, schedule, environment, heldSignals, onEnd, command} = options;
  const {journal, lock} = taken;
  const {runId} = journal;
  const store = project.withoutSecrets(journal.store, environment);
  const {left, rest, notice} = workOf(journal, options);
  const orchestrator = await project.composeOrchestrator({...schedule, store, runId}, left, lock);
  await serveApi(taken, orchestrator, left, options);
  if (left !== null) journal.tookOver();
  const view = createRunView({orchestrator, terminal, json, quiet, now});
  if (notice !== null) view.warn(safe(notice));
  for (const ignored of journal.interrupted?.ignored ?? []) view.warn(safe(`${ignored}: it is not needed`));
  const missingLogs = tellMissingLogs(orchestrator.events$, stateDirOf(project.root), (text) =>
    view.warn(safe(text)),
  );
  const watch = watchState(taken, orchestrator);
  const gaps = orchestrator.gaps$.subscribe((gapMs) => {
    if (gapMs >= GAP_TOLD_MS) view.warn(gapText(gapMs));
  });
  const interrupts = handleInterrupts({orchestrator, notice: (text) => view.notice(text)});
  try {
    if (heldSignals?.interrupted === true) return {code: ExitCode.interrupted, summary: null};
    await orchestrator.begin();
    if (command === 'serve') view.notice(SERVING);
    const handles = orchestrator.submitMany(rest);
    await Promise.all(handles.map((handle) => handle.accepted));
    // Also what others hand in meanwhile: it is accepted, and so it is done.
    await (command === 'serve' ? orchestrator.stopped : orchestrator.idle());
    await orchestrator.shutdown();
    // What was not stored was not done: it is no end of the run, and the next one goes on with it.
    if (orchestrator.failure !== null) throw orchestrator.failure;
    const summary = orchestrator.summary();
    view.stop();
    await onEnd?.(summary);
    view.summary(summary);
    return {code: exitCodeOf(command, summary, interrupts.interrupted), summary};
  } finally {
    view.stop();
    interrupts.dispose();
    missingLogs.unsubscribe();
    clearInterval(watch);
    gaps.unsubscribe();
    await orchestrator.shutdown({mode: 'now'});
  }
};

/** Takes the repository. A fresh run first cancels what is left of one that was cut short. */
const takeJournal = async (
  lock: RepositoryLock,
  {project, fresh, terminal}: RunTasksOptions,
): Promise<RunJournal> => {
  const journal = await RunJournal.take(project.root, lock);
  const left = journal.interrupted?.left ?? null;
  if (fresh !== true || journal.interrupted === null || left === null) return journal;
  await project.cancelLeft(journal, left, now());
  const {interrupted, stopped} = journal;
  const {tasks} = interrupted;
  const become = tasks.length === 1 ? 'is cancelled' : 'are cancelled';
  terminal.errorLine(safe(interruptedText(interrupted, stopped, become)));
  return RunJournal.take(project.root, lock);
};

/**
 * Runs tasks to their end, showing what goes on. Nothing starts unless all are accepted.
 *
 * @throws DisjointError why they were refused, why the repository cannot be taken, or why the orchestrator had to stop.
 */
export const runTasks = async (options: RunTasksOptions): Promise<ExitCode> => {
  const {project, tasks, terminal, environment} = options;
  terminal.hide(project.redaction(environment));
  project.check(tasks);
  await project.checkPrograms(tasks, environment);
  const apiServer = new ApiServer();
  const lock = await RepositoryLock.take(project.root, apiServer.server);
  try {
    const journal = await takeJournal(lock, options);
    const outcome = await runIn({lock, apiServer, journal}, options).catch(async (error: unknown) => {
      await apiServer.close();
      // Why the run had to stop says more than why its end cannot be written either.
      await journal.end(null).catch(() => {});
      throw reasonOf(error);
    });
    await apiServer.close();
    await journal.end(outcome.summary);
    return outcome.code;
  } finally {
    await lock.release();
    apiServer.drop();
  }
};
