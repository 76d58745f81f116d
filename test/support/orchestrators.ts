import {firstValueFrom} from 'rxjs';
import {filter} from 'rxjs/operators';
import {afterEach} from 'vitest';
import {
  createOrchestrator,
  type DisjointEvent,
  type Orchestrator,
  type OrchestratorOptions,
} from '../../src/index.ts';
import {temporaryFolder} from './temporary-folder.ts';

const started: Orchestrator[] = [];

afterEach(async () => {
  for (const orchestrator of started.splice(0)) await orchestrator.shutdown({mode: 'now', graceMs: 0});
});

/** An orchestrator in an empty folder of its own, that is shut down when the test has finished. */
export const startOrchestrator = async (
  options: Partial<OrchestratorOptions> = {},
): Promise<Orchestrator> => {
  const repo = options.repo ?? temporaryFolder();
  const orchestrator = await createOrchestrator({agents: {dev: {}, ops: {}}, ...options, repo});
  started.push(orchestrator);
  return orchestrator;
};

/** Agents that run their description as a shell script, and are not patient when they are to stop. */
export const SHELL = {command: ['sh', '-c', '{prompt}'], stop: {askMs: 200, graceMs: 200, sweepMs: 5_000}};

/** Everything the orchestrator tells from now on. */
export const recordEvents = (orchestrator: Orchestrator): readonly DisjointEvent[] => {
  const events: DisjointEvent[] = [];
  orchestrator.events$.subscribe((event) => events.push(event));
  return events;
};

type EventOf<T extends DisjointEvent['type']> = Extract<DisjointEvent, {type: T}>;

/** The events of one kind among those recorded. */
export const ofType = <T extends DisjointEvent['type']>(
  events: readonly DisjointEvent[],
  type: T,
): readonly EventOf<T>[] => events.filter((event): event is EventOf<T> => event.type === type);

/** The next event of this kind about this task. Ask before it can happen. */
export const nextEvent = <T extends DisjointEvent['type']>(
  orchestrator: Orchestrator,
  type: T,
  taskId?: string,
): Promise<EventOf<T>> =>
  firstValueFrom(
    orchestrator.events$.pipe(
      filter((event): event is EventOf<T> => event.type === type),
      filter((event) => taskId === undefined || ('taskId' in event && event.taskId === taskId)),
    ),
  );

/** Why a promise was rejected; fails if it was not. */
export const rejectionOf = async (promise: Promise<unknown>): Promise<unknown> => {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`it was not rejected but gave ${String(value)}`);
};
