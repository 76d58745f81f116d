import {Durations} from './durations.ts';
import type {ExpectedStart} from './expected-start.ts';
import {simulate} from './plan/simulate.ts';
import {PRIORITY_LIMIT} from './settings.ts';
import type {CoordinatorState} from './state.ts';
import {isFinal, isLive, type TaskId, type TaskRecord, type TaskSpec} from './task.ts';

/** When all that was accepted will have ended: as rough a figure as the expected start of a task. */
export type ExpectedEnd = ExpectedStart;

/** With more tasks than these nobody works it out: a hundred take some 50 ms, and those that run wait for it. */
const TASKS_MAX = 100;

const isHeldBack = ({mode, lockTable}: CoordinatorState): boolean =>
  mode === 'paused' || lockTable.holds().some(({quarantined}) => quarantined);

/** What is left of the tasks, as tasks that begin now: those that run go first and take what is left of their time. */
const remaining = (records: readonly TaskRecord[], open: ReadonlySet<TaskId>): readonly TaskSpec[] =>
  records
    .toSorted((a, b) => a.arrival - b.arrival)
    .map(({spec, state}) => ({
      ...spec,
      dependsOn: isLive(state) ? [] : spec.dependsOn.filter((id) => open.has(id)),
      ...(isLive(state) && {priority: PRIORITY_LIMIT}),
    }));

/**
 * When the last task that was accepted will have ended (ms, on the clock of events), if every attempt takes as long as is
 * expected of it and succeeds. `null` if nothing is left, if too little is known, and if tasks wait for somebody to do
 * something.
 */
export const expectedEnd = (state: CoordinatorState, now: number): ExpectedEnd | null => {
  const records = state.tasks
    .valueSeq()
    .filter((record) => !isFinal(record.state))
    .take(TASKS_MAX + 1)
    .toArray();
  if (records.length === 0 || records.length > TASKS_MAX || isHeldBack(state)) return null;
  const durations = new Durations(state);
  const durationsMs = new Map<TaskId, number>();
  for (const {spec, state: current} of records) {
    const whole = durations.of(spec);
    if (whole === null || !state.settings.agentTypes.has(spec.agentType)) return null;
    durationsMs.set(spec.id, isLive(current) ? Math.max(0, current.dispatchedAt + whole - now) : whole);
  }
  const specs = remaining(records, new Set(durationsMs.keys()));
  const simulation = simulate({
    settings: {...state.settings, resources: null},
    maxParallel: state.maxParallel,
    specs,
    durationsMs,
  });
  let turn = simulation.next();
  while (turn.done !== true) turn = simulation.next();
  return {atMs: now + turn.value.makespanMs, from: durations.usedPast ? 'past-durations' : 'estimates'};
};
