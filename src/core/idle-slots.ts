import type {Accounting, IdleCause} from './accounting.ts';
import {idleAgent} from './admission.ts';
import {hasSlot} from './slots.ts';
import {type CoordinatorState, unfinished} from './state.ts';
import {hasTags} from './tags.ts';
import type {TaskSpec} from './task.ts';

/** What keeps a queued task from starting while a slot is free: the first of these that is true. */
const causeOf = (state: CoordinatorState, spec: TaskSpec): IdleCause => {
  if (state.mode !== 'running') return 'mode';
  if (idleAgent(state, spec) === null) return 'agentType';
  if (!hasTags(state, spec.agentType)) return 'tag';
  if (state.lockTable.collides(spec)) return 'file';
  if (!hasSlot(state)) return 'resources';
  // Whatever else may start has been started.
  return 'reservation';
};

/**
 * Tells what keeps each slot from working at this moment: as many slots in all as the limit is above the number of
 * attempts that work.
 *
 * The rule: each free slot is charged to one task of its own, the first that no other free slot is charged to: queued
 * tasks in scheduling order, then those whose back-off runs, then those that wait for dependencies. A slot for which no
 * task is left is charged to `noTask`. A queued task counts as kept by the first of mode, agent type, tag, file, resources, reservation
 * that is true, so no more than `maxParallel` of them are looked at, however long the queue is.
 */
export const visitIdleSlots = (
  state: CoordinatorState,
  visit: (cause: IdleCause, slots: number) => void,
): void => {
  const {running} = state.lockTable;
  // Under a limit that was lowered meanwhile more may run than it allows: then nothing is free.
  let free = Math.max(0, state.maxParallel - running);
  const working = running - state.accounting.starting.length;
  const idle = state.maxParallel - working;
  if (idle > free) visit('dispatch', idle - free);
  if (free > 0 && state.queue.size > 0) {
    for (const {taskId} of state.queue.tasks) {
      const record = state.tasks.get(taskId);
      if (record === undefined) throw new Error(`Internal error: ${taskId} is queued but not known`);
      visit(causeOf(state, record.spec), 1);
      if (--free === 0) break;
    }
  }
  const take = (cause: IdleCause, most: number): void => {
    const slots = Math.min(free, most);
    if (slots > 0) visit(cause, slots);
    free -= slots;
  };
  take('backOff', state.counts.retrying);
  take('dependency', state.counts.waiting);
  take('noTask', free);
};

/**
 * The accounting with the time up to `at` (ms) charged by the rule of `visitIdleSlots`. Nothing changed in the state
 * since the last event, so what keeps a slot from working is the same at each moment in between.
 *
 * Time in which every task has ended counts for nothing, nor does a clock that goes back.
 */
export const chargedUntil = (state: CoordinatorState, at: number): Accounting => {
  const {accounting} = state;
  const untilMs = Math.round(at);
  const passedMs = untilMs - accounting.untilMs;
  if (!(passedMs > 0)) return accounting;
  if (unfinished(state) === 0) return {...accounting, untilMs};
  const idleMs = {...accounting.idleMs};
  visitIdleSlots(state, (cause, slots) => {
    idleMs[cause] += slots * passedMs;
  });
  return {...accounting, untilMs, slotMs: accounting.slotMs + state.maxParallel * passedMs, idleMs};
};
