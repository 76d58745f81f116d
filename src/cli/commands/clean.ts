import {type CleanReport, cleanRuns} from '../../api/clean.ts';
import {localTime} from '../../api/local-time.ts';
import {findProject} from '../../api/project-place.ts';
import type {CommandContext, CommandResult} from '../command-context.ts';
import {ExitCode} from '../exit-code.ts';
import {plural} from '../render/text.ts';
import {sizeText} from '../sizes.ts';

export interface CleanOptions {
  readonly dryRun?: true;
  /** In ms. */
  readonly olderThan?: number;
  readonly keepRuns?: number;
  /** In bytes. */
  readonly maxSize?: number;
}

/** What is removed where nobody says what: runs that ended so long ago. */
const DEFAULT_AGE_MS = 30 * 86_400_000;

const linesFor = ({dryRun, removed, kept, freedBytes}: CleanReport): readonly string[] => {
  const stay = `${plural(kept, 'run')} ${kept === 1 ? 'stays' : 'stay'}`;
  if (removed.length === 0) return [`nothing to remove, ${stay}`];
  const runs = removed.map(
    ({startedAt, journalBytes, logBytes}) =>
      `${localTime(startedAt)}  journal ${sizeText(journalBytes).padStart(8)}  logs ${sizeText(logBytes).padStart(8)}`,
  );
  const said = dryRun
    ? `would remove ${plural(removed.length, 'run')} of about ${sizeText(freedBytes)}, ${stay}`
    : `removed ${plural(removed.length, 'run')}, freed ${sizeText(freedBytes)}, ${stay}`;
  return [...runs, said];
};

/** `disjoint clean`: removes old runs and their logs. */
export const clean = async (context: CommandContext, options: CleanOptions): CommandResult => {
  const {terminal, globals, cwd} = context;
  const {root} = await findProject(globals.repo, cwd);
  const {olderThan = null, keepRuns = null, maxSize = null} = options;
  const isUnsaid = olderThan === null && keepRuns === null && maxSize === null;
  const rules = {olderThanMs: isUnsaid ? DEFAULT_AGE_MS : olderThan, keepRuns, maxBytes: maxSize};
  const report = await cleanRuns(root, rules, options.dryRun === true);
  if (globals.json === true) {
    const none: CleanReport = {dryRun: options.dryRun === true, removed: [], kept: 0, freedBytes: 0};
    terminal.line(JSON.stringify(report ?? none));
    return ExitCode.ok;
  }
  const lines = report === null ? ['nothing was run in this repository yet'] : linesFor(report);
  for (const line of globals.quiet === true ? lines.slice(-1) : lines) terminal.line(line);
  return ExitCode.ok;
};
