import {type AgentId, agentIds} from './agent-type.ts';
import type {Blocker, Holder} from './blocker.ts';
import {answerOverlap, describeMeeting} from './claim/explain.ts';
import {type Collision, firstCollision, type Hold} from './lock-table.ts';
import type {Needs} from './queue/queued-task.ts';
import {hasSlot, slotLimit} from './slots.ts';
import type {CoordinatorState} from './state.ts';
import {hasTags, tagBlocks} from './tags.ts';
import type {TaskSpec} from './task.ts';

/** How much is told of the claims that meet: what is cheap enough for every event, or all that `why` lists. */
export interface PairDetail {
  readonly pairsMax: number;
  /** Looks for a path that both claims of a pair cover. */
  readonly examples: boolean;
}

/** For events and the status, which tell of many tasks. */
export const FIRST_PAIR: PairDetail = {pairsMax: 1, examples: false};
export const ALL_PAIRS: PairDetail = {pairsMax: 100, examples: true};

/** The first agent of the task's type that holds nothing. `null` if all are busy or quarantined. */
export const idleAgent = (state: CoordinatorState, spec: Pick<TaskSpec, 'agentType'>): AgentId | null => {
  const type = state.settings.agentTypes.get(spec.agentType);
  if (type === undefined) return null;
  return agentIds(type).find((agentId) => state.lockTable.holderOf(agentId) === undefined) ?? null;
};

/** Would the two tasks keep each other from running at the same time? */
export const conflict = (a: TaskSpec, b: TaskSpec): boolean =>
  a.agentType === b.agentType || firstCollision(a, b) !== null;

/** May the task start now, as far as running tasks go? The agent that would take it, or `null`. */
export const admitWithoutLimit = (state: CoordinatorState, spec: Needs): AgentId | null => {
  const agentId = idleAgent(state, spec);
  const mayStart = agentId !== null && hasTags(state, spec.agentType) && !state.lockTable.collides(spec);
  return mayStart ? agentId : null;
};

/** The same as far as running tasks, the limit and the use of the machine go. */
export const admit = (state: CoordinatorState, spec: TaskSpec): AgentId | null =>
  hasSlot(state) ? admitWithoutLimit(state, spec) : null;

/** Who has this hold, and since when. */
const holderOf = (state: CoordinatorState, {taskId, agentId, fence, quarantined}: Hold): Holder => {
  const current = state.tasks.get(taskId)?.state;
  // The task of a quarantined attempt has ended.
  const heldSince =
    current === undefined
      ? 0
      : 'fence' in current && current.fence === fence
        ? current.dispatchedAt
        : 'endedAt' in current
          ? current.endedAt
          : 0;
  return {taskId, agentId, heldSince, quarantined};
};

/** The claims in the way, for people. */
export const fileBlockers = (
  state: CoordinatorState,
  collisions: readonly Collision[],
  {examples}: PairDetail,
): readonly Blocker[] =>
  collisions.map(({holder, pairs, morePairs}) => {
    const {taskId, ...held} = holderOf(state, holder);
    return {
      kind: 'file',
      holder: taskId,
      ...held,
      pairs: pairs.map(([claim, holderClaim]) => ({
        claim: claim.raw,
        holderClaim: holderClaim.raw,
        example: examples ? answerOverlap(claim, holderClaim).example : null,
        why: describeMeeting(claim, holderClaim),
      })),
      morePairs,
    };
  });

/** The holds of all agents of the task's type. */
const holdsOfType = (state: CoordinatorState, spec: TaskSpec): readonly Hold[] => {
  const type = state.settings.agentTypes.get(spec.agentType);
  return (type === undefined ? [] : agentIds(type)).flatMap((agentId) => {
    const hold = state.lockTable.holderOf(agentId);
    return hold === undefined ? [] : [hold];
  });
};

/** Everything that keeps a task from starting, apart from the mode and from reservations of tasks before it. */
export const admissionBlockers = (
  state: CoordinatorState,
  spec: TaskSpec,
  detail: PairDetail,
): readonly Blocker[] => {
  const collisions = state.lockTable.collisions(spec, detail.pairsMax);
  const blockers: Blocker[] = [...fileBlockers(state, collisions, detail)];
  if (idleAgent(state, spec) === null) {
    const holds = holdsOfType(state, spec).toSorted((a, b) => a.fence - b.fence);
    blockers.push({
      kind: 'agent-type',
      agentType: spec.agentType,
      holders: holds.map((hold) => holderOf(state, hold)),
      quarantined: holds.length > 0 && holds.every((hold) => hold.quarantined),
    });
  }
  for (const block of tagBlocks(state, spec.agentType)) {
    if (block.kind === 'tag-paused') blockers.push(block);
    else {
      const {kind, tag, limit, holds} = block;
      blockers.push({kind, tag, limit, holders: holds.map((hold) => holderOf(state, hold))});
    }
  }
  const {running} = state.lockTable;
  if (running >= state.maxParallel) blockers.push({kind: 'limit', running, maxParallel: state.maxParallel});
  else if (!hasSlot(state) && state.gate.because !== null) {
    blockers.push({kind: 'resources', running, allowed: slotLimit(state), figure: state.gate.because});
  }
  return blockers;
};
