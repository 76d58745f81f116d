import {admissionBlockers, FIRST_PAIR, idleAgent} from './admission.ts';
import type {AgentId} from './agent-type.ts';
import type {Blocker} from './blocker.ts';
import type {Decision} from './decision.ts';
import {AT_THE_START, isBefore, type Place} from './place.ts';
import {type ClassId, headOf, type WaitingClass} from './queue/waiting-class.ts';
import {type WaitsFor, waitsForClaim} from './queue/waits-for.ts';
import {quarantineBefore} from './reservation.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskRecord} from './task.ts';

/** What may happen to the first task of a class. */
type Chance =
  /** Neither it nor any other of its agent type that stands behind this place can start. */
  | {readonly kind: 'type-closed'; readonly behind: Place; readonly reserving: ClassId | null}
  | {readonly kind: 'waits'; readonly waitsFor: WaitsFor}
  /** It can start, and then overtakes the first tasks of these, and maybe more of them. */
  | {readonly kind: 'starts'; readonly agentId: AgentId; readonly overtaken: readonly WaitingClass[]};

/** The claim in its way: if there are several, rather the one that it waited for before. */
const claimInTheWay = ({queue, lockTable}: CoordinatorState, one: WaitingClass): WaitsFor | null => {
  const held = lockTable.findColliding(one.needs, ({access, claim}) =>
    queue.isParkedOn(one, waitsForClaim(access, claim)),
  );
  return held === null ? null : waitsForClaim(held.access, held.claim);
};

const waitsForReservation = ({id}: WaitingClass): Chance => ({
  kind: 'waits',
  waitsFor: {kind: 'reservation', classId: id},
});

const chanceOf = (state: CoordinatorState, one: WaitingClass): Chance => {
  const agentId = idleAgent(state, one.needs);
  if (agentId === null) return {kind: 'type-closed', behind: AT_THE_START, reserving: null};
  const head = headOf(one);
  // What waits for something that may never end holds nobody up, and is passed by without a count.
  const counts = (ahead: WaitingClass): boolean => quarantineBefore(state, ahead.needs) === null;
  const reserves = (ahead: WaitingClass): boolean =>
    ahead.reserving !== null && isBefore(ahead.reserving, head) && counts(ahead);
  for (const first of state.queue.reservingOf(one.needs.agentType)) {
    if (!isBefore(first, head)) break;
    if (!counts(state.queue.classOf(first))) continue;
    return {kind: 'type-closed', behind: first, reserving: first.id};
  }
  const before = state.queue.reservedFor(one);
  if (before !== null && reserves(before)) return waitsForReservation(before);
  const claim = claimInTheWay(state, one);
  if (claim !== null) return {kind: 'waits', waitsFor: claim};
  const ahead = state.queue.passedBefore(one.needs, head, reserves);
  const last = ahead.at(-1);
  return last !== undefined && reserves(last)
    ? waitsForReservation(last)
    : {kind: 'starts', agentId, overtaken: ahead.filter(counts)};
};

const headRecord = (state: CoordinatorState, one: WaitingClass): TaskRecord => {
  const {taskId} = headOf(one);
  const record = state.tasks.get(taskId);
  if (record === undefined) throw new Error(`Internal error: ${taskId} is queued but not known`);
  return record;
};

/** Says once of the first task of a class what is in its way, which can be overtaken from here on. */
const pass = (decision: Decision, one: WaitingClass, reservedBy: ClassId | null): void => {
  decision.know(decision.state.queue.pass(one.id));
  const {state} = decision;
  const {spec} = headRecord(state, one);
  if (one.announced === spec.id) return;
  const reserving = reservedBy === null ? null : state.queue.reservingIn(reservedBy);
  const blockers: readonly Blocker[] =
    reserving === null
      ? admissionBlockers(state, spec, FIRST_PAIR)
      : [{kind: 'reservation', taskId: reserving.taskId}];
  decision.record({type: 'task.blocked', taskId: spec.id, blockers});
};

/** Starts the first task of a class, and says which others reserve from here on. */
const dispatch = (
  decision: Decision,
  one: WaitingClass,
  {agentId, overtaken}: Extract<Chance, {kind: 'starts'}>,
): void => {
  const {spec, state} = headRecord(decision.state, one);
  if (state.name !== 'queued') {
    throw new Error(`Internal error: ${spec.id} is in the queue but ${state.name}`);
  }
  const {attempt} = state;
  const fence = decision.state.fence + 1;
  decision.record({
    type: 'attempt.dispatched',
    taskId: spec.id,
    attempt,
    fence,
    agentId,
    overtaken: overtaken.map((ahead) => headOf(ahead).taskId),
  });
  decision.request({kind: 'start-attempt', agentId, fence, attempt, spec, looked: false});
  for (const ahead of [...overtaken, one]) {
    const reserving = decision.state.queue.reservingIn(ahead.id);
    if (reserving === null || reserving.taskId === ahead.reserving?.taskId) continue;
    const {taskId, overtakes} = reserving;
    decision.record({type: 'task.reserved', taskId, overtakes});
  }
};

/** Is there a free slot, and a task that may be able to take it? */
export const hasMoreToLookAt = ({mode, lockTable, maxParallel, queue}: CoordinatorState): boolean =>
  mode === 'running' && lockTable.running < maxParallel && queue.next() !== null;

/**
 * Starts every queued task that may start, in scheduling order. A blocked task is passed by and later ones may
 * start (work-conserving), but each time one that conflicts with it does, that counts as an overtake of it; a
 * task overtaken `overtakesMax` times reserves: nothing that conflicts with it starts before it.
 *
 * So a task is overtaken at most `overtakesMax` times, and then waits only for conflicting tasks that already
 * run: never without bound, except for a quarantined attempt. A start only ever takes things away from others, so each
 * class of tasks is looked at once, and then waits for one thing that was found in its way.
 *
 * At most `lookahead` tasks that cannot start are looked at. What is left is looked at in the next step, which has to come
 * at once: see `nextWakeMs`.
 */
export const schedule = (decision: Decision): void => {
  let {lookahead} = decision.state.settings;
  while (hasMoreToLookAt(decision.state) && lookahead > 0) {
    const {queue} = decision.state;
    const one = queue.next();
    if (one === null) return;
    const chance = chanceOf(decision.state, one);
    if (chance.kind === 'type-closed') {
      pass(decision, one, chance.reserving);
      decision.know(decision.state.queue.closeType(one.needs.agentType, chance.behind));
      lookahead--;
    } else if (chance.kind === 'waits') {
      pass(decision, one, chance.waitsFor.kind === 'reservation' ? chance.waitsFor.classId : null);
      decision.know(decision.state.queue.park(one.id, chance.waitsFor));
      lookahead--;
    } else if (queue.firstUnpassed(headOf(one)) === null) dispatch(decision, one, chance);
    else {
      // None of their agents is idle or may be taken, so that nobody looked at them. They are about to be overtaken.
      for (; lookahead > 0; lookahead--) {
        const unpassed = decision.state.queue.firstUnpassed(headOf(one));
        if (unpassed === null) break;
        pass(decision, unpassed, null);
      }
    }
  }
};
