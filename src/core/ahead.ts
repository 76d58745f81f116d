import {admitWithoutLimit, conflict} from './admission.ts';
import {isBefore} from './place.ts';
import type {CoordinatorState} from './state.ts';
import type {TaskRecord, TaskSpec} from './task.ts';
import {placeOf} from './task-place.ts';

/** The queued tasks whose turn is before that of another one. */
export interface Ahead {
  readonly count: number;
  readonly conflicting: readonly TaskSpec[];
  /** Those of the others that wait for nothing but a slot: of each agent type as many as it has agents. */
  readonly forSlots: readonly TaskSpec[];
}

/** Looks at each queued task before this one, once. */
export const lookAhead = (state: CoordinatorState, record: TaskRecord): Ahead => {
  const {spec} = record;
  const place = placeOf(state, record);
  const isFull = state.lockTable.running >= state.maxParallel;
  const conflicting: TaskSpec[] = [];
  const forSlots: TaskSpec[] = [];
  const slotsOf = new Map<string, number>();
  let count = 0;
  for (const entry of state.queue.tasks) {
    if (!isBefore(entry, place)) break;
    const ahead = state.tasks.get(entry.taskId)?.spec;
    if (ahead === undefined) continue;
    count++;
    if (conflict(ahead, spec)) {
      conflicting.push(ahead);
      continue;
    }
    const {agentType} = ahead;
    const slots = slotsOf.get(agentType) ?? 0;
    // Cheap questions first: a long queue is asked.
    if (!isFull || slots >= (state.settings.agentTypes.get(agentType)?.instances ?? 1)) continue;
    if (admitWithoutLimit(state, ahead) === null) continue;
    slotsOf.set(agentType, slots + 1);
    forSlots.push(ahead);
  }
  return {count, conflicting, forSlots};
};
