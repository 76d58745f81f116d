import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {loadPlan, Project} from '../../api/project.ts';
import {findProject} from '../../api/project-place.ts';
import {createScratchRepository, type ScratchRepository} from '../../api/scratch-repository.ts';
import {overlap, type TaskOptions} from '../../index.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {demoFiles} from '../demo/demo-files.ts';
import {ExitCode} from '../exit-code.ts';
import {type HeldSignals, holdSignals} from '../held-signals.ts';
import {type ScheduleOptions, scheduleOf} from '../options.ts';
import {plural, safe} from '../render/text.ts';
import {runTasks} from '../run-tasks.ts';

export interface DemoOptions extends ScheduleOptions {
  readonly keep?: true;
}

interface Ran {
  readonly taskId: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** When each agent really ran, as it wrote down itself. */
const readRan = async (root: string, taskId: string): Promise<Ran | null> => {
  try {
    return JSON.parse(await readFile(path.join(root, '.disjoint', `ran-${taskId}.json`), 'utf8')) as Ran;
  } catch {
    // It was interrupted before it could write that down.
    return null;
  }
};

const conflicts = (a: TaskOptions, b: TaskOptions): boolean =>
  a.agentType === b.agentType ||
  (a.files ?? []).some((left) => (b.files ?? []).some((right) => overlap(left, right).overlap));

/** How many pairs of tasks must not run together, and how many did, by the agents' own clocks. */
const checkRun = async (
  root: string,
  tasks: readonly TaskOptions[],
): Promise<{readonly pairs: number; readonly overlapped: number}> => {
  const ran = new Map<string, Ran>();
  for (const {id = ''} of tasks) {
    const record = await readRan(root, id);
    if (record !== null) ran.set(id, record);
  }
  let pairs = 0;
  let overlapped = 0;
  for (const [i, a] of tasks.entries()) {
    for (const b of tasks.slice(i + 1)) {
      const [ranA, ranB] = [ran.get(a.id ?? ''), ran.get(b.id ?? '')];
      if (ranA === undefined || ranB === undefined || !conflicts(a, b)) continue;
      pairs++;
      if (ranA.startedAt < ranB.endedAt && ranB.startedAt < ranA.endedAt) overlapped++;
    }
  }
  return {pairs, overlapped};
};

const tellEnd = async (
  {terminal}: CommandContext,
  repository: ScratchRepository,
  tasks: readonly TaskOptions[],
): Promise<void> => {
  const {pairs, overlapped} = await checkRun(repository.root, tasks);
  const files = (await repository.changedFiles()).filter((file) => !file.startsWith('.disjoint/'));
  terminal.line('');
  terminal.line(safe(`The agents wrote ${plural(files.length, 'file')}: ${files.join(', ')}`));
  terminal.line(
    `By the agents' own clocks, ${overlapped} of ${plural(pairs, 'conflicting pair')} ran at the same time.`,
  );
};

/** Runs the demo's plan in its repository. */
const runDemo = async (
  context: CommandContext,
  options: DemoOptions,
  repository: ScratchRepository,
  heldSignals: HeldSignals,
): CommandResult => {
  const {terminal, globals} = context;
  const json = globals.json === true;
  const isQuiet = json || globals.quiet === true;
  const project = await Project.open(await findProject(repository.root, repository.root));
  const tasks = await loadPlan(path.join(repository.root, 'plan.yaml'), repository.root);
  if (!isQuiet) {
    const agents = [...project.config.agents.keys()].join(', ');
    terminal.line(`${plural(tasks.length, 'task')} for four scripted agents (${agents})`);
    terminal.line(safe(`in ${repository.root}`));
    terminal.line('');
  }
  const code = await runTasks({
    command: 'demo',
    project,
    tasks,
    terminal,
    json,
    quiet: globals.quiet === true,
    schedule: scheduleOf(options),
    environment: context.environment,
    heldSignals,
    ...(!isQuiet && {onEnd: () => tellEnd(context, repository, tasks)}),
  });
  if (!isQuiet && !heldSignals.interrupted) {
    terminal.line('');
    terminal.line('Next: "disjoint init" in a repository of yours, then "disjoint delegate".');
  }
  return code;
};

/** `disjoint demo`: four scripted agents and nine tasks in a repository to throw away. No keys, no configuration. */
export const demo = async (context: CommandContext, options: DemoOptions): CommandResult => {
  // From before the repository is made until it is removed: a signal in between must not leave it behind.
  const heldSignals = holdSignals();
  let repository: ScratchRepository | null = null;
  try {
    repository = await createScratchRepository(demoFiles);
    const code = await runDemo(context, options, repository, heldSignals);
    return heldSignals.interrupted ? ExitCode.interrupted : code;
  } catch (error) {
    // Ctrl-C in a terminal ends the git that makes the repository as well.
    if (repository === null && heldSignals.interrupted) return ExitCode.interrupted;
    throw error;
  } finally {
    if (options.keep !== true) await repository?.remove();
    heldSignals.dispose();
  }
};
