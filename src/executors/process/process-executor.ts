import type {Redactor} from '../../core/secrets/redactor.ts';
import type {Clock} from '../../ports/clock.ts';
import type {AttemptObserver, AttemptRequest, Executor, RunningAttempt} from '../../ports/executor.ts';
import {presetNamed} from '../presets/index.ts';
import {type Launch, plainReader} from '../program.ts';
import {fillArgv} from './argv.ts';
import {attemptFiles, attemptLogPath} from './attempt-log-path.ts';
import {MARK_NAME} from './descendants.ts';
import {ProcessAttempt} from './process-attempt.ts';
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
  /** Where programs can see and steer the run that started them; `null` if nobody listens. */
  readonly socket: string | null;
}

const NOTHING_RUNS: RunningAttempt = {ask: () => {}, terminate: () => {}, kill: () => {}, abandon: () => {}};

/** Runs programs: plain commands, and agent CLIs through their presets. */
export class ProcessExecutor implements Executor {
  readonly #options: ProcessExecutorOptions;
  readonly #bytesRedactor: Redactor;
  /** A program that has answered is not asked again. */
  readonly #versions = new Map<string, string | null>();

  constructor(options: ProcessExecutorOptions) {
    this.#options = options;
    this.#bytesRedactor = options.redactor.ofBytes;
  }

  start(request: AttemptRequest, observer: AttemptObserver): RunningAttempt {
    const {root, stateDir, runId, environment, clock, redactor, socket} = this.#options;
    const {spec, attempt, fence} = request;
    makeStateFolder(stateDir);
    const place = {stateDir, runId, taskId: spec.id, attempt, fence};
    const launch = this.#launch(request, attemptFiles(place));
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
        logPath: attemptLogPath(place),
        mark: {name: MARK_NAME, value: `${runId}.${fence}.`},
        environment,
        redactor,
        bytesRedactor: this.#bytesRedactor,
        socket,
        versions: spec.work.kind === 'preset' ? this.#versions : null,
      },
      clock,
    );
    void running.run();
    return running;
  }

  /** `null` for work that is not done by programs, or by none that is known here. */
  #launch({spec}: AttemptRequest, scratch: string): Launch | null {
    const {work} = spec;
    switch (work.kind) {
      case 'preset': {
        const {root} = this.#options;
        return presetNamed(work.preset)?.launch({spec, args: work.args, root, scratch}) ?? null;
      }
      case 'command': {
        const [program = '', ...args] = fillArgv(work.argv, spec);
        const stdin = work.prompt === 'stdin' ? spec.description : null;
        return {program, args, set: {}, stdin, file: null, reader: plainReader};
      }
      case 'function':
        return null;
    }
  }
}
