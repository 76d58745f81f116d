import {conflict} from './admission.ts';
import {type AgentTypeName, agentIds} from './agent-type.ts';
import type {Blocker, Reserves} from './blocker.ts';
import {isBefore, type Place} from './place.ts';
import type {Needs, QueueEntry} from './queue/queued-task.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskId, TaskSpec} from './task.ts';

/** What a task waits for that may never end: files and agents that are held by something quarantined. */
export interface Quarantine {
  readonly holders: readonly TaskId[];
  /** The type of the task, if all its agents are. */
  readonly agentType: AgentTypeName | null;
}

/** A queued task that was overtaken as often as is allowed. */
export interface Overtaken {
  readonly spec: TaskSpec;
  readonly place: Place;
  readonly because: Reserves;
  /**
   * While it waits for one of these it reserves nothing. Keeping others back for it would only make them wait for ever
   * as well.
   */
  readonly quarantine: Quarantine | null;
}

/** What of the things in the task's way is quarantined; `null` if nothing is. */
export const quarantineBefore = (state: CoordinatorState, spec: Needs): Quarantine | null => {
  const {lockTable, settings} = state;
  if (lockTable.size === lockTable.running) return null;
  const holders = lockTable
    .collisions(spec, 0)
    .flatMap(({holder}) => (holder.quarantined ? [holder.taskId] : []));
  const type = settings.agentTypes.get(spec.agentType);
  const isTypeHeld =
    type !== undefined &&
    agentIds(type).every((agentId) => lockTable.holderOf(agentId)?.quarantined === true);
  return holders.length === 0 && !isTypeHeld
    ? null
    : {holders, agentType: isTypeHeld ? spec.agentType : null};
};

export const whyReserves = (
  {settings, tasks}: CoordinatorState,
  {taskId, overtakes}: QueueEntry,
): Reserves => {
  if (settings.policy === 'ordered') return {kind: 'first'};
  return tasks.get(taskId)?.isPromoted === true ? {kind: 'promoted'} : {kind: 'overtaken', overtakes};
};

/** All queued tasks that were overtaken as often as is allowed, in scheduling order. One look at the queue. */
export const overtakenIn = (state: CoordinatorState): readonly Overtaken[] =>
  state.queue.reserving().map((place) => {
    const record = state.tasks.get(place.taskId);
    if (record === undefined) throw new Error(`Internal error: ${place.taskId} is queued but not known`);
    const {spec} = record;
    return {spec, place, because: whyReserves(state, place), quarantine: quarantineBefore(state, spec)};
  });

/** Those of them whose turn is before this place. */
export const aheadOf = (overtaken: readonly Overtaken[], place: Place): readonly Overtaken[] =>
  overtaken.filter((one) => isBefore(one.place, place));

/** Would it still be held up by something quarantined if these blockers were gone? */
const staysHeldUp = ({quarantine}: Overtaken, gone: readonly Blocker[]): boolean => {
  if (quarantine === null) return false;
  const isGone = gone.some((one) => one.kind === 'agent-type' && one.agentType === quarantine.agentType);
  return (
    (quarantine.agentType !== null && !isGone) ||
    quarantine.holders.some((holder) => !gone.some((one) => one.kind === 'file' && one.holder === holder))
  );
};

/**
 * The reservations in a task's way, by tasks before it. Among them are those that begin once `others` are gone, which are
 * in its way as well: by tasks that wait for the same quarantined attempt.
 */
export const reservationBlockers = (
  spec: TaskSpec,
  ahead: readonly Overtaken[],
  others: readonly Blocker[],
): readonly Blocker[] =>
  ahead
    .filter((one) => !staysHeldUp(one, others) && conflict(one.spec, spec))
    .map(({spec: {id}, because}) => ({kind: 'reservation', taskId: id, because}));
