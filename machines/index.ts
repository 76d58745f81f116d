export type {
  AgentContext,
  AgentEvent,
  AgentInput,
  AttemptCommand,
  AttemptInput,
  AttemptSignal,
} from './agent.events.ts';
export {agentDeadline, agentMachine} from './agent.machine.ts';
export {
  agentActorId,
  type CoordinatorContext,
  type CoordinatorEvent,
  type CoordinatorInput,
  coordinatorMachine,
  type Decided,
  type Shutdown,
} from './coordinator.machine.ts';
export {type CoordinatorInputOptions, makeCoordinatorInput} from './coordinator-input.ts';
