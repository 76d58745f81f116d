import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {createLogUpdate} from 'log-update';
import {loadPlan, Project} from '../../api/project.ts';
import {findProject} from '../../api/project-place.ts';
import type {PlanProgress, SimulatedPlan} from '../../index.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {type ScheduleOptions, scheduleOf} from '../options.ts';
import {gantt} from '../render/gantt.ts';
import {planText} from '../render/plan-text.ts';
import {duration, plural, safe} from '../render/text.ts';
import {timelineSvg} from '../render/timeline-svg.ts';
import type {Terminal} from '../terminal.ts';

export interface SimulateOptions extends ScheduleOptions {
  readonly svg?: string;
}

/** Who waits no longer than this (ms) is not told how far it is. */
const PATIENCE_MS = 1_000;
const FRAME_MS = 100;

interface Progress {
  readonly tell: (progress: PlanProgress) => void;
  readonly clear: () => void;
}

const silent: Progress = {tell: () => {}, clear: () => {}};

/** One line that says how far it is, for a person at a terminal who has to wait. */
const liveProgress = (terminal: Terminal): Progress => {
  let draw: ReturnType<typeof createLogUpdate> | null = null;
  let nextAt = performance.now() + PATIENCE_MS;
  return {
    tell: ({phase, done, of}) => {
      const now = performance.now();
      if (now < nextAt) return;
      nextAt = now + FRAME_MS;
      draw ??= createLogUpdate(terminal.screen);
      draw(
        phase === 'simulating'
          ? `simulating: ${done} of ${plural(of, 'task')}`
          : `${phase}: ${done} of ${of}`,
      );
    },
    clear: () => {
      draw?.clear();
      draw?.done();
    },
  };
};

const caption = ({tasks, makespanMs, sequentialMs, lowerBoundMs, lowerBoundBy}: SimulatedPlan): string =>
  `${plural(tasks, 'task')} would take ${duration(makespanMs)}: one by one ${duration(sequentialMs)}, at best ${duration(lowerBoundMs)}, bound by ${lowerBoundBy}.`;

/** `disjoint simulate PLAN`: when everything would run, and what would make it shorter. Starts nothing. */
export const simulate = async (
  context: CommandContext,
  plan: string,
  options: SimulateOptions,
): CommandResult => {
  const {svg} = options;
  const {terminal, globals, cwd} = context;
  const project = await Project.open(await findProject(globals.repo, cwd));
  const tasks = await loadPlan(plan, cwd);
  const isQuiet = globals.json === true || globals.quiet === true;
  const orchestrator = await project.createOrchestrator(scheduleOf(options));
  const progress = terminal.isTty && !isQuiet ? liveProgress(terminal) : silent;
  try {
    const simulated = await orchestrator.plan(tasks, progress.tell);
    progress.clear();
    if (svg !== undefined)
      await writeFile(path.resolve(cwd, svg), timelineSvg(simulated.attempts, caption(simulated)));
    if (globals.json === true) {
      terminal.lastLine(JSON.stringify(simulated));
      return ExitCode.ok;
    }
    const {colors} = terminal;
    const columns = terminal.columns();
    if (!isQuiet) for (const line of [...gantt({plan: simulated, columns, colors}), '']) terminal.line(line);
    for (const line of planText(simulated, columns, colors)) terminal.lastLine(line);
    if (svg !== undefined && !isQuiet) terminal.lastLine(safe(`Drawn in ${svg}`));
    return ExitCode.ok;
  } finally {
    progress.clear();
    await orchestrator.shutdown({mode: 'now'});
  }
};
