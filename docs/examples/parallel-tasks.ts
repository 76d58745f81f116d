// Functions as tasks: what shares an agent or a file takes turns, everything else runs at once.
// oxlint-disable no-console -- an example shows what it does.
import {setTimeout as sleep} from 'node:timers/promises';
import {createOrchestrator, type TaskFunction} from 'disjoint';

const orchestrator = await createOrchestrator({
  maxParallel: 4,
  agents: {code_developer: {}, project_manager: {}, architect: {}},
});

const work: TaskFunction = async ({taskId, signal}) => {
  console.log(`${taskId} starts`);
  await sleep(200, undefined, {signal});
  return `${taskId} is done`;
};

const tasks = orchestrator.submitMany([
  {id: 'code', agentType: 'code_developer', files: ['src/'], run: work},
  {id: 'roadmap', agentType: 'project_manager', files: ['docs/'], run: work},
  // The same agent as "code", and a file inside a folder that "code" writes: it has to wait.
  {id: 'fix', agentType: 'code_developer', files: ['src/auth.ts'], run: work},
  // Another agent, but a file inside the folder of "roadmap".
  {id: 'review', agentType: 'architect', files: ['docs/review.md'], run: work},
]);

await Promise.all(tasks.map((task) => task.accepted));
console.log(orchestrator.why('review')?.text);
for (const task of tasks) console.log(await task.result);

const {tasks: outcome, maxConcurrent, speedup} = orchestrator.summary();
console.log(`${outcome.succeeded} tasks, at most ${maxConcurrent} at once, ${speedup} times as fast`);
await orchestrator.shutdown();
