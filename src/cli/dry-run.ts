import type {Project} from '../api/project.ts';
import {type DisjointEvent, describeWarning, type TaskOptions, type TaskStatus} from '../index.ts';
import {ExitCode} from './exit-code.ts';
import type {ScheduleOptions} from './options.ts';
import {missingProgramText} from './render/missing-program.ts';
import {cut, plural, safe} from './render/text.ts';
import type {Terminal} from './terminal.ts';

export interface DryRunOptions {
  readonly project: Project;
  readonly tasks: readonly TaskOptions[];
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly schedule: ScheduleOptions;
}

const describe = (task: TaskStatus, columns: number): string => {
  const files = task.files.length === 0 ? 'writes nothing' : `writes ${task.files.join(', ')}`;
  const after = task.waitsFor.flatMap((blocker) => (blocker.kind === 'dependency' ? [blocker.taskId] : []));
  const order = after.length === 0 ? '' : `, after ${after.join(', ')}`;
  return safe(cut(`  ${task.id}  ${task.agentType}  ${files}${order}`, columns));
};

/**
 * Checks tasks exactly as a run would, and starts none of them. A program that is missing is told and no error: a plan
 * can be checked before the agent CLIs are installed.
 *
 * @throws DisjointError why a run would refuse them.
 */
export const dryRun = async (options: DryRunOptions): Promise<ExitCode> => {
  const {project, tasks, terminal, json, environment, schedule} = options;
  project.check(tasks);
  const agentTypes = tasks.map((task) => task.agentType);
  const missingPrograms = await project.missingPrograms(agentTypes, environment);
  const orchestrator = await project.createOrchestrator(schedule);
  const warned: Extract<DisjointEvent, {type: 'task.warned'}>[] = [];
  const warnings = orchestrator.events$.subscribe((event) => {
    if (event.type === 'task.warned') warned.push(event);
  });
  try {
    await orchestrator.pause('dry run');
    await Promise.all(orchestrator.submitMany(tasks).map((handle) => handle.accepted));
    const status = orchestrator.status();
    if (json) {
      const told = warned.map(({taskId, warning}) => ({taskId, warning}));
      terminal.lastLine(
        JSON.stringify({type: 'dry-run', tasks: status.tasks, warnings: told, missingPrograms}),
      );
      return ExitCode.ok;
    }
    terminal.line(`${plural(status.tasks.length, 'task')} would run, at most ${status.maxParallel} at once:`);
    for (const task of status.tasks) terminal.line(describe(task, terminal.columns()));
    for (const {taskId, warning} of warned) terminal.line(safe(`${taskId}: ${describeWarning(warning)}`));
    for (const missing of missingPrograms) terminal.line(safe(missingProgramText(missing)));
    terminal.lastLine('Nothing was started.');
    return ExitCode.ok;
  } finally {
    warnings.unsubscribe();
    await orchestrator.shutdown({mode: 'now'});
  }
};
