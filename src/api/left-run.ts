import type {DisjointEvent} from '../core/events.ts';
import {replay} from '../core/replay.ts';
import {restoreState} from '../core/restore-state.ts';
import type {Settings} from '../core/settings.ts';
import type {SnapshotPart} from '../core/snapshot.ts';
import {type CoordinatorState, initialState} from '../core/state.ts';
import {isFinal, type TaskId, type TaskRecord, type TaskSpec} from '../core/task.ts';
import {DisjointError} from './errors.ts';

/** A run that was cut short and of which tasks are left: what its orchestrator had decided. */
export interface LeftRun {
  /** The name of its folder of logs: what ran when it was cut short was started by it. */
  readonly runId: string;
  /** The number of the first of its events. */
  readonly since: number;
  /** What it knew at some moment; `null` if nothing of that is kept. */
  readonly snapshot: readonly SnapshotPart[] | null;
  /** All events since then, or all there are: its own, and those of the runs that it went on with. */
  readonly events: readonly DisjointEvent[];
}

/** What the run knew when it was cut short, as it is to be understood with the settings of now. */
export const stateOf = ({since, snapshot, events}: LeftRun, settings: Settings): CoordinatorState => {
  const before =
    snapshot === null
      ? {...initialState(settings, 1), seq: since - 1, fence: since - 1}
      : restoreState(snapshot, settings);
  return replay(before, events);
};

/** A task that is handed in now. */
export interface GivenTask {
  readonly spec: TaskSpec;
  /** Its id is one that somebody gave it, and not just the next number. */
  readonly isNamed: boolean;
}

/** What tasks that are handed in now are of a run that was cut short. */
export interface Matched {
  /** For each of them, whether that run has it. */
  readonly isKnown: readonly boolean[];
  /** How many of these had ended. */
  readonly ended: number;
}

/**
 * Finds the tasks that a run has already: those with the same id, and for tasks without one those with the same content.
 *
 * @param differences In what two tasks differ, by the names of their fields.
 * @throws DisjointError `E_TASK_CHANGED` if one has the id of a task of that run, and is another one.
 */
export const matchTasks = (
  state: CoordinatorState,
  given: readonly GivenTask[],
  differences: (one: TaskSpec, other: TaskSpec) => readonly string[],
): Matched => {
  const free = new Map<TaskId, TaskRecord>(
    [...state.tasks].toSorted(([, a], [, b]) => a.arrival - b.arrival),
  );
  const find = ({spec, isNamed}: GivenTask): TaskRecord | undefined => {
    if (!isNamed) return [...free.values()].find((record) => differences(record.spec, spec).length === 0);
    const record = state.tasks.get(spec.id);
    const fields = record === undefined ? [] : differences(record.spec, spec);
    if (fields.length === 0) return record;
    throw new DisjointError(
      'E_TASK_CHANGED',
      `task ${spec.id} is not what it was in the run that was cut short: another ${fields.join(', ')}`,
      'give it another id, or use --fresh to cancel what is left of that run',
    );
  };
  let ended = 0;
  const isKnown = given.map((one) => {
    const record = find(one);
    if (record === undefined) return false;
    free.delete(record.spec.id);
    if (isFinal(record.state)) ended++;
    return true;
  });
  return {isKnown, ended};
};
