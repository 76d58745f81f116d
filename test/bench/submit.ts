import {createOrchestrator} from '../../dist/src/index.js';

export interface SubmitCost {
  readonly tasks: number;
  /** Microseconds per task until all are accepted, one `submit` each. */
  readonly singleUs: number;
  /** The same with one `submitMany`. */
  readonly batchUs: number;
}

const measure = async (tasks: number, isBatch: boolean): Promise<number> => {
  const orchestrator = await createOrchestrator({agents: {a: {}}});
  await orchestrator.pause();
  const options = Array.from({length: tasks}, (_, i) => ({
    agentType: 'a',
    files: [`src/f${i}.ts`],
    run: () => {},
  }));
  const startedAt = performance.now();
  const handles = isBatch
    ? orchestrator.submitMany(options)
    : options.map((option) => orchestrator.submit(option));
  await Promise.all(handles.map((handle) => handle.accepted));
  const us = ((performance.now() - startedAt) * 1_000) / tasks;
  await orchestrator.shutdown({mode: 'now'});
  return us;
};

/** What it costs to hand in tasks that differ in their files, with the plain queue. */
export const submitCost = async (tasks: number): Promise<SubmitCost> => ({
  tasks,
  singleUs: await measure(tasks, false),
  batchUs: await measure(tasks, true),
});
