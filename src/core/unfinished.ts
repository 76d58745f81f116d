import type {DisjointEvent} from './events.ts';
import type {SnapshotPart} from './snapshot.ts';
import {isFinal, type TaskId} from './task.ts';

/** Those of a snapshot, in the order in which they came. */
const unfinishedThen = (snapshot: readonly SnapshotPart[]): readonly TaskId[] =>
  snapshot
    .flatMap((part) => (part.kind === 'tasks' ? part.tasks : []))
    .filter(({record}) => !isFinal(record.state))
    .toSorted((a, b) => a.record.arrival - b.record.arrival)
    .map(({record}) => record.spec.id);

/**
 * The tasks that were accepted and have not ended, in the order in which they came, as far as these events tell, and a snapshot
 * of the moment before them.
 */
export const unfinishedIn = (
  events: readonly DisjointEvent[],
  snapshot: readonly SnapshotPart[] | null,
): readonly TaskId[] => {
  const open = new Set<TaskId>(snapshot === null ? [] : unfinishedThen(snapshot));
  for (const event of events) {
    switch (event.type) {
      case 'task.submitted':
        open.add(event.taskId);
        break;
      case 'task.succeeded':
      case 'task.failed':
      case 'task.cancelled':
      case 'task.skipped':
        open.delete(event.taskId);
        break;
      default:
    }
  }
  return [...open];
};
