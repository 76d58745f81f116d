import {type AgentProgram, findAgentPrograms} from '../api/surroundings.ts';
import {holdSignals} from './held-signals.ts';

/**
 * The agent CLIs of this machine; `null` if a signal came while they were asked for their versions. They may be deaf to
 * it: without this they would outlive us.
 */
export const askAgentPrograms = async (
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly AgentProgram[] | null> => {
  const heldSignals = holdSignals();
  try {
    const programs = await findAgentPrograms(environment, heldSignals.signal);
    return heldSignals.interrupted ? null : programs;
  } finally {
    heldSignals.dispose();
  }
};
