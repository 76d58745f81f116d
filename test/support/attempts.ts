import {realpathSync} from 'node:fs';
import path from 'node:path';
import {afterEach} from 'vitest';
import type {AgentType} from '../../src/core/agent-type.ts';
import type {StartedProgram} from '../../src/core/events.ts';
import type {AttemptExit} from '../../src/core/failures.ts';
import {NO_RETRY} from '../../src/core/retry.ts';
import {NO_SECRETS} from '../../src/core/secrets/redactor.ts';
import type {TaskSpec} from '../../src/core/task.ts';
import {ProcessExecutor, type ProcessExecutorOptions} from '../../src/executors/process/process-executor.ts';
import type {
  AttemptObserver,
  AttemptRequest,
  OutputChannel,
  RunningAttempt,
} from '../../src/ports/executor.ts';
import {systemClock} from '../../src/runtime/system-clock.ts';
import {taskSpec} from './task-spec.ts';
import {temporaryFolder} from './temporary-folder.ts';

/** Everything an executor told of one attempt, in order. */
export class AttemptRecord implements AttemptObserver {
  /** The names of the calls. */
  readonly told: string[] = [];
  readonly said: {readonly channel: OutputChannel; readonly line: string}[] = [];
  program: StartedProgram | null = null;
  exit: AttemptExit | null = null;
  /** Resolves when it is reported dead. */
  readonly death: Promise<AttemptExit>;
  #die: (exit: AttemptExit) => void = () => {};
  readonly #waiting: {readonly holds: () => boolean; readonly resolve: () => void}[] = [];

  constructor() {
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  /** The lines of one channel, or of all. */
  lines(channel?: OutputChannel): readonly string[] {
    return this.said.filter((one) => channel === undefined || one.channel === channel).map(({line}) => line);
  }

  /** Resolves when something was told for which this holds. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({holds, resolve}));
  }

  /** Resolves when it has printed this line. */
  printed(line: string): Promise<void> {
    return this.until(() => this.lines().includes(line));
  }

  started(program: StartedProgram | null): void {
    this.program = program;
    this.#tell('started');
  }

  output(channel: OutputChannel, line: string): void {
    this.said.push({channel, line});
    this.#tell('output');
  }

  progressed(): void {
    this.#tell('progressed');
  }

  active(): void {}

  leftBehind(): void {
    this.#tell('left-behind');
  }

  survived(): void {
    this.#tell('survived');
  }

  dead(exit: AttemptExit): void {
    this.exit = exit;
    this.#tell('dead');
    this.#die(exit);
  }

  #tell(what: string): void {
    this.told.push(what);
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.holds()) waiting.resolve();
      else this.#waiting.push(waiting);
    }
  }
}

/** An agent type that may do everything, as the configuration would have made it. */
export const agentType = (changes: Partial<AgentType> = {}): AgentType => ({
  name: 'dev',
  instances: 1,
  owns: [],
  readOnly: false,
  tags: [],
  work: null,
  timeoutMs: null,
  quietTimeoutMs: null,
  retry: NO_RETRY,
  stop: {askMs: 100, graceMs: 100, sweepMs: 1_000},
  environment: {only: null, set: {}},
  ...changes,
});

/** Marks its processes: test files run side by side, and one must not sweep what another one started. */
export const RUN_ID = `test-${process.pid}`;

let lastFence = 0;

/** An attempt to run, with a fence of its own. */
export const attemptRequest = (
  spec: Partial<TaskSpec>,
  changes: Partial<AttemptRequest> = {},
): AttemptRequest => ({
  spec: taskSpec(spec),
  agentType: agentType(),
  attempt: 1,
  fence: ++lastFence,
  ...changes,
});

export interface ProcessCall {
  readonly spec?: Partial<TaskSpec>;
  readonly request?: Partial<AttemptRequest>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly root?: string;
}

export interface StartedProcess {
  readonly running: RunningAttempt;
  readonly record: AttemptRecord;
  readonly root: string;
  readonly stateDir: string;
}

const unended: StartedProcess[] = [];
const executors: ProcessExecutor[] = [];

// A test that failed half-way must not leave its processes to the next one.
afterEach(async () => {
  for (const {running, record} of unended.splice(0)) {
    if (record.exit !== null) continue;
    running.kill();
    await record.death;
  }
  for (const executor of executors.splice(0)) executor.close();
});

/** The process executor in a folder, with the environment and the time of this machine unless told otherwise. */
export const processExecutor = (
  root: string,
  {
    environment = process.env,
    clock = systemClock,
    redactor = NO_SECRETS,
  }: Partial<Pick<ProcessExecutorOptions, 'environment' | 'clock' | 'redactor'>> = {},
): ProcessExecutor => {
  const executor = new ProcessExecutor({
    repository: null,
    root,
    stateDir: path.join(root, '.disjoint'),
    runId: RUN_ID,
    environment,
    clock,
    redactor,
  });
  executors.push(executor);
  return executor;
};

/** Starts one attempt with the process executor, in an empty folder unless told otherwise. */
export const startProcess = ({
  spec = {},
  request = {},
  environment = process.env,
  root = temporaryFolder(),
}: ProcessCall): StartedProcess => {
  const stateDir = path.join(root, '.disjoint');
  const executor = processExecutor(root, {environment});
  const record = new AttemptRecord();
  const running = executor.start(attemptRequest(spec, request), record);
  const started = {running, record, root, stateDir};
  unended.push(started);
  return started;
};

/** The work of a task that runs this program. */
export const command = (...argv: readonly string[]): Pick<TaskSpec, 'work'> => ({
  work: {kind: 'command', argv, prompt: 'argument'},
});

/** The work of a task that runs a shell script. */
export const script = (text: string): Pick<TaskSpec, 'work'> => command('sh', '-c', text);

/** The work of a task that runs a Node program. */
export const nodeProgram = (text: string, ...args: readonly string[]): Pick<TaskSpec, 'work'> =>
  command(realpathSync(process.execPath), '-e', text, '--', ...args);
