import path from 'node:path';
import type {LeftRun} from '../api/left-run.ts';
import type {Project} from '../api/project.ts';
import {type InterruptedRun, localTime, RunJournal} from '../api/run-journal.ts';
import type {RunSummary, TaskOptions} from '../index.ts';
import {ExitCode} from './exit-code.ts';
import type {HeldSignals} from './held-signals.ts';
import {handleInterrupts} from './interrupts.ts';
import {tellMissingLogs} from './missing-logs.ts';
import type {ScheduleOptions} from './options.ts';
import {safe} from './render/text.ts';
import {createRunView} from './run-view.ts';
import type {Terminal} from './terminal.ts';

export interface RunTasksOptions {
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

const exitCodeOf = ({tasks}: RunSummary, interrupted: boolean): ExitCode => {
  if (interrupted) return ExitCode.interrupted;
  return tasks.succeeded === tasks.total ? ExitCode.ok : ExitCode.negative;
};

/** So many tasks are named; the rest is a number. */
const TASKS_SHOWN = 5;

const listOf = (tasks: readonly string[]): string => {
  const more = tasks.length > TASKS_SHOWN ? ` and ${tasks.length - TASKS_SHOWN} more` : '';
  return `${tasks.slice(0, TASKS_SHOWN).join(', ')}${more}`;
};

/** What to say of a run that did not come to its end. `becomes`: what happens with its tasks now. */
const interruptedText = ({startedAt, tasks, stopped}: InterruptedRun, becomes: string): string => {
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

const workOf = ({interrupted}: RunJournal, {project, tasks, environment}: RunTasksOptions): Work => {
  if (interrupted === null) return {left: null, rest: tasks, notice: null};
  if (interrupted.left === null) return {left: null, rest: tasks, notice: interruptedText(interrupted, '')};
  const left = project.withSecrets(interrupted.left, environment);
  const {isKnown, ended} = project.matchTasks(left, tasks, environment);
  const rest = tasks.filter((_, i) => isKnown[i] !== true);
  const notice = interruptedText(interrupted, interrupted.tasks.length === 1 ? 'goes on' : 'go on');
  const done =
    ended === 0
      ? ''
      : `; ${ended} of these tasks had ended in it, and ${ended === 1 ? 'is' : 'are'} not repeated`;
  return {left, rest, notice: `${notice}${done}`};
};

interface Outcome {
  readonly code: ExitCode;
  /** `null` if nothing was begun. */
  readonly summary: RunSummary | null;
}

/** Runs the tasks in a repository that is taken for them. */
const runIn = async (journal: RunJournal, options: RunTasksOptions): Promise<Outcome> => {
  const {project, terminal, json, quiet, schedule, environment, heldSignals, onEnd} = options;
  const {runId} = journal;
  const store = project.withoutSecrets(journal.store, environment);
  const {left, rest, notice} = workOf(journal, options);
  const orchestrator = await project.composeOrchestrator({...schedule, store, runId}, left);
  if (left !== null) journal.tookOver();
  const view = createRunView({orchestrator, terminal, json, quiet, now});
  if (notice !== null) view.warn(safe(notice));
  for (const ignored of journal.interrupted?.ignored ?? []) view.warn(safe(`${ignored}: it is not needed`));
  const missingLogs = tellMissingLogs(orchestrator.events$, path.join(project.root, '.disjoint'), (text) =>
    view.warn(safe(text)),
  );
  const interrupts = handleInterrupts({orchestrator, notice: (text) => view.notice(text)});
  try {
    if (heldSignals?.interrupted === true) return {code: ExitCode.interrupted, summary: null};
    await orchestrator.begin();
    const handles = orchestrator.submitMany(rest);
    await Promise.all(handles.map((handle) => handle.accepted));
    await orchestrator.idle();
    await orchestrator.shutdown();
    // What was not stored was not done: it is no end of the run, and the next one goes on with it.
    if (orchestrator.failure !== null) throw orchestrator.failure;
    const summary = orchestrator.summary();
    view.stop();
    await onEnd?.(summary);
    view.summary(summary);
    return {code: exitCodeOf(summary, interrupts.interrupted), summary};
  } finally {
    view.stop();
    interrupts.dispose();
    missingLogs.unsubscribe();
    await orchestrator.shutdown({mode: 'now'});
  }
};

/** Takes the repository. A fresh run first cancels what is left of one that was cut short. */
const takeJournal = async ({project, fresh, terminal}: RunTasksOptions): Promise<RunJournal> => {
  const journal = await RunJournal.take(project.root);
  const left = journal.interrupted?.left ?? null;
  if (fresh !== true || journal.interrupted === null || left === null) return journal;
  await project.cancelLeft(journal, left, now());
  const {tasks} = journal.interrupted;
  const become = tasks.length === 1 ? 'is cancelled' : 'are cancelled';
  terminal.errorLine(safe(interruptedText(journal.interrupted, become)));
  return RunJournal.take(project.root);
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
  const journal = await takeJournal(options);
  const outcome = await runIn(journal, options).catch(async (error: unknown) => {
    // Why the run had to stop says more than why its end cannot be written either.
    await journal.end(null).catch(() => {});
    throw error;
  });
  await journal.end(outcome.summary);
  return outcome.code;
};
