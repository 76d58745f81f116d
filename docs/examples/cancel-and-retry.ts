// What fails is tried again if you say so; what is no longer wanted is taken back; what depends on it is skipped.
// oxlint-disable no-console -- an example shows what it does.
import {once} from 'node:events';
import {createOrchestrator, DisjointError} from 'disjoint';

const orchestrator = await createOrchestrator({agents: {developer: {}, tester: {}}});

const flaky = orchestrator.submit({
  agentType: 'developer',
  files: ['src/'],
  retry: {maxAttempts: 3, backoffMs: 50},
  run: ({attempt}) => {
    if (attempt < 3) throw new Error(`attempt ${attempt} found the network down`);
    return `worked at attempt ${attempt}`;
  },
});
console.log(await flaky.result);

const endless = orchestrator.submit({
  id: 'endless',
  agentType: 'tester',
  files: ['tests/'],
  // A function cannot be killed, only asked: pass the signal on to whatever takes long.
  run: ({signal}) => once(signal, 'abort'),
});
const after = orchestrator.submit({
  id: 'after',
  agentType: 'developer',
  files: ['src/'],
  dependsOn: [endless],
  run: () => 'never',
});
await endless.accepted;
await endless.cancel('it took too long');
for (const task of [endless, after]) {
  const error: unknown = await task.result.catch((reason: unknown) => reason);
  if (error instanceof DisjointError) console.log(`${error.code}: ${error.message} (${error.hint})`);
}
await orchestrator.shutdown();
