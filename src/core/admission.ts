import {type AgentId, agentIds} from './agent-type.ts';
import type {Blocker} from './blocker.ts';
import {describeMeeting} from './claim/explain.ts';
import {type Collision, firstCollision} from './lock-table.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskSpec} from './task.ts';

/** The first agent of the task's type that holds nothing. `null` if all are busy or quarantined. */
export const idleAgent = (state: CoordinatorState, spec: TaskSpec): AgentId | null => {
  const type = state.settings.agentTypes.get(spec.agentType);
  if (type === undefined) return null;
  return agentIds(type).find((agentId) => state.lockTable.holderOf(agentId) === undefined) ?? null;
};

/** Would the two tasks keep each other from running at the same time? */
export const conflict = (a: TaskSpec, b: TaskSpec): boolean =>
  a.agentType === b.agentType || firstCollision(a, b) !== null;

/** May the task start now, as far as running tasks and the limit go? The agent that would take it, or `null`. */
export const admit = (state: CoordinatorState, spec: TaskSpec): AgentId | null => {
  if (state.lockTable.running >= state.maxParallel) return null;
  const agentId = idleAgent(state, spec);
  return agentId === null || state.lockTable.collides(spec) ? null : agentId;
};

/** The claims in the way, for people. */
export const blockersFor = (collisions: readonly Collision[]): readonly Blocker[] =>
  collisions.map(({claim, holder, holderClaim}) => ({
    kind: 'file',
    claim: claim.raw,
    holder: holder.taskId,
    holderClaim: holderClaim.raw,
    why: describeMeeting(claim, holderClaim),
    quarantined: holder.quarantined,
  }));

/** Everything that keeps a queued task from starting, apart from reservations of tasks before it. */
export const admissionBlockers = (state: CoordinatorState, spec: TaskSpec): readonly Blocker[] => {
  const blockers: Blocker[] = [...blockersFor(state.lockTable.collisions(spec))];
  if (idleAgent(state, spec) === null) {
    const holders = state.lockTable
      .holds()
      .filter((hold) => hold.agentId === spec.agentType || hold.agentId.startsWith(`${spec.agentType}#`));
    blockers.push({
      kind: 'agent-type',
      agentType: spec.agentType,
      holders: holders.map((hold) => hold.taskId),
      quarantined: holders.length > 0 && holders.every((hold) => hold.quarantined),
    });
  }
  const {running} = state.lockTable;
  if (running >= state.maxParallel) blockers.push({kind: 'limit', running, maxParallel: state.maxParallel});
  return blockers;
};
