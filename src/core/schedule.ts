import {admissionBlockers, admit, conflict, FIRST_PAIR} from './admission.ts';
import type {AgentId} from './agent-type.ts';
import type {Decision} from './decision.ts';
import type {QueueEntry} from './queue.ts';
import {type Overtaken, quarantineBefore, reservationBlockers} from './reservation.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskRecord} from './task.ts';

/** A queued task that the scan has passed by because something is in its way. */
interface Passed extends Overtaken {
  /** Counts up while the scan goes on. */
  overtakes: number;
}

const recordOf = (state: CoordinatorState, entry: QueueEntry): TaskRecord => {
  const record = state.tasks.get(entry.taskId);
  if (record === undefined) throw new Error(`Internal error: ${entry.taskId} is queued but not known`);
  return record;
};

/** Starts the task. Returns the earlier ones that reserve from here on, because this was one overtake too many. */
const dispatch = (
  decision: Decision,
  record: TaskRecord,
  agentId: AgentId,
  passed: readonly Passed[],
): readonly Overtaken[] => {
  const {spec, state} = record;
  if (state.name !== 'queued')
    throw new Error(`Internal error: ${spec.id} is in the queue but ${state.name}`);
  const {attempt} = state;
  // What waits for something that may never end is passed by without a count.
  const overtaken = passed.filter((ahead) => ahead.quarantine === null && conflict(ahead.spec, spec));
  const fence = decision.state.fence + 1;
  decision.record({
    type: 'attempt.dispatched',
    taskId: spec.id,
    attempt,
    fence,
    agentId,
    overtaken: overtaken.map((ahead) => ahead.spec.id),
  });
  decision.request({kind: 'start-attempt', agentId, fence, attempt, spec, looked: false});
  for (const ahead of overtaken) ahead.overtakes++;
  const {overtakesMax} = decision.state.settings;
  const reserving = overtaken.filter((ahead) => ahead.overtakes === overtakesMax);
  for (const ahead of reserving) {
    decision.record({type: 'task.reserved', taskId: ahead.spec.id, overtakes: ahead.overtakes});
  }
  return reserving;
};

/**
 * Starts every queued task that may start, in scheduling order. A blocked task is passed by and later ones may
 * start (work-conserving), but each time one that conflicts with it does, that counts as an overtake of it; a
 * task overtaken `overtakesMax` times reserves: nothing that conflicts with it starts before it.
 *
 * So a task is overtaken at most `overtakesMax` times, and then waits only for conflicting tasks that already
 * run: never without bound, except for a quarantined attempt. One pass is enough, because a start only ever takes
 * things away from later tasks.
 */
export const schedule = (decision: Decision): void => {
  if (decision.state.mode !== 'running') return;
  const passed: Passed[] = [];
  // Those of them that were overtaken as often as is allowed, apart: there are few, and every later task is compared
  // with each.
  const overtaken: Overtaken[] = [];
  for (const entry of decision.state.queue) {
    const {state} = decision;
    if (state.lockTable.running >= state.maxParallel) return;
    const record = recordOf(state, entry);
    const {spec} = record;
    const isReserved = overtaken.some((ahead) => ahead.quarantine === null && conflict(ahead.spec, spec));
    const agentId = isReserved ? null : admit(state, spec);
    if (agentId !== null) {
      overtaken.push(...dispatch(decision, record, agentId, passed));
      continue;
    }
    if (!entry.announced) {
      const blockers = admissionBlockers(state, spec, FIRST_PAIR);
      const reserved = reservationBlockers(spec, overtaken, blockers);
      decision.record({type: 'task.blocked', taskId: spec.id, blockers: [...blockers, ...reserved]});
    }
    const ahead = {spec, place: entry, quarantine: quarantineBefore(state, spec), overtakes: entry.overtakes};
    passed.push(ahead);
    if (entry.overtakes >= state.settings.overtakesMax) overtaken.push(ahead);
  }
};
