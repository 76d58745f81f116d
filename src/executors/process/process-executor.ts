import type {Redactor} from '../../core/secrets/redactor.ts';
import type {Clock} from '../../ports/clock.ts';
import type {AttemptObserver, AttemptRequest, Executor, RunningAttempt} from '../../ports/executor.ts';
import {attemptFiles} from './attempt-files.ts';
import {MARK_NAME} from './descendants.ts';
import {launchOf} from './launch-of.ts';
import {ProcessAttempt} from './process-attempt.ts';
import type {TakenRepository} from './process-home.ts';
import {Shims} from './shims.ts';
import {makeStateFolder} from './state-folder.ts';

export interface ProcessExecutorOptions {
  /** Absolute path of the repository: where programs run. */
  readonly root: string;
  /** Absolute path of the folder for logs and other files of attempts. */
  readonly stateDir: string;
  /** Tells the processes and logs of this orchestrator from those of any other. A file name. */
  readonly runId: string;
  /** The user's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** What must not be written down. */
  readonly redactor: Redactor;
  /** Where programs can see and steer the run that started them; `null` if no repository is taken for it. */
  readonly repository: TakenRepository | null;
}

const NOTHING_RUNS: RunningAttempt = {ask: () => {}, terminate: () => {}, kill: () => {}, abandon: () => {}};

/** Runs programs: plain commands, and agent CLIs through their presets. */
export class ProcessExecutor implements Executor {
  readonly #options: ProcessExecutorOptions;
  readonly #bytesRedactor: Redactor;
  readonly #shims: Shims;
  /** What the marks of all attempts begin with. */
  readonly #mark: string;
  /** A program that has answered is not asked again. */
  readonly #versions = new Map<string, string | null>();

  constructor(options: ProcessExecutorOptions) {
    this.#options = options;
    this.#bytesRedactor = options.redactor.ofBytes;
    const {environment, runId, repository} = options;
    this.#mark = `${repository?.mark ?? ''}${runId}.`;
    // With the mark that we were started with ourselves: an orchestrator around this one has to find its own.
    this.#shims = new Shims({[MARK_NAME]: `${environment[MARK_NAME] ?? ''}${this.#mark}shim.`});
  }

  start(request: AttemptRequest, observer: AttemptObserver): RunningAttempt {
    const {root, stateDir, runId, environment, clock, redactor, repository} = this.#options;
    const {spec, attempt, fence} = request;
    makeStateFolder(stateDir);
    const {scratch, ...files} = attemptFiles(stateDir, runId, {fence, taskId: spec.id, attempt});
    const launch = launchOf(spec, {root, scratch});
    if (launch === null) {
      const message = `Internal error: ${spec.work.kind} work was given to the process executor`;
      const how = {kind: 'not-started', message, hint: 'this is a bug in Disjoint: report it'} as const;
      observer.dead({how, durationMs: 0, logPath: null, tail: [], changed: null});
      return NOTHING_RUNS;
    }
    const running = new ProcessAttempt(
      request,
      observer,
      launch,
      {
        root,
        ...files,
        mark: {name: MARK_NAME, value: `${this.#mark}${fence}.`},
        environment,
        redactor,
        bytesRedactor: this.#bytesRedactor,
        shims: this.#shims,
        socket: repository?.socket ?? null,
        versions: spec.work.kind === 'preset' ? this.#versions : null,
      },
      clock,
    );
    void running.run();
    return running;
  }

  close(): void {
    this.#shims.close();
  }
}
