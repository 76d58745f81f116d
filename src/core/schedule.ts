import {admissionBlockers, FIRST_PAIR, idleAgent} from './admission.ts';
import type {AgentId} from './agent-type.ts';
import type {Blocker} from './blocker.ts';
import type {Decision} from './decision.ts';
import {AT_THE_START, FRONT, isBefore, type Place} from './place.ts';
import {patienceAmong} from './policy.ts';
import type {ClassId} from './queue/queued-task.ts';
import {headOf, type WaitingClass} from './queue/waiting-class.ts';
import {groupOf, type WaitsFor, waitsForClaim} from './queue/waits-for.ts';
import {ranked} from './rank.ts';
import {quarantineBefore, whyReserves} from './reservation.ts';
import {hasSlot} from './slots.ts';
import type {CoordinatorState} from './state.ts';
import {hasTags} from './tags.ts';
import type {TaskRecord} from './task.ts';
import {unreachable} from './unreachable.ts';

/** What may happen to the first task of a class. */
type Chance =
  /** Neither it nor any other of its agent type that stands behind this place can start. */
  | {readonly kind: 'type-closed'; readonly behind: Place; readonly reserving: ClassId | null}
  | {readonly kind: 'waits'; readonly waitsFor: WaitsFor}
  /** It can start, and then overtakes the first tasks of these, and maybe more of them. */
  | {readonly kind: 'starts'; readonly agentId: AgentId; readonly overtaken: readonly WaitingClass[]};

/** The claim in its way: if there are several, rather the one that it waited for before. */
const claimInTheWay = ({lockTable}: CoordinatorState, one: WaitingClass): WaitsFor | null => {
  const known = groupOf(one.waitsFor);
  const held = lockTable.findColliding(
    one.needs,
    ({access, claim}) => groupOf(waitsForClaim(access, claim)) === known,
  );
  return held === null ? null : waitsForClaim(held.access, held.claim);
};

const waitsForReservation = ({id}: WaitingClass): Chance => ({
  kind: 'waits',
  waitsFor: {kind: 'reservation', classId: id},
});

const chanceOf = (state: CoordinatorState, one: WaitingClass): Chance => {
  const agentId = idleAgent(state, one.needs);
  if (agentId === null || !hasTags(state, one.needs.agentType)) {
    return {kind: 'type-closed', behind: AT_THE_START, reserving: null};
  }
  const head = headOf(one);
  // What waits for something that may never end holds nobody up, and is passed by without a count.
  const counts = (ahead: WaitingClass): boolean => quarantineBefore(state, ahead.needs) === null;
  const reserves = (ahead: WaitingClass): boolean =>
    ahead.reserving !== null && isBefore(ahead.reserving, head) && counts(ahead);
  for (const first of state.queue.reservingOf(one.needs.agentType)) {
    if (!isBefore(first, head)) break;
    if (!counts(state.queue.classOf(first))) continue;
    return {kind: 'type-closed', behind: first, reserving: first.classId};
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
      : [{kind: 'reservation', taskId: reserving.taskId, because: whyReserves(state, reserving)}];
  decision.record({type: 'task.blocked', taskId: spec.id, blockers});
};

/** Under `throughput` the order of the queue is that of arrival, and who starts first is another question. */
const countsOvertakes = ({settings: {policy}}: CoordinatorState): boolean => policy !== 'throughput';

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
    overtaken: countsOvertakes(decision.state) ? overtaken.map((ahead) => headOf(ahead).taskId) : [],
  });
  decision.request({kind: 'start-attempt', agentId, fence, attempt, spec});
  for (const ahead of [...overtaken, one]) {
    const reserving = decision.state.queue.reservingIn(ahead.id);
    if (reserving === null || decision.state.settings.policy !== 'fair') continue;
    if (reserving.taskId === ahead.reserving?.taskId) continue;
    const {taskId, overtakes} = reserving;
    decision.record({type: 'task.reserved', taskId, overtakes});
  }
};

/** Under `throughput` alone: nobody waits for ever because what others wait for is worth more. */
const promote = (decision: Decision): void => {
  const {queue, fence} = decision.state;
  const {oldest} = queue;
  if (oldest === null || oldest.key === FRONT) return;
  const starts = fence - oldest.queuedAfter;
  if (starts > patienceAmong(queue.size)) {
    decision.record({type: 'task.promoted', taskId: oldest.taskId, starts});
  }
};

/** Is there a free slot, and a task that may be able to take it? */
export const hasMoreToLookAt = (state: CoordinatorState): boolean =>
  state.mode === 'running' && hasSlot(state) && state.queue.next() !== null;

/** Looks at the first task of a class: it starts, or waits. Returns how many were found that cannot start. */
const lookAt = (decision: Decision, one: WaitingClass, lookahead: number): number => {
  const chance = chanceOf(decision.state, one);
  switch (chance.kind) {
    case 'type-closed':
      pass(decision, one, chance.reserving);
      decision.know(decision.state.queue.closeType(one.needs.agentType, chance.behind));
      return 1;
    case 'waits':
      pass(decision, one, chance.waitsFor.kind === 'reservation' ? chance.waitsFor.classId : null);
      decision.know(decision.state.queue.park(one.id, chance.waitsFor));
      return 1;
    case 'starts': {
      // None of their agents is idle or may be taken, so that nobody looked at them. They are about to be overtaken.
      const passed = countsOvertakes(decision.state) ? passAllBefore(decision, one, lookahead) : 0;
      if (passed === 0) dispatch(decision, one, chance);
      return passed;
    }
    default:
      return unreachable(chance);
  }
};

/** Of those that nobody looked at and that stand before this one, at most so many are passed by. Returns how many. */
const passAllBefore = (decision: Decision, one: WaitingClass, most: number): number => {
  for (let passed = 0; passed < most; passed++) {
    const unpassed = decision.state.queue.firstUnpassed(headOf(one));
    if (unpassed === null) return passed;
    pass(decision, unpassed, null);
  }
  return most;
};

/** In the order of the queue. */
const inOrder = (decision: Decision): void => {
  let {lookahead} = decision.state.settings;
  while (lookahead > 0 && hasMoreToLookAt(decision.state)) {
    const one = decision.state.queue.next();
    if (one === null) return;
    lookahead -= lookAt(decision, one, lookahead);
  }
};

/** First what the end of the run waits for. Costs a look at each class that may be able to start. */
const byRank = (decision: Decision): void => {
  let {lookahead} = decision.state.settings;
  while (lookahead > 0 && hasMoreToLookAt(decision.state)) {
    for (const id of ranked(decision.state)) {
      const one = decision.state.queue.stillOpen(id);
      if (one === null) continue;
      lookahead -= lookAt(decision, one, lookahead);
      if (lookahead <= 0 || !hasMoreToLookAt(decision.state)) return;
    }
  }
};

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
  if (decision.state.settings.policy !== 'throughput') {
    inOrder(decision);
    return;
  }
  promote(decision);
  byRank(decision);
};
