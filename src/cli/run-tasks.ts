import path from 'node:path';
import type {Project} from '../api/project.ts';
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

/**
 * Runs tasks to their end, showing what goes on. Nothing starts unless all are accepted.
 *
 * @throws DisjointError why they were refused, or why the orchestrator had to stop.
 */
export const runTasks = async (options: RunTasksOptions): Promise<ExitCode> => {
  const {project, tasks, terminal, json, quiet, schedule, environment, heldSignals, onEnd} = options;
  project.check(tasks);
  await project.checkPrograms(tasks, environment);
  const orchestrator = await project.createOrchestrator(schedule);
  const view = createRunView({orchestrator, terminal, json, quiet, now});
  const missingLogs = tellMissingLogs(orchestrator.events$, path.join(project.root, '.disjoint'), (text) =>
    view.warn(safe(text)),
  );
  const interrupts = handleInterrupts({orchestrator, notice: (text) => view.notice(text)});
  try {
    if (heldSignals?.interrupted === true) return ExitCode.interrupted;
    const handles = orchestrator.submitMany(tasks);
    await Promise.all(handles.map((handle) => handle.accepted));
    await orchestrator.idle();
    await orchestrator.shutdown();
    const summary = orchestrator.summary();
    view.stop();
    await onEnd?.(summary);
    view.summary(summary);
    return exitCodeOf(summary, interrupts.interrupted);
  } finally {
    view.stop();
    interrupts.dispose();
    missingLogs.unsubscribe();
    await orchestrator.shutdown({mode: 'now'});
  }
};
