import path from 'node:path';
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

/** What to say of a run that did not come to its end. */
const interruptedText = ({startedAt, tasks, stopped}: InterruptedRun): string => {
  const shown = tasks.slice(0, TASKS_SHOWN).join(', ');
  const more = tasks.length > TASKS_SHOWN ? ` and ${tasks.length - TASKS_SHOWN} more` : '';
  const which = tasks.length === 0 ? '' : `: ${shown}${more} had not ended`;
  const left = stopped.length === 0 ? '' : `; what still ran of it was stopped (pid ${stopped.join(', ')})`;
  return `the run of ${localTime(startedAt)} was cut short${which}${left}`;
};

interface Outcome {
  readonly code: ExitCode;
  /** `null` if nothing was begun. */
  readonly summary: RunSummary | null;
}

/** Runs the tasks in a repository that is taken for them. */
const runIn = async (journal: RunJournal, options: RunTasksOptions): Promise<Outcome> => {
  const {project, tasks, terminal, json, quiet, schedule, environment, heldSignals, onEnd} = options;
  const {runId} = journal;
  const store = project.withoutSecrets(journal.store, environment);
  const orchestrator = await project.createOrchestrator({...schedule, store, runId});
  const view = createRunView({orchestrator, terminal, json, quiet, now});
  for (const run of journal.interrupted) view.warn(safe(interruptedText(run)));
  const missingLogs = tellMissingLogs(orchestrator.events$, path.join(project.root, '.disjoint'), (text) =>
    view.warn(safe(text)),
  );
  const interrupts = handleInterrupts({orchestrator, notice: (text) => view.notice(text)});
  try {
    if (heldSignals?.interrupted === true) return {code: ExitCode.interrupted, summary: null};
    const handles = orchestrator.submitMany(tasks);
    await Promise.all(handles.map((handle) => handle.accepted));
    await orchestrator.idle();
    await orchestrator.shutdown();
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
  const journal = await RunJournal.take(project.root);
  let outcome: Outcome | null = null;
  try {
    outcome = await runIn(journal, options);
    return outcome.code;
  } finally {
    await journal.end(outcome?.summary ?? null);
  }
};
