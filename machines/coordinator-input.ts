import {type AgentOptions, resolveAgentTypes} from '../src/core/agent-options.ts';
import {agentIds} from '../src/core/agent-type.ts';
import {describeRefusal} from '../src/core/refusals.ts';
import {
  DEFAULT_MAX_PARALLEL,
  DEFAULT_SETTINGS,
  isMaxParallel,
  MAX_PARALLEL_LIMIT,
} from '../src/core/settings.ts';
import {initialState} from '../src/core/state.ts';
import type {CoordinatorInput} from './coordinator.machine.ts';

export interface CoordinatorInputOptions {
  /** The agent types by name. Presets are known to the executors alone, so there is no `use`. */
  readonly agents: Readonly<Record<string, Omit<AgentOptions, 'use' | 'args'>>>;
  /** How many tasks may run at once, 1 to 256. Default 4. */
  readonly maxParallel?: number;
}

/**
 * What `coordinatorMachine` is started with: nothing submitted yet, all agents idle. Claims are taken by their texts.
 *
 * @throws Error what is wrong with an agent type or the limit.
 */
export const makeCoordinatorInput = ({
  agents,
  maxParallel = DEFAULT_MAX_PARALLEL,
}: CoordinatorInputOptions): CoordinatorInput => {
  if (!isMaxParallel(maxParallel))
    throw new Error(`maxParallel must be an integer, 1..${MAX_PARALLEL_LIMIT}`);
  const resolved = resolveAgentTypes(new Map(Object.entries(agents)), {root: null, presets: []});
  if (!resolved.ok) {
    const {code, message, hint} = describeRefusal(resolved.failure);
    throw new Error(`${code}: ${message}; ${hint}`);
  }
  const core = initialState({...DEFAULT_SETTINGS, agentTypes: resolved.value}, maxParallel);
  return {core, agentIds: [...resolved.value.values()].flatMap(agentIds)};
};
