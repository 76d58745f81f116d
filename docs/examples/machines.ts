// The coordinator by itself: it decides, and nothing behind it acts. For tests, drawings and what-if questions.
// oxlint-disable no-console -- an example shows what it does.
import {coordinatorMachine, makeCoordinatorInput} from 'disjoint/machines';
import {createActor} from 'xstate';

const input = makeCoordinatorInput({agents: {developer: {}, architect: {}}, maxParallel: 2});
const coordinator = createActor(coordinatorMachine, {input});

// Each decision is a list of events and of effects: what happened, and what is to be done about it.
coordinator.on('decided', ({events, effects}) => {
  for (const {seq, type} of events) console.log(`#${seq} ${type}`);
  for (const {kind, agentId} of effects) console.log(`to do: ${kind} by ${agentId}`);
});
coordinator.start();

// Time comes with each event: nothing here looks at a clock.
const work = {kind: 'function'} as const;
coordinator.send({type: 'begin', at: 0});
coordinator.send({
  type: 'submit-tasks',
  at: 10,
  submission: 's1',
  tasks: [
    {id: 'build', agentType: 'developer', description: '', files: ['src/'], work},
    {id: 'spec', agentType: 'architect', description: '', files: ['src/api.ts'], work},
  ],
});
const how = {kind: 'returned', value: 'done'} as const;
const exit = {how, durationMs: 30, logPath: null, tail: [], changed: null};
coordinator.send({type: 'report-exited', at: 40, taskId: 'build', fence: 1, exit});

const {core} = coordinator.getSnapshot().context;
console.log(`spec is ${core.tasks.get('spec')?.state.name}`);
coordinator.stop();
