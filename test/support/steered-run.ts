import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach} from 'vitest';
import {AttemptHistory} from '../../src/api/attempt-history.ts';
import type {Orchestrator} from '../../src/api/orchestrator.ts';
import {Project} from '../../src/api/project.ts';
import {SteeredRun} from '../../src/api/steered-run.ts';
import type {Store} from '../../src/ports/store.ts';
import {systemClock} from '../../src/runtime/system-clock.ts';
import {MemoryStore} from '../../src/store/memory-store.ts';
import {SHELL_CONFIG} from './cli.ts';
import {temporaryFolder} from './temporary-folder.ts';

export interface Steered {
  readonly root: string;
  readonly run: SteeredRun;
  readonly orchestrator: Orchestrator;
}

const started: Orchestrator[] = [];

afterEach(async () => {
  for (const orchestrator of started.splice(0)) await orchestrator.shutdown({mode: 'now', graceMs: 0});
});

export interface SteeredOptions {
  readonly config?: string;
  readonly store?: Store;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A run in a folder of its own, as `disjoint serve` has it, but for the socket. */
export const steeredRun = async (options: SteeredOptions = {}): Promise<Steered> => {
  const {config = SHELL_CONFIG, store = new MemoryStore(), environment = process.env} = options;
  const root = temporaryFolder();
  const configFile = path.join(root, 'disjoint.yaml');
  writeFileSync(configFile, config);
  const project = await Project.open({root, configFile});
  const orchestrator = await project.composeOrchestrator({store, runId: 'RUN', environment});
  started.push(orchestrator);
  const history = new AttemptHistory(path.join(root, '.disjoint'), () => 'RUN');
  const run = new SteeredRun({
    orchestrator,
    project,
    store,
    history,
    command: 'serve',
    runId: 'RUN',
    startedAt: Date.now(),
    environment,
    now: () => systemClock.now(),
  });
  await orchestrator.begin();
  return {root, run, orchestrator};
};
