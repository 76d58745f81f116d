import {admissionBlockers, admit, conflict} from './admission.ts';
import type {AgentId} from './agent-type.ts';
import type {Blocker} from './blocker.ts';
import type {Decision} from './decision.ts';
import type {QueueEntry} from './queue.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskId, TaskRecord, TaskSpec} from './task.ts';

/** A queued task that the scan has passed by because something is in its way. */
interface Passed {
  readonly spec: TaskSpec;
  /** Counts up while the scan goes on. */
  overtakes: number;
}

const recordOf = (state: CoordinatorState, entry: QueueEntry): TaskRecord => {
  const record = state.tasks.get(entry.taskId);
  if (record === undefined) throw new Error(`Internal error: ${entry.taskId} is queued but not known`);
  return record;
};

/**
 * Does the task wait for something that may never end? Keeping others back for it would only make them wait for
 * ever as well, so it is passed by without a count and without a reservation until that has ended.
 */
const waitsForQuarantined = (state: CoordinatorState, spec: TaskSpec): boolean =>
  state.lockTable.size > state.lockTable.running &&
  admissionBlockers(state, spec).some((blocker) => 'quarantined' in blocker && blocker.quarantined);

/** Starts the task. Returns the earlier ones that reserve from here on, because this was one overtake too many. */
const dispatch = (
  decision: Decision,
  record: TaskRecord,
  agentId: AgentId,
  passed: readonly Passed[],
): readonly TaskSpec[] => {
  const {spec, state} = record;
  if (state.name !== 'queued')
    throw new Error(`Internal error: ${spec.id} is in the queue but ${state.name}`);
  const {attempt} = state;
  const overtaken = passed.filter((ahead) => conflict(ahead.spec, spec));
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
  return reserving.map((ahead) => ahead.spec);
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
  // Those of them that reserve, apart: there are few, and every later task is compared with each.
  const reserving: TaskSpec[] = [];
  for (const entry of decision.state.queue) {
    const {state} = decision;
    if (state.lockTable.running >= state.maxParallel) return;
    const record = recordOf(state, entry);
    const {spec} = record;
    const reserved = reserving.find((ahead) => conflict(ahead, spec));
    const agentId = reserved === undefined ? admit(state, spec) : null;
    if (agentId !== null) {
      reserving.push(...dispatch(decision, record, agentId, passed));
      continue;
    }
    if (!waitsForQuarantined(state, spec)) {
      passed.push({spec, overtakes: entry.overtakes});
      if (entry.overtakes >= state.settings.overtakesMax) reserving.push(spec);
    }
    if (!entry.announced) {
      const blockers: readonly Blocker[] =
        reserved === undefined
          ? admissionBlockers(state, spec)
          : [{kind: 'reservation', taskId: reserved.id}];
      decision.record({type: 'task.blocked', taskId: spec.id, blockers});
    }
  }
};

/** The tasks whose reservations stand before a queued task, for people who ask why it waits. */
export const reservationsAhead = (state: CoordinatorState, spec: TaskSpec): readonly TaskId[] => {
  const found: TaskId[] = [];
  for (const entry of state.queue) {
    if (entry.taskId === spec.id) break;
    // Few are: the rest of a long queue is not looked up.
    if (entry.overtakes < state.settings.overtakesMax) continue;
    const ahead = recordOf(state, entry).spec;
    if (!waitsForQuarantined(state, ahead) && conflict(ahead, spec)) found.push(entry.taskId);
  }
  return found;
};
