import type {AgentType} from './agent-type.ts';
import type {Claim} from './claim/claim.ts';
import {sensitivePath} from './claim/sensitive.ts';
import {checkOwnership} from './ownership.ts';
import type {Refusal} from './refusals.ts';
import type {TaskId} from './task.ts';

/** A task, and who does it. */
export interface Writer {
  readonly taskId: TaskId;
  readonly type: AgentType;
  readonly sensitive: boolean;
}

/**
 * Why a task may not write what it claims: it is sensitive and the task does not say so, or it is not its agent type's
 * to write. `null` if it may. What comes along with its claims is not asked about.
 */
export const refuseWrites = (
  {taskId, type, sensitive}: Writer,
  writes: readonly Claim[],
  agentTypes: readonly AgentType[],
): Refusal | null => {
  const declared = writes.filter(({companionOf}) => companionOf === null);
  for (const claim of sensitive ? [] : declared) {
    const found = sensitivePath(claim);
    if (found !== null) return {code: 'E_SENSITIVE', taskId, path: claim.raw, sensitive: found};
  }
  const answer = checkOwnership(type, declared, agentTypes);
  if (answer.allowed) return null;
  const {claim, owner, inPart} = answer;
  return {code: 'E_OWNERSHIP', taskId, agentType: type.name, path: claim.raw, owner, inPart};
};
