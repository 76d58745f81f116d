import {afterEach} from 'vitest';
import type {InspectionEvent} from 'xstate';
import type {DisjointEvent, Orchestrator, OrchestratorOptions} from '../../src/index.ts';
import {ScriptedExecutor, type ScriptedExecutorOptions, SimulatedClock} from '../../src/testing/index.ts';
import {HeldStore} from './held-store.ts';
import {recordEvents, startOrchestrator} from './orchestrators.ts';

/**
 * Lets everything go on that waits for nothing but a promise. Nothing here waits for the real clock. Some turns, because
 * the commit loop lets others in when it has been busy for a while.
 */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Writes down what the orchestrator logs. */
export class LogRecord {
  readonly lines: {readonly level: string; readonly fields: object; readonly message: string}[] = [];
  readonly debug = (): void => {};
  readonly info = (fields: object, message: string): void => this.#add('info', fields, message);
  readonly warn = (fields: object, message: string): void => this.#add('warn', fields, message);
  readonly error = (fields: object, message: string): void => this.#add('error', fields, message);

  get messages(): readonly string[] {
    return this.lines.map(({message}) => message);
  }

  #add(level: string, fields: object, message: string): void {
    this.lines.push({level, fields, message});
  }
}

export interface ScriptedRunOptions extends Omit<ScriptedExecutorOptions, 'clock'> {
  readonly orchestrator?: Partial<OrchestratorOptions>;
}

/** An orchestrator in which nothing happens by itself: time, attempts and the store are in the hands of the test. */
export interface ScriptedRun {
  readonly orchestrator: Orchestrator;
  readonly clock: SimulatedClock;
  readonly executor: ScriptedExecutor;
  readonly store: HeldStore;
  readonly log: LogRecord;
  /** Everything that was told since the start. */
  readonly events: readonly DisjointEvent[];
  /** The inspection events since the start, with those of the spawned agents. */
  readonly inspected: readonly InspectionEvent[];
}

const runs: ScriptedRun[] = [];

// An attempt may ignore everything it is told, and nobody moves the clock: what lives is ended here.
afterEach(async () => {
  for (const {orchestrator, executor, store} of runs.splice(0)) {
    store.release();
    const down = orchestrator.shutdown({mode: 'now', graceMs: 0});
    for (;;) {
      for (const attempt of executor.live) attempt.end({kind: 'signalled', signal: 'SIGKILL'});
      if (await Promise.race([down.then(() => true), settled().then(() => false)])) break;
    }
  }
});

export const LADDER = {askMs: 10, graceMs: 100, sweepMs: 1_000};

export const scriptedRun = async ({
  orchestrator: options = {},
  ...scripts
}: ScriptedRunOptions = {}): Promise<ScriptedRun> => {
  const clock = options.clock instanceof SimulatedClock ? options.clock : new SimulatedClock(1_000);
  const executor = new ScriptedExecutor({clock, ...scripts});
  const store = new HeldStore();
  const log = new LogRecord();
  const inspected: InspectionEvent[] = [];
  const work = {command: ['never run'], stop: LADDER};
  const orchestrator = await startOrchestrator({
    agents: {dev: work, ops: work, reader: {...work, readOnly: true}},
    clock,
    executor,
    store,
    logger: log,
    inspect: (event) => void inspected.push(event),
    ...options,
  });
  const run = {orchestrator, clock, executor, store, log, events: recordEvents(orchestrator), inspected};
  runs.push(run);
  return run;
};
