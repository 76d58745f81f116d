import {afterEach, beforeEach, expect} from 'vitest';
import {DisjointError, type Orchestrator, type TaskOptions} from '../../src/index.ts';

/** A caller without types may give anything. */
// oxlint-disable-next-line typescript/no-explicit-any -- that is the point.
export const anything = (value: unknown): any => value;

export const circular: Record<string, unknown> = {};
circular['self'] = circular;
/** Cannot be put into words: it has no `toString`. */
export const noText: unknown = Object.create(null);
/** A task that is right but for this. */
export const task = (wrong: Record<string, unknown>): TaskOptions =>
  anything({agentType: 'dev', files: ['a.txt'], run: () => 'ran', ...wrong});

/** Fails unless it is an error with a code and words for what to do next. */
export const expectTyped = (error: unknown, code: string): void => {
  expect(error).toBeInstanceOf(DisjointError);
  expect(error).toMatchObject({code});
  expect(error instanceof DisjointError ? error.hint : '').not.toBe('');
};

/** Fails unless it still accepts and runs tasks, and knows of none that hangs. */
export const expectAlive = async (orchestrator: Orchestrator): Promise<void> => {
  await expect(orchestrator.submit(task({agentType: 'ops'})).result).resolves.toBe('ran');
  await orchestrator.idle();
  expect(orchestrator.status()).toMatchObject({mode: 'running', runningAgents: [], queuedTasks: 0});
};

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

/** Fails each test of a file that leaves a rejection to nobody: in a program of a user that would be its end. */
export const expectNothingUnhandled = (): void => {
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(async () => {
    // Told after the microtasks of the turn in which it was left alone.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
};
