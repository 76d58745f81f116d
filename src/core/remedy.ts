import type {Blocker} from './blocker.ts';
import {afterSuccessOf, blockersIn} from './blockers.ts';
import type {Claim} from './claim/claim.ts';
import {companionsOf} from './claim/companions.ts';
import type {LookUp} from './claim/look.ts';
import {type ClaimSets, firstCollision} from './lock-table.ts';
import {aheadOf, overtakenIn} from './reservation.ts';
import {parseOptions} from './settings.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskId, TaskRecord} from './task.ts';
import {placeOf} from './task-place.ts';

/** A claim that a task could do without. */
export interface DroppedClaim {
  /** As its author wrote it. */
  readonly claim: string;
  readonly access: 'write' | 'read';
}

/** What would let a task start now. */
export interface Remedy {
  /**
   * The smallest set of its claims without which nothing would be in its way. `null` if there is none: something else
   * is in its way as well, or it would have nothing left to write.
   */
  readonly withoutClaims: readonly DroppedClaim[] | null;
  /**
   * The fewest tasks whose end would let it start. Which of several agents of its type, and whose slot it gets, is a
   * choice. `null` if no end of a task would be enough: the coordinator is paused, or its back-off has to pass.
   */
  readonly afterTasks: readonly TaskId[] | null;
}

/** The disk as the claims of a task show it: their files are there, and the folders around them. */
const lookedAt =
  (claims: readonly Claim[]): LookUp =>
  (path) => ({
    kind: 'inside',
    segments: path.split('/'),
    ids: [],
    links: [],
    exists: claims.some(({text}) => text === path || text.startsWith(`${path}/`)),
    isDirectory: false,
  });

/** The claims that have to go so that none collides: those that do, and those that bring along one that does. */
const claimsToDrop = (
  state: CoordinatorState,
  {writes, reads}: ClaimSets,
  collides: (sets: ClaimSets) => boolean,
): readonly DroppedClaim[] | null => {
  const colliding = new Set(
    writes.filter((claim) => collides({writes: [claim], reads: []})).map(({text}) => text),
  );
  const options = parseOptions(state.settings, lookedAt(writes));
  const bringsOne = (claim: Claim): boolean =>
    companionsOf(claim, state.settings.companions, options).some(({text}) => colliding.has(text)) ||
    writes.some(({text, companionOf}) => companionOf === claim.raw && colliding.has(text));
  const declared = writes.filter(({companionOf}) => companionOf === null);
  const dropped = declared.filter(
    (claim) => colliding.has(claim.text) || (colliding.size > 0 && bringsOne(claim)),
  );
  // A task that writes must say what: without any claim it would be refused.
  if (dropped.length > 0 && dropped.length === declared.length) return null;
  const unread = reads.filter((claim) => collides({writes: [], reads: [claim]}));
  return [
    ...dropped.map(({raw}) => ({claim: raw, access: 'write' as const})),
    ...unread.map(({raw}) => ({claim: raw, access: 'read' as const})),
  ];
};

const withoutClaims = (
  state: CoordinatorState,
  record: TaskRecord,
  blockers: readonly Blocker[],
): Remedy['withoutClaims'] => {
  if (blockers.some(({kind}) => kind !== 'file' && kind !== 'reservation')) return null;
  const {spec} = record;
  const reserving = aheadOf(overtakenIn(state), placeOf(state, record)).filter(
    ({quarantine}) => quarantine === null,
  );
  if (reserving.some((ahead) => ahead.spec.agentType === spec.agentType)) return null;
  return claimsToDrop(
    state,
    spec,
    (sets) =>
      state.lockTable.collides(sets) || reserving.some((ahead) => firstCollision(sets, ahead.spec) !== null),
  );
};

/** The tasks that have to end in any case, as far as these blockers go. */
const needed = (blockers: readonly Blocker[]): readonly TaskId[] =>
  blockers.flatMap((blocker) => {
    switch (blocker.kind) {
      case 'file':
        return [blocker.holder];
      case 'dependency':
      case 'reservation':
        return [blocker.taskId];
      case 'agent-type':
      case 'tag':
      case 'tag-paused':
      case 'limit':
      case 'resources':
      case 'mode':
      case 'back-off':
        return [];
    }
  });

/** Where several would do, the end of one: of an agent of the type, with its slot if possible, or of any that runs. */
const chosen = (state: CoordinatorState, blockers: readonly Blocker[]): TaskId | undefined => {
  for (const blocker of blockers) {
    if (blocker.kind === 'agent-type' || blocker.kind === 'tag') {
      return (blocker.holders.find(({quarantined}) => !quarantined) ?? blocker.holders[0])?.taskId;
    }
  }
  return state.lockTable.holds().find(({quarantined}) => !quarantined)?.taskId;
};

/** No end of a task takes these away. */
const ONLY_TIME_HELPS: ReadonlySet<Blocker['kind']> = new Set(['mode', 'back-off', 'tag-paused']);

const afterTasks = (state: CoordinatorState, record: TaskRecord): Remedy['afterTasks'] => {
  const ended: TaskId[] = [];
  let then = state;
  // Each round names at least one more task, out of those that run, reserve or are depended on.
  for (;;) {
    const blockers = blockersIn(then)(record);
    if (blockers.length === 0) return ended;
    if (blockers.some(({kind}) => ONLY_TIME_HELPS.has(kind))) return null;
    const inAnyCase = [...new Set(needed(blockers))];
    const one = inAnyCase.length > 0 ? undefined : chosen(then, blockers);
    const next = one === undefined ? inAnyCase : [one];
    if (next.length === 0) return null;
    ended.push(...next);
    then = afterSuccessOf(then, next);
  }
};

/** What would let the task start now, given all that is in its way. */
export const remedyFor = (
  state: CoordinatorState,
  record: TaskRecord,
  blockers: readonly Blocker[],
): Remedy => ({
  withoutClaims: withoutClaims(state, record, blockers),
  afterTasks: afterTasks(state, record),
});
