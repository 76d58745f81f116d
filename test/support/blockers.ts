import type {Blocker, Holder} from '../../src/core/blocker.ts';

type FileBlocker = Extract<Blocker, {kind: 'file'}>;
type AgentBlocker = Extract<Blocker, {kind: 'agent-type'}>;

/** `holder` holds a file with one pair of claims, or as the changes say. */
export const fileBlocker = (
  holder: string,
  claim: string,
  holderClaim: string = claim,
  changes: Partial<FileBlocker> = {},
): FileBlocker => ({
  kind: 'file',
  holder,
  agentId: 'dev',
  heldSince: 0,
  quarantined: false,
  pairs: [{claim, holderClaim, example: null, why: null}],
  morePairs: 0,
  ...changes,
});

export const holderOf = (taskId: string, agentId: string, heldSince = 0): Holder => ({
  taskId,
  agentId,
  heldSince,
  quarantined: false,
});

/** All agents of the type are held by these tasks. */
export const agentBlocker = (
  agentType: string,
  taskIds: readonly string[],
  changes: Partial<AgentBlocker> = {},
): AgentBlocker => ({
  kind: 'agent-type',
  agentType,
  holders: taskIds.map((taskId) => holderOf(taskId, agentType)),
  quarantined: false,
  ...changes,
});
