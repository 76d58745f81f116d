import {fileURLToPath} from 'node:url';
import {agentMachine, coordinatorMachine} from '../../machines/index.ts';
import {describeMachine} from './machine-drawing.ts';
import {AGENT_EVENTS, COORDINATOR_EVENTS} from './machine-events.ts';
import {mapMachine} from './machine-map.ts';

/** Where the document is kept. */
export const MACHINES_DOCUMENT = fileURLToPath(new URL('../../docs/internals/machines.md', import.meta.url));

const INTRODUCTION = `# The machines

This page is generated from the definitions in \`machines/\`: do not edit it, run \`npm run machines\`. A test compares
the two.

There are two machines. The **coordinator** says which mode follows which; every decision on tasks is made by the core
(\`decide\` calls its \`step\`), in every state. An **agent** runs one attempt at a time. There is one actor of it per
agent, spawned once, with the \`systemId\` \`agent:<name>\`; it is the only one that talks to the actor of its attempt.

Time comes with the events (\`wake\` among them); no machine asks a clock, and none has a delayed transition.`;

/** What \`docs/internals/machines.md\` has to be. */
export const machinesDocument = (): string =>
  [
    INTRODUCTION,
    describeMachine(mapMachine(coordinatorMachine), COORDINATOR_EVENTS),
    describeMachine(mapMachine(agentMachine), AGENT_EVENTS),
    '',
  ].join('\n\n');
