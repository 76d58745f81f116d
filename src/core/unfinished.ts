import type {DisjointEvent} from './events.ts';
import type {TaskId} from './task.ts';

/** The tasks that were accepted and have not ended, in the order in which they came, as far as these events tell. */
export const unfinishedIn = (events: readonly DisjointEvent[]): readonly TaskId[] => {
  const open = new Set<TaskId>();
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
