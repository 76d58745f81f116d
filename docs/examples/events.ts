// Two ways to follow a run: push with RxJS, and pull with `for await`.
// oxlint-disable no-console -- an example shows what it does.
import {createOrchestrator, describeWait} from 'disjoint';

const orchestrator = await createOrchestrator({agents: {developer: {}, architect: {}}});

// Push: called for each committed event, in order. Slow work belongs into a loop like the one below.
orchestrator.events$.subscribe((event) => {
  if (event.type === 'task.blocked') console.log(`${event.taskId} is ${describeWait(event.blockers)}`);
  if (event.type === 'attempt.progressed') console.log(`${event.taskId}: ${event.note}`);
});
orchestrator.output$.subscribe(({taskId, text}) => console.log(`${taskId} says: ${text}`));

// Pull: at the reader's own pace. At most 1,000 events are kept for it; if more were dropped, it is told.
const events = orchestrator.events(1_000);

orchestrator.submitMany([
  {
    id: 'build',
    agentType: 'developer',
    files: ['src/'],
    run: ({log, progress}) => {
      progress('half way');
      log('all tests pass');
    },
  },
  {id: 'spec', agentType: 'architect', files: ['src/api.ts'], run: () => 'written'},
]);

let ended = 0;
for await (const event of events) {
  console.log(`#${event.seq} ${event.type}`);
  if (event.type === 'task.succeeded') ended++;
  if (ended === 2) break;
}
console.log(`${events.dropped} events were dropped`);
await orchestrator.shutdown();
