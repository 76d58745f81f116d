import {admitWithoutLimit, conflict} from './admission.ts';
import {isBefore, type Place} from './place.ts';
import {compareRanks, rankOf} from './rank.ts';
import {hasSlot} from './slots.ts';
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

/** Is the turn of a queued task before that of this one? */
const aheadOfTask = (
  state: CoordinatorState,
  record: TaskRecord,
): ((place: Place, other: TaskRecord) => boolean) => {
  if (state.settings.policy === 'throughput') {
    const rank = rankOf(state, record);
    return (_, other) => compareRanks(rankOf(state, other), rank) < 0;
  }
  const own = placeOf(state, record);
  return (place) => isBefore(place, own);
};

/** Looks at each queued task, once. */
export const lookAhead = (state: CoordinatorState, record: TaskRecord): Ahead => {
  const {spec} = record;
  const isAhead = aheadOfTask(state, record);
  const isSorted = state.settings.policy !== 'throughput';
  const isFull = !hasSlot(state);
  const conflicting: TaskSpec[] = [];
  const forSlots: TaskSpec[] = [];
  const slotsOf = new Map<string, number>();
  let count = 0;
  for (const entry of state.queue.tasks) {
    const other = state.tasks.get(entry.taskId);
    if (other === undefined) continue;
    if (!isAhead(entry, other)) {
      if (isSorted) break;
      continue;
    }
    const ahead = other.spec;
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
