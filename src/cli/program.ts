import {createRequire} from 'node:module';
import {Command, CommanderError, Option} from 'commander';
import {DisjointError} from '../api/errors.ts';
import {POLICIES} from '../api/limits.ts';
import {redactionFor} from '../api/redactor-for.ts';
import type {PathPolicy} from '../index.ts';
import type {CleanOptions} from './commands/clean.ts';
import {ExitCode} from './exit-code.ts';
import {type GlobalOptions, parseMaxParallel, type ScheduleOptions} from './options.ts';
import {reportError} from './report-error.ts';
import {parseAge, parseCount, parseSize} from './sizes.ts';
import {addSteering, type Run} from './steering-commands.ts';
import {processTerminal, type Terminal} from './terminal.ts';
import {usageError} from './usage-error.ts';

/** The version of this package, from its own package.json. */
const ownVersion = (): string => {
  const manifest: unknown = createRequire(import.meta.url)('disjoint/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
};

/** A command line, as commander describes it; `choose` is told which command was asked for. */
const createProgram = (choose: (run: Run) => void): Command => {
  const program = new Command('disjoint')
    .description(
      'Runs several coding agents at once on one repository, and they never get in each other’s way.',
    )
    .version(ownVersion())
    .option('--repo <dir>', 'the repository (default: found upwards from the current folder)')
    .option('--json', 'print data instead of text')
    .option('-q, --quiet', 'print only the result')
    .option('--debug', 'print stack traces')
    .enablePositionalOptions(false)
    .configureHelp({showGlobalOptions: true})
    .exitOverride()
    .configureOutput({writeErr: () => {}})
    .showSuggestionAfterError(true);
  const maxParallel = (): Option =>
    new Option('--max-parallel <n>', 'how many tasks may run at once, 1 to 256, or auto').argParser(
      parseMaxParallel,
    );
  const policy = (): Option =>
    new Option('--policy <policy>', 'in which order tasks start').choices(POLICIES);
  const add = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .exitOverride()
      .configureOutput({writeErr: () => {}});

  add('demo', 'run nine tasks of four scripted agents in a repository to throw away')
    .option('--keep', 'keep the repository')
    .addOption(maxParallel())
    .action((options: ScheduleOptions & {keep?: true}) =>
      choose(async (context) => (await import('./commands/demo.ts')).demo(context, options)),
    );
  add('init', 'write a disjoint.yaml for this repository')
    .option('--force', 'overwrite the one that is there')
    .action((options: {force?: true}) =>
      choose(async (context) => (await import('./commands/init.ts')).init(context, options)),
    );
  add('run', 'run the tasks of a plan')
    .argument('<plan>', 'a YAML or JSON file')
    .addOption(maxParallel())
    .addOption(policy())
    .option('--dry-run', 'check everything and start nothing')
    .option('--fresh', 'cancel what is left of a run that was cut short')
    .action((plan: string, options: ScheduleOptions & {dryRun?: true; fresh?: true}) =>
      choose(async (context) => (await import('./commands/run.ts')).run(context, plan, options)),
    );
  add('delegate', 'run tasks given on the command line')
    .argument('<delegations...>', '"AGENT [CLAIM...]: TEXT", such as "code_developer src/a.ts: add a test"')
    .addOption(maxParallel())
    .addOption(policy())
    .option('--dry-run', 'check everything and start nothing')
    .option('--fresh', 'cancel what is left of a run that was cut short')
    .option('--sensitive', 'they may write files that make programs run, such as package.json')
    .action(
      (
        delegations: readonly string[],
        options: ScheduleOptions & {dryRun?: true; fresh?: true; sensitive?: true},
      ) =>
        choose(async (context) =>
          (await import('./commands/delegate.ts')).delegate(context, delegations, options),
        ),
    );
  add('serve', 'run what is handed in from other terminals, until it is stopped')
    .addOption(maxParallel())
    .addOption(policy())
    .option('--fresh', 'cancel what is left of a run that was cut short')
    .action((options: ScheduleOptions & {fresh?: true}) =>
      choose(async (context) => (await import('./commands/serve.ts')).serve(context, options)),
    );
  add('simulate', 'how long a plan would take, when each task would run, and what would make it shorter')
    .argument('<plan>', 'a YAML or JSON file')
    .addOption(maxParallel())
    .addOption(policy())
    .option('--svg <file>', 'draw it into a file as well')
    .action((plan: string, options: ScheduleOptions & {svg?: string}) =>
      choose(async (context) => (await import('./commands/simulate.ts')).simulate(context, plan, options)),
    );
  addSteering(add, choose);
  add('history', 'what was run in this repository').action(() =>
    choose(async (context) => (await import('./commands/history.ts')).history(context)),
  );
  add('stats', 'how fast and how well past runs went').action(() =>
    choose(async (context) => (await import('./commands/stats.ts')).stats(context)),
  );
  add('clean', 'remove old runs and their logs; what has not ended, and the latest run, stay')
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .addOption(
      new Option('--older-than <age>', 'runs that ended so long ago (default: 30d)').argParser(parseAge),
    )
    .addOption(new Option('--keep-runs <n>', 'all but the latest n runs').argParser(parseCount))
    .addOption(
      new Option('--max-size <size>', 'the oldest, until the rest takes no more than this').argParser(
        parseSize,
      ),
    )
    .action((options: CleanOptions) =>
      choose(async (context) => (await import('./commands/clean.ts')).clean(context, options)),
    );
  add('doctor', 'check this machine and this repository')
    .option('--salvage <file>', 'write what can be read of a damaged journal into a new file')
    .action(({salvage}: {salvage?: string}) =>
      choose(async (context) =>
        salvage === undefined
          ? (await import('./commands/doctor.ts')).doctor(context)
          : (await import('./commands/salvage.ts')).salvage(context, salvage),
      ),
    );
  add('overlap', 'could two claims touch the same file? exit 0 yes, 1 no, 65 refused')
    .argument('[claims...]', 'two paths, directories or globs')
    .option('--stdin', 'answer one {"a": ..., "b": ...} per line of stdin; exit 0')
    .addOption(new Option('--policy <policy>', 'which names may be one file').choices(['portable', 'native']))
    .action((claims: readonly string[], options: {stdin?: true; policy?: PathPolicy}) =>
      choose(async (context) => (await import('./commands/overlap.ts')).overlap(context, claims, options)),
    );
  add('owner', 'which agent types own a path')
    .argument('<path>', 'a path, directory or glob')
    .action((path: string) =>
      choose(async (context) => (await import('./commands/owner.ts')).owner(context, path)),
    );
  return program;
};

/** Runs the chosen command. Never throws. */
const execute = async (argv: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  let chosen: Run | null = null;
  const program = createProgram((run) => {
    chosen = run;
  });
  try {
    parse(program, argv);
    const run = chosen as Run | null;
    if (run === null) return ExitCode.ok;
    const globals: GlobalOptions = program.opts();
    return await run({terminal, globals, cwd: process.cwd(), environment: process.env});
  } catch (error) {
    return reportError(error, {terminal, json: argv.includes('--json'), debug: argv.includes('--debug')});
  }
};

/** Parses the command line; help and version print themselves and choose nothing. */
const parse = (program: Command, argv: readonly string[]): void => {
  if (argv.length === 0) {
    program.outputHelp();
    return;
  }
  try {
    program.parse(argv, {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error);
  }
};

export interface MainResult {
  /** What the process should end with. */
  readonly exitCode: ExitCode;
  /** False if somebody holds our stdout open and does not read it. */
  readonly flushed: boolean;
}

/** Lost output must not look like success: whoever reads it would take half of it for all. */
const lostOutput = (failure: Error): DisjointError =>
  new DisjointError(
    'E_IO',
    `the output could not be written: ${failure.message}`,
    'the work went on, only what it printed is incomplete: make room, or check where stdout goes',
    {cause: failure},
  );

/** Runs one command line. Never throws. */
export const main = async (argv: readonly string[]): Promise<MainResult> => {
  const [json, debug] = [argv.includes('--json'), argv.includes('--debug')];
  const terminal = processTerminal(process.env, json);
  terminal.hide(redactionFor(process.env));
  const exitCode = await execute(argv, terminal);
  const flushed = await terminal.flush();
  const failure = terminal.failure ?? (flushed ? null : new Error('its reader has stopped reading'));
  if (failure === null) return {exitCode, flushed};
  const ioCode = reportError(lostOutput(failure), {terminal, json, debug});
  // An error that was told before, or an interrupt, says more.
  const isAnswer = exitCode === ExitCode.ok || exitCode === ExitCode.negative;
  return {exitCode: isAnswer ? ioCode : exitCode, flushed};
};
